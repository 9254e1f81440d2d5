//! Proofs about derived names: unique where they must be, within their budget, of the right characters.

use std::collections::{BTreeMap, BTreeSet};

use super::context::FleetContext;
use super::name_use::{NameUse, Owner};
use crate::diagnostic::Diagnostics;
use crate::naming::{NameKind, Scope, Variable};

/// Every derived name is unique in its scope, over the whole fleet.
pub(crate) fn name_not_unique(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut first: BTreeMap<(NameKind, &str, &str), &NameUse<'_>> = BTreeMap::new();
    let mut explained: BTreeMap<(Owner<'_>, Owner<'_>), BTreeSet<Variable>> = BTreeMap::new();
    for name in context.names() {
        let key = (name.kind, &*name.scope, name.text);
        let Some(other) = first.get(&key) else {
            first.insert(key, name);
            continue;
        };
        let same = name.owner == other.owner && name.purpose == other.purpose;
        let meant = name.is_given && other.is_given && name.kind == NameKind::Secret;
        if same || meant {
            continue;
        }
        let causes = explained
            .entry((other.owner, name.owner))
            .or_insert_with(|| same_host(context, other.owner, name.owner));
        let follows = !name.is_given && name.variables().any(|variable| causes.contains(&variable));
        causes.extend(carried(name));
        if !follows {
            found.push(collision(context, name, other));
        }
    }
}

/// What follows from two environments having the same host is said by the rule about hosts.
fn same_host(context: &FleetContext<'_>, one: Owner<'_>, other: Owner<'_>) -> BTreeSet<Variable> {
    let host = |owner| match owner {
        // Nothing else is said of those who share a host on purpose.
        Owner::Environment(at) => context
            .fleet
            .environments
            .get(at)
            .filter(|_| context.fleet.sharers(at).is_empty())
            .map(|environment| &environment.spec.hostname),
        Owner::Cluster(_) => None,
    };
    match (host(one), host(other)) {
        (Some(one), Some(other)) if one == other => [Variable::Hostname].into(),
        _ => BTreeSet::new(),
    }
}

/// The variables through which a name makes others equal too.
fn carried(name: &NameUse<'_>) -> Vec<Variable> {
    let own = match name.kind {
        NameKind::EnvironmentId => Some(Variable::EnvironmentId),
        NameKind::Namespace => Some(Variable::Namespace),
        NameKind::ReleaseName => Some(Variable::ReleaseName),
        _ => None,
    };
    let through = name
        .variables()
        .filter(|variable| matches!(variable, Variable::Vpc | Variable::Cluster))
        .filter(|_| matches!(name.owner, Owner::Cluster(_)));
    own.into_iter().chain(through).collect()
}

fn collision(
    context: &FleetContext<'_>,
    name: &NameUse<'_>,
    other: &NameUse<'_>,
) -> crate::diagnostic::Finding {
    let place = match name.kind.scope() {
        Scope::World => "and must be unique in the world".to_owned(),
        Scope::Account => format!("and must be unique in the account `{}`", name.scope),
        Scope::Region => format!(
            "and must be unique in the account and region `{}`",
            name.scope
        ),
        Scope::Cluster => {
            format!("and must be unique in the cluster `{}`", name.scope)
        }
    };
    let message = format!("the {} `{}` is used twice, {place}", name.what(), name.text);
    let finding = name.finding(context, message);
    let help = match name.identity_field() {
        Some(field) => format!(
            "set `identity.{field}` of one of them, or change the naming rule `{}` where it is set",
            name.rule
        ),
        None => format!("change the naming rule `{}` for one of them", name.rule),
    };
    finding
        .help(help)
        .label(name.place(context), format!("for {}", name.owner))
        .label(other.place(context), format!("and for {}", other.owner))
}

/// A name that had to be cut says so once for each kind and object.
pub(crate) fn name_shortened(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut cut: BTreeMap<(Owner<'_>, NameKind), Vec<&NameUse<'_>>> = BTreeMap::new();
    for name in context.names().iter().filter(|name| name.full.is_some()) {
        cut.entry((name.owner, name.kind)).or_default().push(name);
    }
    for ((owner, kind), names) in cut {
        let [name, rest @ ..] = names.as_slice() else {
            continue;
        };
        let full = name.full.as_deref().unwrap_or_default();
        let more = match rest.len() {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        found.push(
            name.finding(
                context,
                format!(
                    "the {} `{full}` is longer than {} characters and becomes `{}`{more}",
                    name.what(),
                    kind.limit(),
                    name.text
                ),
            )
            .help(format!(
                "nothing must be done; a shorter naming rule `{}` keeps names readable",
                name.rule
            ))
            .label(name.place(context), format!("for {owner}")),
        );
    }
}

/// Every derived name is made of characters that its kind may have.
pub(crate) fn name_invalid_characters(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for name in context.names() {
        if name.is_given || name.kind.charset().accepts(name.text) {
            continue;
        }
        found.push(
            name.finding(
                context,
                format!(
                    "the {} `{}` holds characters that it may not: it is made of {}",
                    name.what(),
                    name.text,
                    name.kind.charset().describe()
                ),
            )
            .help(format!("change the naming rule `{}`", name.rule))
            .label(name.place(context), format!("for {}", name.owner)),
        );
    }
}
