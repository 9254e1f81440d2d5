//! What refers to what within a module, and the circles in it.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::REFERENCE_CYCLE;
use crate::catalog::provider::SchemaKind;
use crate::diagnostic::Finding;
use crate::value::Origin;

/// Something whose value depends on others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Vertex<'a> {
    /// A local value.
    Local(&'a str),
    /// A resource or data source.
    Thing(SchemaKind, &'a str, &'a str),
}

impl Vertex<'_> {
    fn address(self) -> String {
        match self {
            Self::Local(name) => format!("local.{name}"),
            Self::Thing(SchemaKind::Resource, of, name) => format!("{of}.{name}"),
            Self::Thing(SchemaKind::DataSource, of, name) => format!("data.{of}.{name}"),
            Self::Thing(SchemaKind::Ephemeral, of, name) => format!("ephemeral.{of}.{name}"),
        }
    }
}

/// References, each with the place of one of them.
#[derive(Debug, Default)]
pub(super) struct Edges<'a> {
    to: BTreeMap<Vertex<'a>, BTreeMap<Vertex<'a>, Origin>>,
}

impl<'a> Edges<'a> {
    /// Adds a reference.
    pub(super) fn add(&mut self, from: Vertex<'a>, to: Vertex<'a>, origin: Origin) {
        self.to.entry(from).or_default().entry(to).or_insert(origin);
    }

    /// A finding for each circle, as far as they share nothing.
    pub(super) fn cycles(&self) -> Vec<Finding> {
        let mut done = BTreeSet::new();
        let mut found = Vec::new();
        for start in self.to.keys() {
            self.search(*start, &mut done, &mut found);
        }
        found
    }

    /// Goes deep from a vertex without recursion: modules may be long.
    fn search(&self, start: Vertex<'a>, done: &mut BTreeSet<Vertex<'a>>, found: &mut Vec<Finding>) {
        if done.contains(&start) {
            return;
        }
        let next = |of: Vertex<'a>| self.to.get(&of).into_iter().flat_map(BTreeMap::keys);
        let mut path = vec![start];
        let mut open = vec![next(start)];
        while let Some(rest) = open.last_mut() {
            let Some(to) = rest.next() else {
                open.pop();
                done.extend(path.pop());
                continue;
            };
            if let Some(at) = path.iter().position(|vertex| vertex == to) {
                found.push(self.circle(&path[at..]));
            } else if !done.contains(to) {
                path.push(*to);
                open.push(next(*to));
            }
        }
    }

    fn circle(&self, path: &[Vertex<'a>]) -> Finding {
        let names: Vec<String> = path
            .iter()
            .map(|vertex| format!("`{}`", vertex.address()))
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
                    .map(|vertex| vertex.address())
                    .unwrap_or_default(),
            );
        for (at, from) in path.iter().enumerate() {
            let to = path.get(at + 1).or(path.first());
            let origin = self.to.get(from).zip(to).and_then(|(all, to)| all.get(to));
            finding = finding.label(
                origin.and_then(|origin| origin.span()),
                "refers to the next",
            );
        }
        finding
    }
}
