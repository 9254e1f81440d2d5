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
        let merged = match below {
            Some(below) => merge(below, &entry.node, nulls),
            None => merge(Node::map().at(entry.node.origin), &entry.node, nulls),
        };
        result.insert(entry.key.clone(), merged);
    }
    result
}
