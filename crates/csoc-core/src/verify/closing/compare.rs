//! What documents tie together, against what the contracts tie together.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Finding};
use crate::graph::{ClosedGraph, Relation, Target, ThingId, ThingKind};

/// A value says something else than the contract that it is a part of.
pub(crate) const CONTRACT_BROKEN: Code = Code::new("contract-broken");

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
