//! The central proof, Terraform's part: observing what was compiled shows the contracts again.

use std::collections::{BTreeMap, BTreeSet};

use super::{CONSORTIUM, QUICKSTART, compile, fleet, recorded};
use crate::Fleet;
use crate::backend::Backend;
use crate::backend::terraform::Terraform;
use crate::contract::{facts, role_of};
use crate::graph::{ClosedGraph, Fact, Relation, ThingId, ThingKind, close};
use crate::tree::File;

/// Whether Terraform makes things of that kind.
fn is_made(thing: &ThingId) -> bool {
    matches!(
        thing.kind,
        ThingKind::Role
            | ThingKind::Secret
            | ThingKind::Bucket
            | ThingKind::Queue
            | ThingKind::Key
            | ThingKind::Certificate
            | ThingKind::WebAcl
            | ThingKind::IpSet
    )
}

/// Whether Terraform says that.
fn is_said(from: &ThingId, relation: Relation, of_clusters: &BTreeSet<ThingId>) -> bool {
    let of_account = ["gen3/audit/", "gen3/csoc-", "gen3/hub/", "gen3/logging/"];
    let is_account =
        from.kind == ThingKind::Role && of_account.iter().any(|name| from.name.starts_with(name));
    let is_of_cluster = of_clusters.contains(from);
    match relation {
        Relation::EncryptedBy | Relation::Admits => true,
        // Exception: the issuer of a cluster is known only once it is there, so that text does not decide who its own roles trust.
        Relation::Trusts => !is_of_cluster,
        // Exception: what roles of an account and of the hub, and the controllers of a cluster, may do to kinds of resources is no
        // contract of one resource; log groups are no things of the graph.
        Relation::Allows => !(is_account || is_of_cluster || from.name.ends_with("--flow-logs")),
        // Exception: what is handled, notified, accepted and covered follows from how a contract is made, and is no part of it.
        _ => false,
    }
}

fn only_terraform(mut graph: ClosedGraph, fleet: &Fleet) -> ClosedGraph {
    let clusters = fleet.contracts().clusters.values();
    let of_clusters: BTreeSet<ThingId> = clusters
        .filter_map(|cluster| cluster.eks.as_ref())
        .flat_map(|eks| &eks.roles)
        .filter_map(|role| role_of(&role.arn))
        .collect();
    graph.things.retain(|thing, _| is_made(thing));
    graph
        .edges
        .retain(|(from, relation, _), _| is_said(from, *relation, &of_clusters));
    graph
}

fn observed(files: &[File]) -> Vec<Fact> {
    let mut directories: BTreeMap<_, Vec<&File>> = BTreeMap::new();
    for file in files {
        directories
            .entry(file.path().parent())
            .or_default()
            .push(file);
    }
    let mut facts = Vec::new();
    for files in directories.values() {
        Terraform.observe_directory(files, &mut facts);
    }
    facts
}

fn assert_equal(fleet: &Fleet) {
    let linked = only_terraform(close(facts(fleet.contracts())), fleet);
    let seen = only_terraform(close(observed(&compile(fleet, true).files)), fleet);
    let missing: Vec<String> = linked
        .edges
        .keys()
        .filter(|edge| !seen.edges.contains_key(*edge))
        .map(|edge| format!("{edge:?}"))
        .collect();
    assert!(missing.is_empty(), "not seen: {missing:#?}");
    let more: Vec<String> = seen
        .edges
        .keys()
        .filter(|edge| !linked.edges.contains_key(*edge))
        .map(|edge| format!("{edge:?}"))
        .collect();
    assert!(more.is_empty(), "not linked: {more:#?}");
    assert!(
        linked.things.keys().eq(seen.things.keys()),
        "{:#?}\n{:#?}",
        linked.things.keys(),
        seen.things.keys()
    );
    assert_eq!(linked, seen);
    assert!(!linked.edges.is_empty());
}

#[test]
fn what_is_observed_is_what_was_linked() {
    assert_equal(&fleet(QUICKSTART, &[]));
    // What is not rendered is not observed: all is managed and stays.
    let text = CONSORTIUM
        .replace("management: { terraform: external }", "")
        .replace("lifecycle: retired", "");
    assert_equal(&fleet(&text, &[]));
}

#[test]
fn recorded_outputs_change_no_fact() {
    let count = |fleet: &Fleet| close(observed(&compile(fleet, true).files));
    assert_eq!(count(&recorded()), count(&fleet(CONSORTIUM, &[])));
}
