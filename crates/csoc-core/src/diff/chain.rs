//! What follows from a change across Terraform, Helm and Argo CD: the contract graph walked from what changes.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Action, Change};
use super::documents::{Documents, holdings};
use super::kind::ChangeKind;
use super::words::{list, plural};
use crate::contract::{EnvironmentContract, IdentityContract, ServiceContract, environment_facts};
use crate::fleet::Fleet;
use crate::graph::{Fact, Target, ThingId, ThingKind};
use crate::model::Tier;
use crate::resolve::EnvironmentRef;

/// One side, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) fleet: Option<&'a Fleet>,
    pub(super) documents: &'a BTreeMap<String, Documents>,
}

impl Known<'_> {
    fn contract(&self, object: &str) -> Option<&EnvironmentContract> {
        let rest = object.strip_prefix("commons.")?;
        let (commons, environment) = rest.split_once(".environments.")?;
        let at = EnvironmentRef {
            commons: commons.parse().ok()?,
            environment: environment.parse().ok()?,
        };
        self.fleet?.contracts().environments.get(&at)
    }

    /// The host name of an environment.
    fn host(&self, object: &str) -> Option<String> {
        let contract = self
            .contract(object)
            .map(|contract| contract.endpoint.hostname.to_string());
        contract.or_else(|| holdings(self.documents.get(object)?).host)
    }
}

/// Adds what follows to each change.
pub(super) fn follow(changes: &mut [Change], old: Known<'_>, new: Known<'_>) {
    renames(changes, old, new);
    for change in changes {
        let side = if change.action == Action::Added {
            new
        } else {
            old
        };
        match change.kind {
            ChangeKind::Environment => environment(change, side),
            ChangeKind::Cluster => cluster(change, side),
            ChangeKind::Lifecycle => lifecycle(change, old),
            ChangeKind::Host => host(change, old, new),
            ChangeKind::Secret => secret(change, old, new),
            ChangeKind::Service => service(change, old, new),
            ChangeKind::Database | ChangeKind::Search if change.object.starts_with("clusters.") => {
                users_of(change, old);
            }
            _ => {}
        }
    }
}

/// An environment that goes while another comes with its host name was renamed: that is no renaming of what it holds.
fn renames(changes: &mut [Change], old: Known<'_>, new: Known<'_>) {
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

fn environment(change: &mut Change, side: Known<'_>) {
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
    if let Some(host) = contract
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

fn cluster(change: &mut Change, side: Known<'_>) {
    let name = change
        .object
        .strip_prefix("clusters.")
        .unwrap_or(&change.object)
        .to_owned();
    let Some(fleet) = side.fleet else { return };
    let on: Vec<String> = fleet
        .resolved()
        .environments
        .iter()
        .filter(|(_, environment)| environment.spec.cluster.as_str() == name)
        .map(|(at, _)| at.to_string())
        .collect();
    if change.action == Action::Removed && !on.is_empty() {
        change.consequences.push(format!(
            "{} ran on it: {}",
            plural(on.len(), "environment"),
            list(&on)
        ));
    }
    if let Some(contract) = fleet.contracts().clusters.get(name.as_str()) {
        let databases: Vec<&str> = contract
            .databases
            .iter()
            .map(|database| database.identifier.as_str())
            .collect();
        if !databases.is_empty() {
            change.consequences.push(format!(
                "{} of it: {}",
                plural(databases.len(), "database cluster"),
                list(&databases)
            ));
        }
        let search: Vec<&str> = contract
            .search
            .iter()
            .map(|search| search.domain.as_str())
            .collect();
        if !search.is_empty() {
            change.consequences.push(format!(
                "{} of it: {}",
                plural(search.len(), "search domain"),
                list(&search)
            ));
        }
    }
}

fn lifecycle(change: &mut Change, old: Known<'_>) {
    if !matches!(change.new.as_deref(), Some("retiring" | "retired")) {
        return;
    }
    if let Some(contract) = old.contract(&change.object) {
        change.consequences.push(format!(
            "Application `{}` cascades: once it is deleted, all in the namespace `{}` goes with it",
            contract.application.name, contract.namespace
        ));
        change
            .consequences
            .push(format!("`{}` answers no more", contract.endpoint.hostname));
    }
}

fn host(change: &mut Change, old: Known<'_>, new: Known<'_>) {
    if change.object.starts_with("accounts.") {
        return;
    }
    let host = change.new.clone().unwrap_or_default();
    let before = change.old.clone().unwrap_or_default();
    let more = &mut change.consequences;
    more.push(format!(
        "certificate: one for `{host}` must be issued and validated"
    ));
    more.push(format!(
        "DNS: a record for `{host}`; `{before}` should redirect"
    ));
    more.push("cookies: everybody signs in again, and links that were shared break".to_owned());
    more.push(format!(
        "sign-in: each identity provider must list `https://{host}/user/login/…` as a callback"
    ));
    for side in [old, new] {
        let Some(contract) = side.contract(&change.object) else {
            continue;
        };
        if let Some(fleet) = side.fleet {
            let guarded = fleet
                .contracts()
                .clusters
                .get(&contract.cluster)
                .into_iter()
                .flat_map(|cluster| &cluster.load_balancers);
            let lists = guarded
                .filter_map(|balancer| balancer.web_acl.as_ref())
                .any(|acl| {
                    acl.allow_lists
                        .iter()
                        .any(|list| list.environment == contract.at)
                });
            if lists {
                more.push(
                    "web ACL: its allow-list is bound to the host name, and must be applied first"
                        .to_owned(),
                );
            }
        }
        for child in &contract.children {
            more.push(format!(
                "`{child}` signs in here: its origin and callback follow"
            ));
        }
        break;
    }
    dedup(more);
}

fn secret(change: &mut Change, old: Known<'_>, new: Known<'_>) {
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

fn service(change: &mut Change, old: Known<'_>, new: Known<'_>) {
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

fn users_of(change: &mut Change, old: Known<'_>) {
    let Some(cluster) = change.object.strip_prefix("clusters.") else {
        return;
    };
    let Some(fleet) = old.fleet else { return };
    let on: Vec<String> = fleet
        .contracts()
        .environments
        .values()
        .filter(|contract| contract.cluster.as_str() == cluster)
        .map(|contract| contract.at.to_string())
        .collect();
    if !on.is_empty() {
        change.consequences.push(format!("used by {}", list(&on)));
    }
}

fn dedup(lines: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    lines.retain(|line| seen.insert(line.clone()));
}
