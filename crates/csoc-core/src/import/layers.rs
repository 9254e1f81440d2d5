//! What environments share moves up: to their commons, to their cluster, to the fleet.
//!
//! Layers merge by key and the higher one wins, so that a value may move up
//! where every environment below says something of the same key: those that
//! say something else go on saying it. What nobody says must not appear.

use std::collections::{BTreeMap, BTreeSet};

use super::compiled::Compiled;
use super::draft::Draft;
use super::foreign::Foreign;
use super::group::{Place, text};
use crate::backend::helm::finish::omitted_keys;
use crate::model::name::ObjectName;
use crate::resolve::EnvironmentRef;
use crate::value::{Key, Kind, Node};

/// Fields that are one environment's own.
const OWN: [&str; 5] = ["tier", "cluster", "hostname", "identity", "release"];
/// Fields that a tier profile of the product sets above the fleet's defaults.
const OF_TIERS: [&str; 5] = [
    "replicas",
    "disruptionBudgets",
    "topologySpread",
    "imagePolicy",
    "sync",
];

/// A row of keys.
type Path = Vec<Key>;

/// An environment with what it takes part in.
struct Member {
    at: EnvironmentRef,
    cluster: ObjectName,
    /// Whether its values are rendered.
    has_values: bool,
    /// Whether its Application is rendered.
    has_application: bool,
    /// What the model generates for it, before anything is left out.
    values: Option<Node>,
    application: Option<Node>,
}

impl Member {
    /// Whether it does not matter what a layer says at a path, since nothing of it is rendered.
    fn ignores(&self, path: &[Key]) -> bool {
        let field = path.first().map(Key::as_str).unwrap_or_default();
        match field {
            "management" => false,
            "application" | "chart" => !self.has_application,
            _ => !self.has_values,
        }
    }
}

impl Member {
    /// Whether its Application is made with that field anyway, so that it may as well be said.
    fn has_anyway(&self, path: &[Key], value: &Node) -> bool {
        let Some((application, rest)) = path.split_first() else {
            return false;
        };
        let Some((fields, field)) = rest.split_first() else {
            return false;
        };
        *application == "application"
            && *fields == "fields"
            && self
                .application
                .as_ref()
                .and_then(|base| find(base, field))
                .is_some_and(|base| base == value)
    }
}

/// A layer of the draft that environments may move values to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Fleet,
    Cluster(ObjectName),
    Commons(ObjectName),
    Environment(EnvironmentRef),
}

impl Draft {
    fn layer(&self, layer: &Layer) -> Option<&Node> {
        match layer {
            Layer::Fleet => self.fleet.get("defaults"),
            Layer::Cluster(name) => self.clusters.get(name)?.get("environmentDefaults"),
            Layer::Commons(name) => self.commons.get(name),
            Layer::Environment(at) => self.environments.get(at),
        }
    }

    /// The layer, made where it is not there.
    fn layer_mut(&mut self, layer: &Layer) -> Option<&mut Node> {
        let (object, field) = match layer {
            Layer::Fleet => (Some(&mut self.fleet), Some("defaults")),
            Layer::Cluster(name) => (self.clusters.get_mut(name), Some("environmentDefaults")),
            Layer::Commons(name) => (self.commons.get_mut(name), None),
            Layer::Environment(at) => (self.environments.get_mut(at), None),
        };
        let object = object?;
        let Some(field) = field else {
            return Some(object);
        };
        if object.get(field).is_none() {
            object.insert(field, Node::map());
        }
        object.get_mut(field)
    }
}

/// Moves up what is shared.
pub(super) fn raise(draft: &mut Draft, foreign: &Foreign, places: &[Place], base: &Compiled) {
    let members: Vec<Member> = foreign
        .environments
        .iter()
        .zip(places)
        .filter_map(|(environment, place)| {
            let node = draft.environments.get(&place.at)?;
            let directory = environment.title();
            Some(Member {
                at: place.at.clone(),
                cluster: text(node, &["cluster"])?.parse().ok()?,
                has_values: environment.values.is_some(),
                has_application: environment.application.is_some(),
                values: base.values(&directory),
                application: base.application(&directory).cloned(),
            })
        })
        .collect();
    let mut by_commons: BTreeMap<&ObjectName, Vec<&Member>> = BTreeMap::new();
    let mut by_cluster: BTreeMap<&ObjectName, Vec<&Member>> = BTreeMap::new();
    for member in &members {
        by_commons
            .entry(&member.at.commons)
            .or_default()
            .push(member);
        by_cluster.entry(&member.cluster).or_default().push(member);
    }
    for (commons, members) in &by_commons {
        if members.len() > 1 {
            Raise::new(Layer::Commons((*commons).clone()), members, &[]).run(draft);
        }
    }
    for (cluster, on) in &by_cluster {
        let commons: BTreeSet<&ObjectName> = on.iter().map(|member| &member.at.commons).collect();
        let whole = commons.iter().all(|commons| {
            by_commons
                .get(*commons)
                .is_some_and(|members| members.iter().all(|member| member.cluster == **cluster))
        });
        if commons.len() > 1 && whole {
            Raise::new(Layer::Cluster((*cluster).clone()), on, &[]).run(draft);
        }
    }
    let all: Vec<&Member> = members.iter().collect();
    if by_commons.len() > 1 {
        Raise::new(Layer::Fleet, &all, &OF_TIERS).run(draft);
    }
}

