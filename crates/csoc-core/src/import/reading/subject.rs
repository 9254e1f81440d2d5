//! Scalars as they must be written so that the model gives them back: a number in quotes is no number.

use crate::value::{Node, Reading};

/// The text of a string that is not empty.
pub(super) fn string(node: Option<&Node>) -> Option<&str> {
    match reading(node?)? {
        Reading::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// A boolean.
pub(super) fn boolean(node: Option<&Node>) -> Option<bool> {
    match reading(node?)? {
        Reading::Bool(value) => Some(value),
        _ => None,
    }
}

/// A count.
pub(super) fn count(node: Option<&Node>) -> Option<u32> {
    match reading(node?)? {
        Reading::Integer(value) => u32::try_from(value).ok(),
        _ => None,
    }
}

fn reading(node: &Node) -> Option<Reading<'_>> {
    match &node.kind {
        crate::value::Kind::Scalar(scalar) => Some(scalar.reading()),
        _ => None,
    }
}
