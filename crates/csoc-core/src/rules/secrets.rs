//! Rules about secrets.

use std::collections::{BTreeMap, BTreeSet};

use super::context::FleetContext;
use super::name_use::{NameUse, Owner};
use crate::catalog::ServiceCatalog;
use crate::diagnostic::Diagnostics;
use crate::naming::NameKind;
use crate::resolve::EnvironmentRef;
use crate::value::suggestion::closest;

/// Settings are of secrets that some service has.
pub(crate) fn secret_purpose_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let catalog = ServiceCatalog::embedded();
    let known: BTreeSet<String> = catalog
        .iter()
        .flat_map(|(name, facts)| {
            let database = facts.database.then(|| format!("{name}-creds"));
            let own = facts.secrets.iter().map(|secret| secret.purpose.clone());
            database.into_iter().chain(own)
        })
        .chain(["slack-webhook".to_owned()])
        .collect();
    for (at, environment) in context.environments() {
        for purpose in environment.spec.secrets.keys() {
            if known.contains(purpose) {
                continue;
            }
            let field = ["secrets", purpose.as_str()];
            let help = match closest(purpose, known.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "run `csoc secrets list` for the secrets there are".to_owned(),
            };
            found.push(
                context
                    .environment_finding(at, &field, format!("no service has a secret `{purpose}`"))
                    .help(help)
                    .label(context.environment_place(at, &field), "has no effect"),
            );
        }
    }
}

/// Two commons name one secret only where one is the other's parent.
///
/// Names that rules make are unique by another rule; environments of one commons
/// that name the same secret say so in one place.
pub(crate) fn secret_shared_in_account(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut users: BTreeMap<(&str, &str), Vec<(&EnvironmentRef, &NameUse<'_>)>> = BTreeMap::new();
    for name in context.names() {
        if let (NameKind::Secret, true, Owner::Environment(at)) =
            (name.kind, name.is_given, name.owner)
        {
            let place = (&*name.scope, name.text);
            users.entry(place).or_default().push((at, name));
        }
    }
    for ((place, secret), users) in users {
        let mut named: BTreeSet<&str> = BTreeSet::new();
        let Some((first, name)) = users.first() else {
            continue;
        };
        for (at, other) in users.iter().skip(1) {
            let is_declared = at.commons == first.commons || are_one(context, first, at);
            if is_declared || !named.insert(at.commons.as_str()) {
                continue;
            }
            let field = |name: &NameUse<'_>| {
                let purpose = name.purpose.unwrap_or_default().to_owned();
                ["secrets".to_owned(), purpose, "name".to_owned()]
            };
            let (own, before) = (field(other), field(name));
            let own: Vec<&str> = own.iter().map(String::as_str).collect();
            let before: Vec<&str> = before.iter().map(String::as_str).collect();
            found.push(
                context
                    .environment_finding(
                        at,
                        &own,
                        format!(
                            "the secret `{secret}` of the account and region `{place}` is read by `{first}` and `{at}`"
                        ),
                    )
                    .help("name one for each: a change for one is a change for all; or say that one signs in at the other, with `parent`")
                    .label(context.environment_place(at, &own), "and here")
                    .label(context.environment_place(first, &before), "read here"),
            );
        }
    }
}

/// Whether one of two environments is of the commons that the other signs in at.
pub(super) fn are_one(
    context: &FleetContext<'_>,
    one: &EnvironmentRef,
    other: &EnvironmentRef,
) -> bool {
    let signs_in_at = |child: &EnvironmentRef, parent: &EnvironmentRef| {
        let child = context.fleet.environments.get(child);
        child.is_some_and(|child| child.spec.parent.as_ref() == Some(&parent.commons))
    };
    signs_in_at(one, other) || signs_in_at(other, one)
}
