//! What configuration means that charts pass on to services as it is.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::span::{SourceFile, Sources};
use crate::value::schema::{Dialect, Schema};
use crate::value::{Node, yaml_read};

/// Shapes of configuration, and names of options.
#[derive(Debug)]
pub(crate) struct ContentFacts {
    /// Options of fence that the chart does not list.
    pub(crate) fence_options: Vec<String>,
    shapes: BTreeMap<String, Schema>,
}

impl ContentFacts {
    /// The facts that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static FACTS: LazyLock<ContentFacts> = LazyLock::new(|| {
            let text = include_str!("data/content.yaml");
            let id = Sources::default().add(SourceFile::new("content.yaml", text));
            let (node, _) = yaml_read::read(text, id, &yaml_read::Limits::default());
            ContentFacts::of(&node.unwrap_or_else(Node::map))
        });
        &FACTS
    }

    fn of(node: &Node) -> Self {
        let options = node.get("fence_options").map_or(&[][..], Node::items);
        let shapes = node.get("shapes").map_or(&[][..], Node::entries);
        Self {
            fence_options: options
                .iter()
                .filter_map(Node::text)
                .map(str::to_owned)
                .collect(),
            shapes: shapes
                .iter()
                .filter_map(|entry| {
                    let shape = Schema::compile(&entry.node, Dialect::JsonSchema).ok()?;
                    Some((entry.key.as_str().to_owned(), shape))
                })
                .collect(),
        }
    }

    /// The shape of a service's configuration.
    pub(crate) fn shape(&self, name: &str) -> Option<&Schema> {
        self.shapes.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_shape_compiles() {
        let facts = ContentFacts::embedded();
        for name in ["etl", "hatchery", "metadata", "portal", "sower", "users"] {
            assert!(facts.shape(name).is_some(), "{name}");
        }
        assert!(facts.fence_options.iter().any(|name| name == "BASE_URL"));
    }
}