/// One layer and the environments below it.
struct Raise<'a> {
    to: Layer,
    members: &'a [&'a Member],
    /// Fields that this layer must not hold.
    without: &'a [&'a str],
}

impl<'a> Raise<'a> {
    fn new(to: Layer, members: &'a [&'a Member], without: &'a [&'a str]) -> Self {
        Self {
            to,
            members,
            without,
        }
    }

    /// The layers between this one and an environment, the weakest first.
    fn above(&self, member: &Member) -> Vec<Layer> {
        [
            Layer::Cluster(member.cluster.clone()),
            Layer::Commons(member.at.commons.clone()),
            Layer::Environment(member.at.clone()),
        ]
        .into_iter()
        .filter(|layer| *layer > self.to)
        .collect()
    }

    fn run(&self, draft: &mut Draft) {
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

    /// Moves up omissions that every environment needs or that change nothing for it.
    fn omissions(
        &self,
        draft: &mut Draft,
        field: &[&str],
        generated: impl Fn(&Member) -> Option<&Node>,
    ) {
        let mut needed: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (number, member) in self.members.iter().enumerate() {
            for layer in self.above(member) {
                let list = draft.layer(&layer).and_then(|node| node.path(field));
                for item in list.map(Node::items).unwrap_or_default() {
                    if let Some(text) = item.text() {
                        needed.entry(text.to_owned()).or_default().insert(number);
                    }
                }
            }
        }
        let mut up: Vec<String> = Vec::new();
        for (item, by) in needed {
            let Some(keys) = omitted_keys(&item) else {
                continue;
            };
            let harmless = self.members.iter().enumerate().all(|(number, member)| {
                by.contains(&number)
                    || generated(member).is_none_or(|base| find(base, &keys).is_none())
            });
            if harmless && by.len() > 1 {
                up.push(item);
            }
        }
        if up.is_empty() {
            return;
        }
        let is_up = |item: &Node| {
            item.text()
                .is_some_and(|text| up.iter().any(|up| up == text))
        };
        for member in self.members {
            for layer in self.above(member) {
                if let Some(Node {
                    kind: Kind::List(items),
                    ..
                }) = draft
                    .layer_mut(&layer)
                    .and_then(|node| deep_mut(node, field))
                {
                    items.retain(|item| !is_up(item));
                }
            }
        }
        if let Some(layer) = draft.layer_mut(&self.to) {
            let mut items = layer
                .path(field)
                .map(Node::items)
                .unwrap_or_default()
                .to_vec();
            items.extend(up.into_iter().map(Node::from));
            layer.set(field, Node::list(items));
        }
    }

    /// Takes maps and lists out that are empty now.
    fn tidy(&self, draft: &mut Draft) {
        let mut all: Vec<Layer> = self
            .members
            .iter()
            .flat_map(|member| self.above(member))
            .collect();
        all.push(self.to.clone());
        all.sort();
        all.dedup();
        for layer in all {
            if let Some(node) = draft.layer_mut(&layer) {
                for field in [&["omit"][..], &["application", "omit"]] {
                    let is_empty = node.path(field).is_some_and(
                        |node| matches!(&node.kind, Kind::List(items) if items.is_empty()),
                    );
                    if is_empty {
                        let keys: Path = field.iter().map(|key| Key::from(*key)).collect();
                        take(node, &keys);
                    }
                }
            }
        }
        if let Layer::Cluster(name) = &self.to
            && let Some(cluster) = draft.clusters.get_mut(name)
            && cluster
                .get("environmentDefaults")
                .is_some_and(|node| node.entries().is_empty())
        {
            cluster.remove("environmentDefaults");
        }
        if draft
            .fleet
            .get("defaults")
            .is_some_and(|node| node.entries().is_empty())
        {
            draft.fleet.remove("defaults");
        }
        for cluster in draft.clusters.values_mut() {
            if cluster
                .get("environmentDefaults")
                .is_some_and(|node| node.entries().is_empty())
            {
                cluster.remove("environmentDefaults");
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

/// The scalars, lists and empty maps of a tree by their path; a later tree's win, and end what they stand in the way of.
fn leaves(node: &Node, path: &mut Path, into: &mut BTreeMap<Path, Node>) {
    match &node.kind {
        Kind::Map(entries) if !entries.is_empty() && !is_ordered(path) => {
            for entry in entries {
                path.push(entry.key.clone());
                leaves(&entry.node, path, into);
                path.pop();
            }
        }
        _ => {
            into.insert(path.clone(), node.clone());
        }
    }
}

/// Whether the order of entries below a path says something.
fn is_ordered(path: &[Key]) -> bool {
    matches!(path, [services, _, env] if *services == "services" && *env == "env")
}

fn find<'n>(node: &'n Node, path: &[Key]) -> Option<&'n Node> {
    path.iter()
        .try_fold(node, |node, key| node.get(key.as_str()))
}

fn deep_mut<'n>(node: &'n mut Node, path: &[&str]) -> Option<&'n mut Node> {
    path.iter().try_fold(node, |node, key| node.get_mut(key))
}

/// Takes a value out, and maps that are empty without it.
fn take(node: &mut Node, path: &[Key]) {
    crate::backend::helm::values::remove(node, path);
}
