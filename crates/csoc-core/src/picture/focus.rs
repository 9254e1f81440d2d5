//! One node: what it needs, and what breaks if it goes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::Serialize;

use super::graph::{ContractGraph, GraphLink, GraphNode};
use crate::value::suggestion::closest;

/// What a graph says of one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GraphFocus {
    /// Its id.
    pub node: Arc<str>,
    /// What it needs, the nearest first.
    pub needs: Vec<Reached>,
    /// What breaks if it goes, the nearest first.
    pub breaks: Vec<Reached>,
}

/// A node that is reached from the focus.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Reached {
    /// Over how many links, at the least.
    pub distance: usize,
    /// The node.
    pub node: Arc<str>,
    /// How the last link is related.
    pub relation: &'static str,
    /// The node at the other end of that link, one nearer to the focus.
    pub over: Arc<str>,
}

/// Why there is nothing to focus on, or to draw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FocusError {
    /// No node has that id, name or object.
    #[error("the graph has no node `{node}`")]
    Unknown {
        /// What was asked for.
        node: String,
        /// The node that was probably meant.
        suggestion: Option<String>,
    },
    /// Several have that name.
    #[error("`{node}` is the name of {} nodes", .among.len())]
    Ambiguous {
        /// What was asked for.
        node: String,
        /// The ids of those nodes.
        among: Vec<String>,
    },
    /// More nodes than a picture can show.
    #[error("{nodes} nodes are too many for a picture, which shows {limit}")]
    TooLarge {
        /// How many there are.
        nodes: usize,
        /// How many can be shown.
        limit: usize,
    },
}

impl FocusError {
    /// What to try instead.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unknown { suggestion, .. } => Some(match suggestion {
                Some(suggestion) => format!("did you mean `{suggestion}`?"),
                None => "name a node by its id, an environment by its path; `csoc graph --format json` has them all".to_owned(),
            }),
            Self::Ambiguous { among, .. } => {
                let some: Vec<&str> = among.iter().take(10).map(String::as_str).collect();
                let more = among.len() - some.len();
                let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
                Some(format!("name one by its id: {}{rest}", some.join(", ")))
            }
            Self::TooLarge { .. } => Some("name what the picture is to be about with `--focus NODE`, or print it as mermaid, dot or json".to_owned()),
        }
    }
}

impl ContractGraph {
    /// The graph around one node: all that it needs and all that needs it.
    ///
    /// The node is named by its id, by the path of its environment, or by its name if no other has it.
    pub fn focus(&self, node: &str) -> Result<Self, FocusError> {
        let at = self.find(node)?;
        let needs = self.reach(at, Direction::Needs);
        let breaks = self.reach(at, Direction::Breaks);
        let seen: BTreeSet<&str> = needs
            .iter()
            .chain(&breaks)
            .map(|reached| &*reached.node)
            .chain([&*self.nodes[at].id])
            .collect();
        let nodes: Vec<GraphNode> = self
            .nodes
            .iter()
            .filter(|node| seen.contains(&*node.id))
            .cloned()
            .collect();
        let links = self
            .links
            .iter()
            .filter(|link| seen.contains(&*link.from) && seen.contains(&*link.to))
            .cloned()
            .collect();
        Ok(Self {
            focus: Some(GraphFocus {
                node: self.nodes[at].id.clone(),
                needs,
                breaks,
            }),
            nodes,
            links,
        })
    }

    fn find(&self, text: &str) -> Result<usize, FocusError> {
        if let Some(at) = self.position(text) {
            return Ok(at);
        }
        let is_environment =
            |node: &GraphNode| node.kind == "environment" && node.object.as_deref() == Some(text);
        if let Some(at) = self.nodes.iter().position(is_environment) {
            return Ok(at);
        }
        let named: Vec<usize> = (0..self.nodes.len())
            .filter(|at| {
                let node = &self.nodes[*at];
                node.name == text
                    || node
                        .id
                        .split_once(':')
                        .is_some_and(|(_, rest)| rest == text)
            })
            .collect();
        match named[..] {
            [only] => Ok(only),
            [] => Err(FocusError::Unknown {
                node: text.to_owned(),
                suggestion: self.suggestion(text),
            }),
            _ => Err(FocusError::Ambiguous {
                node: text.to_owned(),
                among: named
                    .into_iter()
                    .map(|at| self.nodes[at].id.to_string())
                    .collect(),
            }),
        }
    }

    fn suggestion(&self, text: &str) -> Option<String> {
        let names = self.nodes.iter().flat_map(|node| {
            let object = (node.kind == "environment").then_some(node.object.as_deref());
            [Some(&*node.id), Some(node.name.as_str()), object.flatten()]
        });
        closest(text, names.flatten()).map(str::to_owned)
    }

    /// What is reached from a node over needs, in one direction.
    fn reach(&self, start: usize, direction: Direction) -> Vec<Reached> {
        let mut next: BTreeMap<usize, Vec<(usize, &GraphLink)>> = BTreeMap::new();
        for (from, to, link) in self.pairs().filter(|(_, _, link)| link.is_need) {
            match direction {
                Direction::Needs => next.entry(from).or_default().push((to, link)),
                Direction::Breaks => next.entry(to).or_default().push((from, link)),
            }
        }
        let mut seen = BTreeSet::from([start]);
        let mut queue = VecDeque::from([(start, 0)]);
        let mut reached = Vec::new();
        while let Some((at, distance)) = queue.pop_front() {
            for (other, link) in next.get(&at).into_iter().flatten() {
                if seen.insert(*other) {
                    reached.push(Reached {
                        distance: distance + 1,
                        node: self.nodes[*other].id.clone(),
                        relation: link.relation,
                        over: self.nodes[at].id.clone(),
                    });
                    queue.push_back((*other, distance + 1));
                }
            }
        }
        reached.sort();
        reached
    }
}

/// Which way links are followed.
#[derive(Debug, Clone, Copy)]
enum Direction {
    /// To what is needed.
    Needs,
    /// To those that need.
    Breaks,
}
