//! A value as it is written, where its data alone says too little.

use std::ops::Deref;

use serde::{Serialize, Serializer};

use super::node::{Kind, Node, Style};

/// A value that serializes with the text and style of its scalars: `1.0` is not `1.00`.
#[derive(Debug, Clone)]
pub(crate) struct Exact(pub(crate) Node);

impl Deref for Exact {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.0
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written(&self.0).serialize(serializer)
    }
}

struct Written<'a>(&'a Node);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.kind {
            Kind::Scalar(scalar) => {
                (scalar.style == Style::Plain, &scalar.text).serialize(serializer)
            }
            Kind::List(items) => serializer.collect_seq(items.iter().map(Written)),
            Kind::Map(entries) => serializer.collect_map(
                entries
                    .iter()
                    .map(|entry| (entry.key.as_str(), Written(&entry.node))),
            ),
            Kind::Pending(outputs) => {
                let outputs: Vec<&str> = outputs.iter().map(super::node::Key::as_str).collect();
                serializer.serialize_newtype_variant("Node", 3, "Pending", &outputs)
            }
        }
    }
}
