//! What comes or goes with an environment: its Application, what that made, what it holds, and who signs in there.

use std::collections::BTreeMap;

use super::super::change::{Action, Change};
use super::super::documents::holdings;
use super::super::kind::ChangeKind;
use super::super::words::{list, plural};
use super::Known;
use crate::contract::{EnvironmentContract, ServiceContract};
use crate::fleet::Fleet;
use crate::model::Tier;

/// An environment that goes while another comes with its host name was renamed: that is no renaming of what it holds.
pub(super) fn renames(changes: &mut [Change], old: Known<'_>, new: Known<'_>) {
    let of = |changes: &[Change], action: Action, side: Known<'_>| -> BTreeMap<String, String> {
        let all = changes
            .iter()
            .filter(|change| change.kind == ChangeKind::Environment && change.action == action);
        all.filter_map(|change| Some((side.host(&change.object)?, change.object.clone())))
            .collect()
    };
    let (gone, come) = (
        of(changes, Action::Removed, old),
        of(changes, Action::Added, new),
    );
    let pairs: BTreeMap<&String, &String> = gone
        .iter()
        .filter_map(|(host, object)| Some((object, come.get(host)?)))
        .collect();
    let back: BTreeMap<&String, &String> =
        pairs.iter().map(|(gone, come)| (*come, *gone)).collect();
    for change in changes
        .iter_mut()
        .filter(|change| change.kind == ChangeKind::Environment)
    {
        if let Some(other) = pairs.get(&change.object) {
            change.consequences.push(format!("`{other}` comes with the same host name: it starts empty, nothing of this one moves there"));
        } else if let Some(other) = back.get(&change.object) {
            change.consequences.push(format!(
                "it takes the host name of `{other}`, and nothing of what that one holds"
            ));
        }
    }
}

/// What comes or goes with it.
pub(super) fn environment(change: &mut Change, side: Known<'_>) {
    let held = side
        .documents
        .get(&change.object)
        .map(holdings)
        .unwrap_or_default();
    let contract = side.contract(&change.object);
    let goes = change.action == Action::Removed;
    let more = &mut change.consequences;
    let named = contract.map(|contract| {
        (
            contract.application.name.clone(),
            contract.namespace.clone(),
            contract.spec.tier != Tier::Prod,
        )
    });
    if let Some((name, namespace, cascades)) = named.or(held.application) {
        more.push(match (goes, cascades) {
            (false, _) => format!("Application `{name}` starts it in the namespace `{namespace}`"),
            (true, true) => cascade(&name, &namespace),
            (true, false) => format!("Application `{name}` has no cascading finalizer: what runs in `{namespace}` goes on, and nobody keeps it in step"),
        });
    }
    if let Some(contract) = contract {
        contents(contract, goes, more);
        children(contract, side.fleet.filter(|_| goes), more);
    }
    if !held.stateful.is_empty() {
        let counts: Vec<String> = held
            .stateful
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        let what = if goes {
            "leave the tree; what they made stays until somebody destroys it"
        } else {
            "create"
        };
        more.push(format!(
            "{} {what}: {}",
            plural(held.roots, "Terraform root"),
            counts.join(", ")
        ));
    }
    let others = contract.and_then(|contract| contract.cutover.as_ref());
    if let (Some(cutover), Some(contract)) = (others, contract) {
        let all: Vec<String> = cutover.others.iter().map(ToString::to_string).collect();
        more.push(format!(
            "`{}` leads to {} as well",
            contract.endpoint.hostname,
            list(&all)
        ));
    } else if let Some(host) = contract
        .map(|contract| contract.endpoint.hostname.to_string())
        .or(held.host)
    {
        more.push(format!(
            "`{host}` {}",
            if goes {
                "answers no more"
            } else {
                "needs a DNS record and a certificate"
            }
        ));
    }
    if goes && contract.is_some() {
        more.push("set `lifecycle: retiring` and then `retired`: a render refuses an object that only vanished".to_owned());
    }
}

fn cascade(application: &str, namespace: &str) -> String {
    format!(
        "Application `{application}` cascades: once it is deleted, all in the namespace `{namespace}` goes with it"
    )
}

/// Databases, buckets and secrets of an environment that comes or goes.
fn contents(contract: &EnvironmentContract, goes: bool, more: &mut Vec<String>) {
    let word = |gone: &'static str, come: &'static str| if goes { gone } else { come };
    let has_database = |service: &&ServiceContract| service.enabled && service.facts.database;
    let databases: Vec<&str> = contract
        .services
        .iter()
        .filter(has_database)
        .map(|service| service.name)
        .collect();
    if let Some(database) = contract.database.as_ref().filter(|_| !databases.is_empty()) {
        let verb = word("lose who uses them", "are made");
        more.push(format!(
            "{} in `{}` {verb}: {}",
            plural(databases.len(), "database"),
            database.identifier,
            list(&databases)
        ));
    }
    let buckets: Vec<&str> = contract
        .buckets
        .iter()
        .map(|bucket| bucket.name.as_str())
        .collect();
    if !buckets.is_empty() {
        let verb = word("and their objects are at stake", "of its own");
        more.push(format!(
            "{} {verb}: {}",
            plural(buckets.len(), "bucket"),
            list(&buckets)
        ));
    }
    if !contract.secrets.is_empty() {
        let verb = word(
            "are left in the secret manager",
            "must be filled before the first sync",
        );
        more.push(format!(
            "{} {verb}",
            plural(contract.secrets.len(), "secret")
        ));
    }
}

/// Commons whose users sign in at an environment that goes.
fn children(contract: &EnvironmentContract, fleet: Option<&Fleet>, more: &mut Vec<String>) {
    let all = fleet
        .into_iter()
        .flat_map(|fleet| fleet.contracts().environments.values());
    let is_child = |child: &&EnvironmentContract| {
        child
            .parent
            .as_ref()
            .is_some_and(|parent| parent.at == contract.at)
    };
    let children: Vec<String> = all
        .filter(is_child)
        .map(|child| child.at.to_string())
        .collect();
    if !children.is_empty() {
        more.push(format!(
            "users of {} sign in here, and no longer can",
            list(&children)
        ));
    }
}

/// What goes with an environment that is on its way out.
pub(super) fn lifecycle(change: &mut Change, old: Known<'_>) {
    if !matches!(change.new.as_deref(), Some("retiring" | "retired")) {
        return;
    }
    if let Some(contract) = old.contract(&change.object) {
        change.consequences.push(format!(
            "Application `{}` cascades: once it is deleted, all in the namespace `{}` goes with it",
            contract.application.name, contract.namespace
        ));
        if contract
            .cutover
            .as_ref()
            .is_none_or(|cutover| cutover.share() > 0)
        {
            change
                .consequences
                .push(format!("`{}` answers no more", contract.endpoint.hostname));
        }
    }
}
