//! The one value type of the product, its text forms, the schema walker and overlays.

mod node;
mod scalar;

pub(crate) use node::{Entry, Key, Kind, Node, Origin, Reading, Scalar, Style};
