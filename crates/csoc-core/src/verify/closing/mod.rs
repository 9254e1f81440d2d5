//! Contracts closed over documents: what one file says of another is what that one says.
//!
//! What text does not decide (a subject of an unknown issuer, a policy that is
//! attached elsewhere, a pattern that may match) yields no finding.

mod accounts;
mod certificates;
mod compare;
mod edges;
mod grants;
mod producers;
mod queues;
mod sharing;
mod states;
mod trusts;

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::backend::registry;
use crate::diagnostic::Finding;
use crate::graph::{ClosedGraph, Fact, close};
use crate::tree::{BackendName, File};

pub(crate) use compare::compare;
use edges::Edges;

/// What the files of a tree show, closed with what is known beside them.
pub(super) fn observe<'a>(
    files: impl IntoIterator<Item = &'a File>,
    mut facts: Vec<Fact>,
) -> ClosedGraph {
    let mut trees: BTreeMap<BackendName, BTreeMap<&Utf8Path, Vec<&File>>> = BTreeMap::new();
    for file in files {
        states::observe(file, &mut facts);
        let directory = file.path().parent().unwrap_or(file.path());
        let directories = trees.entry(file.backend()).or_default();
        directories.entry(directory).or_default().push(file);
    }
    for backend in registry() {
        if let Some(directories) = trees.get(&backend.name()) {
            backend.observe_tree(directories, &mut facts);
        }
    }
    close(facts)
}

/// What closing comes to.
pub(super) struct Closed {
    /// Every edge that does not close, as far as the tree makes both of its ends.
    ///
    /// Places are those of the documents: spans of the tree's files, if it was read from disk.
    pub(super) found: Vec<Finding>,
    /// How often something was not decided from text, by reason.
    pub(super) undecided: BTreeMap<Box<str>, usize>,
}

/// Follows every edge of a graph.
pub(super) fn check(graph: &ClosedGraph) -> Closed {
    let edges = Edges::new(graph);
    let mut found = Vec::new();
    trusts::check(&edges, &mut found);
    grants::check(&edges, &mut found);
    producers::check(&edges, &mut found);
    queues::check(&edges, &mut found);
    sharing::check(&edges, &mut found);
    certificates::check(&edges, &mut found);
    accounts::check(&edges, &mut found);
    Closed {
        found,
        undecided: edges.all_undecided(),
    }
}

#[cfg(test)]
mod tests;
