//! Facts joined into a graph: sorted, each once, scopes known.

use std::collections::{BTreeMap, BTreeSet};

use super::fact::{Edge, Fact, Relation, Target};
use super::thing::ThingId;
use crate::value::Origin;

/// What is known and how it is related. Two are equal if they hold the same, wherever it came from.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClosedGraph {
    /// What is made or declared.
    pub(crate) things: BTreeMap<ThingId, Origin>,
    /// What is related to what.
    pub(crate) edges: BTreeMap<(ThingId, Relation, Target), Origin>,
    /// How often something could not be told from text, by reason.
    pub(crate) undecided: BTreeMap<Box<str>, usize>,
}

impl PartialEq for ClosedGraph {
    fn eq(&self, other: &Self) -> bool {
        self.things.keys().eq(other.things.keys()) && self.edges.keys().eq(other.edges.keys())
    }
}

/// What begins the scope of a thing in a file whose namespace another file tells.
const IN_FILE: char = '@';

/// Closes facts, in whatever order they come.
///
/// A thing of the scope `@path` gets the scopes that facts give the file at
/// that path: one for each, if several applications read it; where none does,
/// it keeps what it has.
pub(crate) fn close(facts: Vec<Fact>) -> ClosedGraph {
    let mut scopes: BTreeMap<Box<str>, BTreeSet<Box<str>>> = BTreeMap::new();
    for fact in &facts {
        if let Fact::Scope { file, scope } = fact {
            scopes
                .entry(file.clone())
                .or_default()
                .insert(scope.clone());
        }
    }
    let mut graph = ClosedGraph::default();
    for fact in facts {
        match fact {
            Fact::Thing(thing, origin) => {
                for thing in places(&thing, &scopes) {
                    keep(&mut graph.things, thing, origin);
                }
            }
            Fact::Edge(edge) => {
                for (key, origin) in edges(&edge, &scopes) {
                    keep(&mut graph.edges, key, origin);
                }
            }
            Fact::Undecided(reason, _) => *graph.undecided.entry(reason).or_default() += 1,
            Fact::Scope { .. } => {}
        }
    }
    graph
}

type Scopes = BTreeMap<Box<str>, BTreeSet<Box<str>>>;

/// The same thing in each of its file's scopes.
fn places(thing: &ThingId, scopes: &Scopes) -> Vec<ThingId> {
    let known = thing
        .scope
        .strip_prefix(IN_FILE)
        .and_then(|file| scopes.get(file));
    match known {
        Some(known) => known.iter().map(|scope| within(thing, scope)).collect(),
        None => vec![thing.clone()],
    }
}

fn within(thing: &ThingId, scope: &str) -> ThingId {
    ThingId::new(thing.kind, scope, thing.name.clone())
}

/// The same edge in each scope; ends in one file are in one scope.
fn edges(edge: &Edge, scopes: &Scopes) -> Vec<((ThingId, Relation, Target), Origin)> {
    let mut all = Vec::new();
    for from in places(&edge.from, scopes) {
        let targets = match &edge.to {
            Target::Exact(to) if to.scope == edge.from.scope => vec![within(to, &from.scope)],
            Target::Exact(to) => places(to, scopes),
            Target::Pattern(_) | Target::Undecidable(_) => {
                all.push(((from, edge.relation, edge.to.clone()), edge.origin));
                continue;
            }
        };
        all.extend(targets.into_iter().map(|to| {
            (
                (from.clone(), edge.relation, Target::Exact(to)),
                edge.origin,
            )
        }));
    }
    all
}

/// Keeps the first place in text, so that the order of facts does not matter.
fn keep<K: Ord>(map: &mut BTreeMap<K, Origin>, key: K, origin: Origin) {
    let rank = |origin: &Origin| match origin {
        Origin::Text(span) => (0, Some(*span), 0),
        Origin::Made(number) => (1, None, *number),
        Origin::Unknown => (2, None, 0),
    };
    map.entry(key)
        .and_modify(|known| {
            if rank(&origin) < rank(known) {
                *known = origin;
            }
        })
        .or_insert(origin);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::ThingKind;

    #[test]
    fn scopes_come_from_other_files_in_any_order() {
        let account = ThingId::new(ThingKind::ServiceAccount, "@values.yaml", "fence-sa");
        let role = ThingId::new(ThingKind::Role, "111122223333", "fence");
        let scope = |scope: &str| Fact::Scope {
            file: "values.yaml".into(),
            scope: scope.into(),
        };
        let facts = vec![
            Fact::Thing(account.clone(), Origin::Made(3)),
            Fact::Edge(Edge {
                from: account.clone(),
                relation: Relation::RunsAs,
                to: Target::Exact(role),
                origin: Origin::Unknown,
            }),
            scope("one/demo"),
            scope("two/demo"),
            Fact::Thing(account, Origin::Made(1)),
        ];
        let graph = close(facts.clone());
        assert_eq!(graph, close(facts.into_iter().rev().collect()));
        let scopes: Vec<&str> = graph.things.keys().map(|thing| &*thing.scope).collect();
        assert_eq!(scopes, ["one/demo", "two/demo"]);
        assert_eq!(graph.edges.len(), 2);
        assert!(
            graph
                .things
                .values()
                .all(|origin| *origin == Origin::Made(1))
        );
    }

    #[test]
    fn what_no_file_tells_stays_as_it_is() {
        let thing = ThingId::new(ThingKind::ServiceAccount, "@alone.yaml", "fence-sa");
        let graph = close(vec![Fact::Thing(thing.clone(), Origin::Unknown)]);
        assert!(graph.things.contains_key(&thing));
    }
}
