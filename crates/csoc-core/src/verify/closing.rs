//! Contracts closed over documents: what one file says of another is what that one says.

use std::collections::{BTreeMap, BTreeSet};

use crate::backend::registry;
use crate::diagnostic::{Code, Diagnostic, Finding, Root};
use crate::graph::{ClosedGraph, Fact, Relation, Target, ThingId, ThingKind, close};
use crate::span::Sources;
use crate::tree::File;

/// A service account runs as a role that does not trust it.
pub(crate) const ROLE_TRUST_MISSING: Code = Code::new("role-trust-missing");
/// A secret is synced into the cluster that the role which syncs it may not read.
pub(crate) const SECRET_UNREADABLE: Code = Code::new("secret-unreadable");
/// A value says something else than the contract that it is a part of.
pub(crate) const CONTRACT_BROKEN: Code = Code::new("contract-broken");

/// The service account that secrets are synced with.
const READER: &str = "secret-store-sa";

/// What the files of a tree show, closed.
pub(crate) fn observe<'a>(files: impl IntoIterator<Item = &'a File>) -> ClosedGraph {
    let mut directories: BTreeMap<_, Vec<&File>> = BTreeMap::new();
    for file in files {
        let directory = file.path().parent().unwrap_or(file.path());
        directories
            .entry((file.backend(), directory))
            .or_default()
            .push(file);
    }
    let mut facts: Vec<Fact> = Vec::new();
    for ((name, _), files) in &directories {
        for backend in registry() {
            if backend.name() == *name {
                backend.observe_directory(files, &mut facts);
            }
        }
    }
    close(facts)
}

/// Roles let in who runs as them, and may read what is synced with them, as far as the tree makes them.
pub(super) fn check(graph: &ClosedGraph) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let has = |from: &ThingId, relation, to: &ThingId| {
        graph
            .edges
            .contains_key(&(from.clone(), relation, Target::Exact(to.clone())))
    };
    let mut readers: BTreeMap<&str, &ThingId> = BTreeMap::new();
    for (account, relation, target) in graph.edges.keys() {
        let (Relation::RunsAs, Target::Exact(role)) = (relation, target) else {
            continue;
        };
        // Without its Application a values file does not know its namespace.
        let is_placed = !account.scope.starts_with('@');
        if !is_placed || !graph.things.contains_key(role) {
            continue;
        }
        if &*account.name == READER {
            readers.insert(&account.scope, role);
        }
        if !has(role, Relation::Trusts, account) {
            found.push(
                Finding::error(
                    ROLE_TRUST_MISSING,
                    format!("{account} runs as {role}, which does not trust it"),
                )
                .help("let the role's trust policy name this service account, or give the service account its own role")
                .path(account),
            );
        }
    }
    for (synced, relation, target) in graph.edges.keys() {
        let (Relation::SyncedFrom, Target::Exact(secret)) = (relation, target) else {
            continue;
        };
        let Some(role) = readers.get(&*synced.scope) else {
            continue;
        };
        if !has(role, Relation::Allows, secret) {
            found.push(
                Finding::error(
                    SECRET_UNREADABLE,
                    format!("{synced} is synced from {secret}, which {role} may not read"),
                )
                .help("add the secret to the role's policy, or name a secret that the environment has")
                .path(synced),
            );
        }
    }
    let resolve = |finding: Finding| finding.resolve(&Sources::default(), Root::Tree);
    found.into_iter().map(resolve).collect()
}

/// Where documents say another thing than the contracts: raw values that undo what is derived.
pub(crate) fn compare(expected: &ClosedGraph, observed: &ClosedGraph) -> Vec<Finding> {
    let mut wanted: BTreeMap<(&ThingId, Relation), BTreeSet<&Target>> = BTreeMap::new();
    for (from, relation, to) in expected.edges.keys() {
        if is_single(*relation, from.kind) {
            wanted.entry((from, *relation)).or_default().insert(to);
        }
    }
    observed
        .edges
        .iter()
        .filter_map(|((from, relation, to), origin)| {
            let targets = wanted.get(&(from, *relation))?;
            let Target::Exact(shown) = to else { return None };
            if targets.contains(to) {
                return None;
            }
            let meant: Vec<String> = targets.iter().filter_map(|target| match target {
                Target::Exact(thing) => Some(thing.to_string()),
                Target::Pattern(_) | Target::Undecidable(_) => None,
            }).collect();
            Some(
                Finding::error(
                    CONTRACT_BROKEN,
                    format!("the values tie {from} to {shown}; everything else is made for {}", meant.join(", ")),
                )
                .help("set the name where both sides take it from: a naming rule, `services`, `secrets` or `identity`; or take it out of `values`")
                .label(origin.span(), "set here")
                .path(from),
            )
        })
        .collect()
}

/// Whether a thing is so related to one other at the most.
const fn is_single(relation: Relation, from: ThingKind) -> bool {
    matches!(
        (relation, from),
        (Relation::RunsAs, ThingKind::ServiceAccount)
            | (Relation::SyncedFrom, ThingKind::KubernetesSecret)
            | (Relation::ServedBy, ThingKind::Hostname)
            | (Relation::DeploysTo, ThingKind::Application)
    )
}
