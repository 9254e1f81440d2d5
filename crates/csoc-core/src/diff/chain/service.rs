//! What secrets and roles have to do with a service: who reads a secret, and as whom a service runs.

use std::collections::BTreeSet;

use super::super::change::Change;
use super::super::words::list;
use super::Known;
use crate::contract::{IdentityContract, environment_facts};
use crate::graph::{Fact, Target, ThingId, ThingKind};

/// Who reads a secret that gets another name, and what needs it.
pub(super) fn secret(change: &mut Change, old: Known<'_>, new: Known<'_>) {
    let Some(name) = change.new.as_deref().or(change.old.as_deref()) else {
        return;
    };
    for side in [new, old] {
        let Some(contract) = side.contract(&change.object) else {
            continue;
        };
        let readers: BTreeSet<&str> = contract
            .secrets
            .iter()
            .filter(|secret| secret.name == name || change.old.as_deref() == Some(&secret.name))
            .map(|secret| secret.service.as_str())
            .collect();
        if readers.is_empty() {
            continue;
        }
        let readers: Vec<&str> = readers.into_iter().collect();
        change.consequences.push(format!(
            "read by {}: its pods restart with the new one",
            list(&readers)
        ));
        let facts = environment_facts(contract);
        let stored = facts.iter().filter_map(|fact| match fact {
            Fact::Thing(thing, _) if thing.kind == ThingKind::Secret && &*thing.name == name => {
                Some(thing.clone())
            }
            _ => None,
        });
        let needed: Vec<String> = stored
            .flat_map(|thing| needing(&facts, &thing))
            .map(|thing| format!("{} `{}`", thing.kind.as_str(), thing.name))
            .collect();
        if !needed.is_empty() {
            change
                .consequences
                .push(format!("needs it: {}", list(&needed)));
        }
        return;
    }
}

/// What needs a thing, the nearest first.
fn needing(facts: &[Fact], thing: &ThingId) -> Vec<ThingId> {
    let mut seen = vec![thing.clone()];
    let mut at = 0;
    while let Some(next) = seen.get(at).cloned() {
        for fact in facts {
            if let Fact::Edge(edge) = fact
                && edge.relation.is_need()
                && edge.to == Target::Exact(next.clone())
                && !seen.contains(&edge.from)
            {
                seen.push(edge.from.clone());
            }
        }
        at += 1;
    }
    seen.into_iter().skip(1).collect()
}

/// What a service that starts needs, and as whom it runs.
pub(super) fn service(change: &mut Change, old: Known<'_>, new: Known<'_>) {
    let starts = change.new.as_deref() == Some("on");
    let side = if starts { new } else { old };
    let Some(contract) = side.contract(&change.object) else {
        return;
    };
    let secrets: Vec<&str> = contract
        .secrets
        .iter()
        .filter(|secret| secret.service == change.subject)
        .map(|secret| secret.name.as_str())
        .collect();
    let identities: Vec<&str> = contract
        .identities
        .iter()
        .filter(|identity| identity.service == change.subject)
        .map(IdentityContract::role_name)
        .collect();
    if starts && !secrets.is_empty() {
        change
            .consequences
            .push(format!("fill before it starts: {}", list(&secrets)));
    }
    if !identities.is_empty() {
        change.consequences.push(format!(
            "{}: {}",
            if starts {
                "runs as"
            } else {
                "no longer runs as"
            },
            list(&identities)
        ));
    }
}
