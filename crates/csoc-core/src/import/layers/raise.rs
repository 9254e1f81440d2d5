//! One layer, and values that move up to it.

use std::collections::{BTreeMap, BTreeSet};

use super::layer::Layer;
use super::member::Member;
use super::path::{Path, find, is_ordered, leaves, take};
use crate::import::draft::Draft;
use crate::value::{Key, Node};

/// Fields that are one environment's own.
const OWN: [&str; 5] = ["tier", "cluster", "hostname", "identity", "release"];
/// One layer and the environments below it.
pub(super) struct Raise<'a> {
    pub(super) to: Layer,
    pub(super) members: &'a [&'a Member],
    /// Fields that this layer must not hold.
    without: &'a [&'a str],
}

impl<'a> Raise<'a> {
    pub(super) fn new(to: Layer, members: &'a [&'a Member], without: &'a [&'a str]) -> Self {
        Self {
            to,
            members,
            without,
        }
    }

    /// The layers between this one and an environment, the weakest first.
    pub(super) fn above(&self, member: &Member) -> Vec<Layer> {
        [
            Layer::Cluster(member.cluster.clone()),
            Layer::Commons(member.at.commons.clone()),
            Layer::Environment(member.at.clone()),
        ]
        .into_iter()
        .filter(|layer| *layer > self.to)
        .collect()
    }

    pub(super) fn run(&self, draft: &mut Draft) {
        self.values(draft);
        self.omissions(draft, &["omit"], |member| member.values.as_ref());
        self.omissions(draft, &["application", "omit"], |member| {
            member.application.as_ref()
        });
        self.tidy(draft);
    }

    fn values(&self, draft: &mut Draft) {
        let mut said: BTreeMap<Path, Vec<(usize, Node)>> = BTreeMap::new();
        for (number, member) in self.members.iter().enumerate() {
            let mut effective: BTreeMap<Path, Node> = BTreeMap::new();
            for layer in self.above(member) {
                if let Some(node) = draft.layer(&layer) {
                    leaves(node, &mut Vec::new(), &mut effective);
                }
            }
            for (path, node) in effective {
                said.entry(path).or_default().push((number, node));
            }
        }
        for (path, said) in said {
            if self.keeps_out(&path) {
                continue;
            }
            let counted: Vec<&Node> = said
                .iter()
                .filter(|(number, _)| {
                    let member = self.members.get(*number);
                    !member.is_some_and(|member| member.ignores(&path))
                })
                .map(|(_, node)| node)
                .collect();
            let Some(usual) = usual(&counted) else {
                continue;
            };
            let everywhere = self.members.iter().enumerate().all(|(number, member)| {
                member.ignores(&path)
                    || said.iter().any(|(known, _)| *known == number)
                    || member.has_anyway(&path, usual)
            });
            if !everywhere || !self.may_move(&path, &said) {
                continue;
            }
            self.put(draft, &path, usual);
        }
    }

    /// Whether a value may move. Variables of a service are in an order that only one layer can say, so that they
    /// move where all say the same.
    fn may_move(&self, path: &[Key], said: &[(usize, Node)]) -> bool {
        if !is_ordered(path) {
            return true;
        }
        let order = |node: &Node| -> Vec<Key> {
            let entries = node.entries().iter();
            entries.map(|entry| entry.key.clone()).collect()
        };
        let relevant = || {
            said.iter().filter(|(number, _)| {
                let member = self.members.get(*number);
                !member.is_some_and(|member| member.ignores(path))
            })
        };
        relevant()
            .zip(relevant().skip(1))
            .all(|((_, one), (_, other))| one == other && order(one) == order(other))
    }

    fn keeps_out(&self, path: &[Key]) -> bool {
        let field = path.first().map(Key::as_str).unwrap_or_default();
        OWN.contains(&field)
            || self.without.contains(&field)
            || path.last().is_some_and(|key| *key == "omit") && path.len() <= 2 && field != "values"
    }

    /// Puts a value into the layer and takes it out of those above that say the same.
    fn put(&self, draft: &mut Draft, path: &[Key], value: &Node) {
        if let Some(layer) = draft.layer_mut(&self.to) {
            layer.set(path, value.clone());
        }
        let mut above: Vec<Layer> = self
            .members
            .iter()
            .flat_map(|member| self.above(member))
            .collect();
        above.sort();
        above.dedup();
        // Once a layer says something else, those above it must go on saying what they say.
        let mut differs: BTreeSet<Layer> = BTreeSet::new();
        for layer in above {
            let below_differs = self.members.iter().any(|member| {
                let chain = self.above(member);
                let own = chain.iter().position(|known| *known == layer);
                own.is_some_and(|own| chain[..own].iter().any(|below| differs.contains(below)))
            });
            let Some(node) = draft.layer_mut(&layer) else {
                continue;
            };
            match find(node, path) {
                Some(said) if said == value && !below_differs => take(node, path),
                Some(_) => {
                    differs.insert(layer);
                }
                None => {}
            }
        }
    }
}

/// The value that at least half of them have, and two.
fn usual<'n>(nodes: &[&'n Node]) -> Option<&'n Node> {
    let mut best: Option<(&Node, usize)> = None;
    for node in nodes {
        let count = nodes.iter().filter(|other| **other == *node).count();
        if best.is_none_or(|(_, most)| count > most) {
            best = Some((node, count));
        }
    }
    best.filter(|(_, count)| *count > 1 && count * 2 >= nodes.len())
        .map(|(node, _)| node)
}
