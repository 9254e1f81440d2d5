//! Rules about what was there and what is left of it.

use super::context::FleetContext;
use super::leaving;
use crate::diagnostic::{Diagnostics, Finding};
use crate::model::Lifecycle;
use crate::model::cloud::AccountId;
use crate::model::name::ObjectName;
use crate::model::stack::{StackId, StackScope};
use crate::resolve::{EnvironmentRef, Retired};
use crate::span::Span;

/// Recorded outputs are of objects that the fleet has.
pub(crate) fn outputs_without_object(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let fleet = context.fleet;
    for stack in fleet.outputs.stacks() {
        let missing = match &stack.scope {
            StackScope::Account => fleet
                .accounts
                .values()
                .all(|account| account.id != stack.account)
                .then(|| format!("account `{}`", stack.account)),
            StackScope::Member(member) => fleet
                .accounts
                .values()
                .all(|account| account.id != *member)
                .then(|| format!("account `{member}`")),
            StackScope::Cluster(name) => fleet
                .cluster(name.as_str())
                .is_none()
                .then(|| format!("cluster `{name}`")),
            StackScope::Environment(commons, environment) => {
                let at = EnvironmentRef {
                    commons: commons.clone(),
                    environment: environment.clone(),
                };
                (!fleet.environments.contains_key(&at)).then(|| format!("environment `{at}`"))
            }
        };
        let Some(missing) = missing else {
            continue;
        };
        let text = stack.to_string();
        let file = stack.outputs_path();
        let place = fleet
            .loaded
            .sources
            .iter()
            .find(|(_, source)| source.path().as_str() == file)
            .map(|(id, _)| Span::file_start(id));
        let (why, help) = if is_retired(&fleet.retired, stack) {
            (
                "which is retired",
                "destroy the stack if that was not done, and remove the file",
            )
        } else {
            (
                "which the fleet does not have",
                "write the object back and retire it (lifecycle: retiring, then retired), or remove the file once its resources are gone",
            )
        };
        found.push(
            context
                .finding(
                    &["outputs", &text],
                    format!("outputs are recorded of the {missing}, {why}"),
                )
                .help(help)
                .label(place, "recorded here"),
        );
    }
}

/// Whether a stack is of an object that is written down still and gone.
fn is_retired(retired: &Retired, stack: &StackId) -> bool {
    let has_account = |id: &AccountId| retired.accounts.values().any(|account| account.id == *id);
    match &stack.scope {
        StackScope::Account => has_account(&stack.account),
        StackScope::Member(member) => has_account(member),
        StackScope::Cluster(name) => retired.clusters.contains_key(name),
        StackScope::Environment(commons, environment) => {
            let at = EnvironmentRef {
                commons: commons.clone(),
                environment: environment.clone(),
            };
            retired.environments.contains_key(&at)
        }
    }
}

/// Who is somewhere leaves before it: environments, then their cluster, then its account.
pub(crate) fn lifecycle_out_of_order(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let fleet = context.fleet;
    for (at, environment) in context.environments() {
        let name = &environment.spec.cluster;
        let cluster = fleet.clusters.get(name);
        let cluster = cluster.or_else(|| fleet.retired.clusters.get(name));
        let Some(cluster) = cluster else {
            continue;
        };
        let (own, other) = (environment.spec.lifecycle, cluster.spec.lifecycle);
        if own >= other {
            continue;
        }
        let message = said("environment", own, &format!("its cluster `{name}`"), other);
        let finding = context.environment_finding(at, &["cluster"], message);
        let finding = finding.label(context.environment_place(at, &["cluster"]), "is there");
        found.push(helped(
            context,
            finding,
            "clusters",
            name,
            "retire the environment first, or move it to another cluster",
        ));
    }
    for (name, cluster) in &fleet.clusters {
        let name_of = &cluster.spec.account;
        let account = fleet.accounts.get(name_of);
        let account = account.or_else(|| fleet.retired.accounts.get(name_of));
        let Some(account) = account else {
            continue;
        };
        let (own, other) = (cluster.spec.lifecycle, account.lifecycle);
        if own >= other {
            continue;
        }
        let message = said("cluster", own, &format!("its account `{name_of}`"), other);
        let path = ["clusters", name.as_str(), "account"];
        let finding = context.finding(&path, message);
        let finding = finding.label(context.place(&path), "is there");
        found.push(helped(
            context,
            finding,
            "accounts",
            name_of,
            "retire the cluster first",
        ));
    }
    leaving::named(context, found);
}

/// What is told of something that stays longer than what it is in.
fn said(what: &str, own: Lifecycle, whose: &str, other: Lifecycle) -> String {
    let (own, other) = (own.as_str(), other.as_str());
    format!("the {what} is {own}, and {whose} is {other}")
}

fn helped(
    context: &FleetContext<'_>,
    finding: Finding,
    kind: &str,
    name: &ObjectName,
    help: &str,
) -> Finding {
    let place = context.place(&[kind, name.as_str(), "lifecycle"]);
    finding
        .help(format!(
            "{help}: first environments leave, then their cluster, then its account"
        ))
        .label(place, "leaves here")
}
