//! The merge key `<<`: what other maps hold, below what a map says itself.

use std::collections::HashSet;

use super::node::{Entry, Kind, Node};

/// The maps that a `<<` brings, the first of which wins; `None` where its value is no map and no list of maps.
pub(super) fn sources(node: Node) -> Option<Vec<Vec<Entry>>> {
    match node.kind {
        Kind::Map(entries) => Some(vec![entries]),
        Kind::List(items) => items
            .into_iter()
            .map(|item| match item.kind {
                Kind::Map(entries) => Some(entries),
                _ => None,
            })
            .collect(),
        Kind::Scalar(_) | Kind::Pending(_) => None,
    }
}

/// The entries of `sources` that `own` does not set, then `own`.
pub(super) fn merge(sources: Vec<Vec<Entry>>, own: Vec<Entry>) -> Vec<Entry> {
    let mut seen: HashSet<_> = own.iter().map(|entry| entry.key.clone()).collect();
    let mut merged: Vec<Entry> = sources
        .into_iter()
        .flatten()
        .filter(|entry| seen.insert(entry.key.clone()))
        .collect();
    merged.extend(own);
    merged
}
