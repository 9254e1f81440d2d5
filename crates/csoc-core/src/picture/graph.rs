//! Nodes and links, sorted.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::focus::GraphFocus;

/// What a fleet's environments are made of, and what needs what.
///
/// Nodes are sorted by their ids and links by theirs, so that the same fleet prints the same text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ContractGraph {
    /// What the graph is about, where it is about one node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focus: Option<GraphFocus>,
    /// Everything there is.
    pub nodes: Vec<GraphNode>,
    /// How it hangs together.
    pub links: Vec<GraphLink>,
}

/// A thing that the cloud or a cluster knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GraphNode {
    /// `kind:scope/name`: `role:111122223333/gen3/midrc-prod-fence`.
    pub id: Arc<str>,
    /// The kind: `role`.
    pub kind: &'static str,
    /// Where the name is unique: an account, an account and region, a cluster, a namespace, `world`.
    pub scope: String,
    /// The name there.
    pub name: String,
    /// The object of the fleet that it comes from; none where somebody else makes it.
    pub object: Option<Arc<str>>,
}

/// One node needs another, or lets it in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct GraphLink {
    /// The id of the one that needs.
    pub from: Arc<str>,
    /// How: `runs-as`, `allows`, `synced-from`, `encrypted-by`…
    pub relation: &'static str,
    /// The id of what it needs.
    pub to: Arc<str>,
    /// Whether the first breaks without the second. A trust is none: it only lets in.
    #[serde(skip)]
    pub(super) is_need: bool,
}

impl ContractGraph {
    /// The node of that id.
    pub fn node(&self, id: &str) -> Option<&GraphNode> {
        self.position(id).map(|at| &self.nodes[at])
    }

    /// Where the node of that id stands in [`nodes`](Self::nodes).
    pub(super) fn position(&self, id: &str) -> Option<usize> {
        self.nodes.binary_search_by(|node| (*node.id).cmp(id)).ok()
    }

    /// How many nodes there are of each kind.
    pub fn kinds(&self) -> BTreeMap<&'static str, usize> {
        let mut kinds = BTreeMap::new();
        for node in &self.nodes {
            *kinds.entry(node.kind).or_default() += 1;
        }
        kinds
    }

    /// The links as positions of nodes.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize, &GraphLink)> {
        self.links
            .iter()
            .filter_map(|link| Some((self.position(&link.from)?, self.position(&link.to)?, link)))
    }
}
