//! Clusters that an Argo CD knows besides its own: Secrets, or what makes Secrets.

use super::applicationset::decoded;
use super::placed::Placed;
use crate::span::Span;
use crate::value::{Kind, Node};

/// The label that makes a Secret a cluster.
const LABEL: &str = "argocd.argoproj.io/secret-type";
/// The address of the cluster that an Argo CD runs in.
pub(crate) const HERE: &str = "https://kubernetes.default.svc";

/// A cluster that an Argo CD knows.
#[derive(Debug, Clone)]
pub(crate) struct Registration {
    /// Its name there; nothing where only an operator of the cluster knows it.
    pub(crate) name: Option<Placed>,
    /// Its address, where it is known.
    pub(crate) server: Option<Placed>,
    /// The project that alone may use it; an empty text for all.
    pub(crate) project: Option<Placed>,
    /// Its labels, a map.
    pub(crate) labels: Node,
    /// Its annotations, a map.
    pub(crate) annotations: Node,
    /// Where it starts.
    pub(crate) span: Option<Span>,
}

impl Registration {
    /// The registration that a document is: a Secret with the label, or an `ExternalSecret` that makes one.
    pub(super) fn read(node: &Node) -> Option<Self> {
        let made = match node.get("kind").and_then(Node::text)? {
            "Secret" => node,
            "ExternalSecret" => node.path(&["spec", "target", "template"])?,
            _ => return None,
        };
        let labels = made.path(&["metadata", "labels"])?;
        if labels.get(LABEL).and_then(Node::text) != Some("cluster") {
            return None;
        }
        let annotations = made.path(&["metadata", "annotations"]);
        Some(Self {
            name: field(made, "name"),
            server: field(made, "server"),
            project: field(made, "project"),
            labels: labels.clone(),
            annotations: annotations.cloned().unwrap_or_else(Node::map),
            span: node.span(),
        })
    }

    /// Whether it is the cluster that its Argo CD runs in.
    pub(crate) fn is_here(&self) -> bool {
        self.server
            .as_deref()
            .is_some_and(|server| server.trim_end_matches('/') == HERE)
    }
}

/// A field of the Secret as plain text; nothing where a template or an operator makes it.
fn field(made: &Node, name: &str) -> Option<Placed> {
    let placed = |text: Box<str>, node: &Node| Placed {
        text,
        span: node.span(),
    };
    let is_secret = made.get("kind").is_some();
    if let Some(node) = made.path(&["stringData", name]) {
        return plain(node).map(|text| placed(text, node));
    }
    let node = made.path(&["data", name])?;
    let text = plain(node)?;
    if !is_secret {
        return Some(placed(text, node));
    }
    let text = String::from_utf8(decoded(&text)?).ok()?;
    Some(placed(text.into(), node))
}

fn plain(node: &Node) -> Option<Box<str>> {
    if matches!(node.kind, Kind::Pending(_)) {
        return None;
    }
    node.text()
        .filter(|text| !text.contains("{{"))
        .map(Into::into)
}
