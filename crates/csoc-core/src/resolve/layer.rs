//! Layers: partial environments, lowest to highest, and what merging them gives.

use std::sync::Arc;

use crate::value::Node;
use crate::value::overlay::{Nulls, merge};

/// Where a layer stands, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LayerKind {
    /// Product defaults of the edition.
    Edition,
    /// `defaults`.
    FleetDefaults,
    /// The edition's profile of the tier.
    EditionTier,
    /// `tiers.T`.
    FleetTier,
    /// `accounts.A.environmentDefaults`.
    Account,
    /// `clusters.C.environmentDefaults`.
    Cluster,
    /// The commons.
    Commons,
    /// `commons.X.tiers.T`.
    CommonsTier,
    /// The environment itself.
    Environment,
}

impl LayerKind {
    /// What it is called where people read it.
    pub(crate) const fn describe(self) -> &'static str {
        match self {
            Self::Edition => "product default",
            Self::FleetDefaults => "fleet defaults",
            Self::EditionTier => "product tier profile",
            Self::FleetTier => "fleet tier",
            Self::Account => "account",
            Self::Cluster => "cluster",
            Self::Commons => "commons",
            Self::CommonsTier => "commons tier",
            Self::Environment => "environment",
        }
    }
}

/// One layer of an environment.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) kind: LayerKind,
    pub(crate) node: Arc<Node>,
}

/// What merging gave, and from what: a shared prefix is merged once.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    pub(crate) layers: Vec<Layer>,
    pub(crate) merged: Arc<Node>,
}

impl Stack {
    /// No layer.
    pub(crate) fn empty() -> Self {
        Self {
            layers: Vec::new(),
            merged: Arc::new(Node::map()),
        }
    }

    /// The same with one more layer on top.
    pub(crate) fn with(&self, kind: LayerKind, node: Option<&Arc<Node>>) -> Self {
        let Some(node) = node.filter(|node| !node.entries().is_empty()) else {
            return self.clone();
        };
        let mut layers = self.layers.clone();
        layers.push(Layer {
            kind,
            node: node.clone(),
        });
        Self {
            layers,
            merged: Arc::new(merge_layer(&self.merged, node)),
        }
    }
}

/// Fields whose content is data of somebody else: `null` means something there.
pub(crate) const OPEN_FIELDS: [&str; 1] = ["values"];

/// Lists that add up over layers, where other lists replace: what one layer leaves out stays out.
const ADDS_UP: &str = "omit";

/// What lower layers leave out, of a field that holds a list of it.
fn omissions(key: &str, below: Option<&Node>) -> Option<Vec<Node>> {
    let below = below?;
    let list = match key {
        ADDS_UP => below,
        "application" => below.get(ADDS_UP)?,
        _ => return None,
    };
    Some(list.items().to_vec())
}

/// Puts what lower layers leave out before what this one does.
fn add_up(key: &str, mut all: Vec<Node>, merged: &mut Node) {
    let list = if key == ADDS_UP {
        Some(merged)
    } else {
        merged.get_mut(ADDS_UP)
    };
    let Some(Node {
        kind: crate::value::Kind::List(items),
        ..
    }) = list
    else {
        return;
    };
    for item in items.drain(..) {
        if !all.contains(&item) {
            all.push(item);
        }
    }
    *items = all;
}

/// A layer merged over a base. In model fields `null` resets to what lower layers would derive; in `values` it is data.
fn merge_layer(base: &Node, over: &Node) -> Node {
    let mut result = base.clone();
    for entry in over.entries() {
        let key = entry.key.as_str();
        let nulls = if OPEN_FIELDS.contains(&key) {
            Nulls::Data
        } else {
            Nulls::Reset
        };
        if entry.node.is_null() && nulls == Nulls::Reset {
            result.remove(key);
            continue;
        }
        let below = result.remove(key);
        let omitted = omissions(key, below.as_ref());
        let mut merged = match below {
            Some(below) => merge(below, &entry.node, nulls),
            None => merge(Node::map().at(entry.node.origin), &entry.node, nulls),
        };
        if let Some(omitted) = omitted {
            add_up(key, omitted, &mut merged);
        }
        result.insert(entry.key.clone(), merged);
    }
    result
}
