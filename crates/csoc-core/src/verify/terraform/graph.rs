//! What refers to what within a module, and the circles in it.

use std::collections::BTreeSet;

use super::codes::REFERENCE_CYCLE;
use super::module::{Module, ThingIndex};
use crate::diagnostic::Finding;
use crate::value::Origin;

/// Something whose value depends on others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Vertex<'a> {
    /// A local value.
    Local(&'a str),
    /// A resource or data source, by its place in the module.
    Thing(ThingIndex),
}

impl Vertex<'_> {
    fn address(self, module: &Module<'_>) -> String {
        match self {
            Self::Local(name) => format!("local.{name}"),
            Self::Thing(index) => module
                .things()
                .get(index.0)
                .map(ToString::to_string)
                .unwrap_or_default(),
        }
    }
}

/// References, each with its place.
#[derive(Debug, Default)]
pub(super) struct Edges<'a>(Vec<Edge<'a>>);

/// One reference.
#[derive(Debug, Clone, Copy)]
struct Edge<'a> {
    from: Vertex<'a>,
    to: Vertex<'a>,
    origin: Origin,
}

impl<'a> Edges<'a> {
    /// Adds a reference.
    pub(super) fn add(&mut self, from: Vertex<'a>, to: Vertex<'a>, origin: Origin) {
        self.0.push(Edge { from, to, origin });
    }

    /// A finding for each circle, as far as they share nothing.
    pub(super) fn cycles(mut self, module: &Module<'_>) -> Vec<Finding> {
        // Stable: of several references the first is shown.
        self.0.sort_by_key(|edge| (edge.from, edge.to));
        self.0.dedup_by_key(|edge| (edge.from, edge.to));
        let mut done = BTreeSet::new();
        let mut found = Vec::new();
        for edge in &self.0 {
            self.search(edge.from, &mut done, &mut found, module);
        }
        found
    }

    /// The references of one thing.
    fn of(&self, vertex: Vertex<'a>) -> &[Edge<'a>] {
        let first = self.0.partition_point(|edge| edge.from < vertex);
        let behind = self.0.get(first..).unwrap_or_default();
        let count = behind.partition_point(|edge| edge.from == vertex);
        behind.get(..count).unwrap_or_default()
    }

    /// Goes deep from a vertex without recursion: modules may be long.
    fn search(
        &self,
        start: Vertex<'a>,
        done: &mut BTreeSet<Vertex<'a>>,
        found: &mut Vec<Finding>,
        module: &Module<'_>,
    ) {
        if done.contains(&start) {
            return;
        }
        let mut path = vec![start];
        let mut open = vec![self.of(start).iter()];
        while let Some(rest) = open.last_mut() {
            let Some(Edge { to, .. }) = rest.next() else {
                open.pop();
                done.extend(path.pop());
                continue;
            };
            if let Some(at) = path.iter().position(|vertex| vertex == to) {
                found.push(self.circle(&path[at..], module));
            } else if !done.contains(to) {
                path.push(*to);
                open.push(self.of(*to).iter());
            }
        }
    }

    fn circle(&self, path: &[Vertex<'a>], module: &Module<'_>) -> Finding {
        let names: Vec<String> = path
            .iter()
            .map(|vertex| format!("`{}`", vertex.address(module)))
            .collect();
        let first = names.first().cloned().unwrap_or_default();
        let message = if path.len() == 1 {
            format!("{first} refers to itself")
        } else {
            format!(
                "{} and again {first} refer to each other in a circle",
                names.join(", ")
            )
        };
        let mut finding = Finding::error(REFERENCE_CYCLE, message)
            .help("take one of the references out: a value cannot depend on itself")
            .path(
                path.first()
                    .map(|vertex| vertex.address(module))
                    .unwrap_or_default(),
            );
        for (at, from) in path.iter().enumerate() {
            let to = path.get(at + 1).or(path.first());
            let edge = to.and_then(|to| self.of(*from).iter().find(|edge| edge.to == *to));
            finding = finding.label(
                edge.and_then(|edge| edge.origin.span()),
                "refers to the next",
            );
        }
        finding
    }
}
