//! `Chart.yaml`: what a chart says of itself.

use crate::value::{Key, Node};

/// A chart's name, version and dependencies.
#[derive(Debug, Clone, Default)]
pub(super) struct Metadata {
    /// Its name.
    pub(super) name: String,
    /// Its version.
    pub(super) version: String,
    /// Whether it renders nothing itself.
    pub(super) is_library: bool,
    /// The charts below it.
    pub(super) dependencies: Vec<Dependency>,
}

/// A chart below another.
#[derive(Debug, Clone)]
pub(super) struct Dependency {
    /// Its name.
    pub(super) name: String,
    /// The key that its values stand under.
    pub(super) key: Key,
    /// Where it comes from.
    pub(super) repository: String,
    /// Keys, the first set of which says whether it is rendered.
    pub(super) conditions: Vec<Vec<Key>>,
}

impl Metadata {
    /// What the document of a `Chart.yaml` says; `None` where it has no name.
    pub(super) fn read(node: &Node) -> Option<Self> {
        let text = |key: &str| node.get(key).and_then(Node::text);
        let name = text("name").filter(|name| !name.is_empty())?;
        let dependencies = node.get("dependencies").map_or(&[][..], Node::items);
        Some(Self {
            name: name.to_owned(),
            version: text("version").unwrap_or_default().to_owned(),
            is_library: text("type") == Some("library"),
            dependencies: dependencies.iter().filter_map(Dependency::read).collect(),
        })
    }
}

impl Dependency {
    fn read(node: &Node) -> Option<Self> {
        let text = |key: &str| node.get(key).and_then(Node::text);
        let name = text("name").filter(|name| !name.is_empty())?;
        let condition = text("condition").unwrap_or_default();
        Some(Self {
            name: name.to_owned(),
            key: Key::from(text("alias").unwrap_or(name)),
            repository: text("repository").unwrap_or_default().to_owned(),
            conditions: condition
                .split(',')
                .map(str::trim)
                .filter(|path| !path.is_empty())
                .map(|path| path.split('.').map(Key::from).collect())
                .collect(),
        })
    }

    /// A chart that lies below another without being named by it.
    pub(super) fn unnamed(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            key: Key::from(name),
            repository: String::new(),
            conditions: Vec::new(),
        }
    }
}
