//! Rules about commons that sign in to and index with another.

use super::context::FleetContext;
use crate::diagnostic::Diagnostics;
use crate::model::name::ObjectName;
use crate::model::service::ServiceProfile;
use crate::model::shared_domain;
use crate::resolve::EnvironmentRef;

/// What a parent runs for its children.
const FOR_CHILDREN: [&str; 3] = ["arborist", "fence", "indexd"];

/// No commons is its own ancestor.
pub(crate) fn parent_cycle(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for commons in context.fleet.commons.keys() {
        let Some((at, _)) = parent(context, commons) else {
            continue;
        };
        let mut way = vec![commons];
        while let Some((_, next)) = way.last().and_then(|last| parent(context, last)) {
            if way.contains(&next) {
                way.push(next);
                break;
            }
            way.push(next);
        }
        // Each circle is said once, at its first member.
        let closes = way.len() > 1 && way.last() == Some(&commons);
        if closes && way.iter().min() == Some(&commons) {
            let names: Vec<String> = way.iter().map(|name| format!("`{name}`")).collect();
            found.push(
                context
                    .environment_finding(
                        at,
                        &["parent"],
                        format!("commons are each other's parents: {}", names.join(" → ")),
                    )
                    .help("remove one `parent`: somebody must hold the users")
                    .label(context.environment_place(at, &["parent"]), "named here"),
            );
        }
    }
}

/// The parent that a commons names, and the first environment that says so.
fn parent<'a>(
    context: &FleetContext<'a>,
    commons: &ObjectName,
) -> Option<(&'a EnvironmentRef, &'a ObjectName)> {
    context
        .environments()
        .filter(|(at, _)| at.commons == *commons)
        .find_map(|(at, environment)| Some((at, environment.spec.parent.as_ref()?)))
}

/// A parent runs what its children use.
pub(crate) fn parent_not_hub(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.linked() {
        let Some(named) = environment
            .spec
            .parent
            .as_ref()
            .filter(|parent| context.fleet.commons.contains_key(*parent))
        else {
            continue;
        };
        let Some(parent) = &environment.parent else {
            found.push(
                context
                    .environment_finding(
                        at,
                        &["parent"],
                        format!("the commons `{named}` has no environment to sign in to"),
                    )
                    .help("add an environment to it, or name another parent")
                    .label(context.environment_place(at, &["parent"]), "named here"),
            );
            continue;
        };
        let Some(contract) = context.contracts.environments.get(&parent.at) else {
            continue;
        };
        let missing: Vec<String> = FOR_CHILDREN
            .iter()
            .filter(|service| !contract.runs(service))
            .map(|service| format!("`{service}`"))
            .collect();
        if missing.is_empty() {
            continue;
        }
        found.push(
            context
                .environment_finding(
                    at,
                    &["parent"],
                    format!("the parent `{named}` does not run {}", missing.join(", ")),
                )
                .help("add the profile `hub` to the parent, or name another")
                .label(context.environment_place(at, &["parent"]), "named here")
                .label(
                    context.environment_place(&parent.at, &["profiles"]),
                    "what the parent does",
                ),
        );
    }
}

/// Cookies of a parent reach its child.
pub(crate) fn parent_domain_differs(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.linked() {
        let Some(parent) = &environment.parent else {
            continue;
        };
        let own = environment.spec.hostname.as_str();
        let host = parent.hostname.as_str();
        if shared_domain([own, host]).is_some() {
            continue;
        }
        found.push(
            context
                .environment_finding(
                    at,
                    &["hostname"],
                    format!("`{own}` and its parent `{host}` lie in no domain together, so that no cookie reaches both"),
                )
                .help("give the child a host name in the parent's domain, or let it sign its users in itself: remove `parent`")
                .label(context.environment_place(at, &["hostname"]), "the child")
                .label(context.environment_place(&parent.at, &["hostname"]), "the parent"),
        );
    }
}

/// A child says whose it is.
pub(crate) fn child_without_parent(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, environment) in context.environments() {
        let spec = &environment.spec;
        if spec.profiles.contains(&ServiceProfile::Child) && spec.parent.is_none() {
            found.push(
                context
                    .environment_finding(at, &["parent"], "a child without a parent: nobody signs its users in")
                    .help("name the commons that it signs in to: parent: NAME; or remove the profile `child`")
                    .label(context.environment_place(at, &["profiles"]), "a child"),
            );
        }
    }
}
