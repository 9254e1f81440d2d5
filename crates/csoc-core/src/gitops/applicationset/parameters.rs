//! What a generator gives for one Application.

use super::go::shown;
use super::stop::Stop;
use crate::span::Span;
use crate::value::overlay::{Nulls, merge};
use crate::value::{Kind, Node};

/// The parameters of one Application, and what they come from.
#[derive(Debug, Clone)]
pub(crate) struct Parameters {
    /// Them: nested for Go templates, else flat with dots in their names.
    pub(crate) values: Node,
    /// Elements, registrations and files that they come from.
    pub(crate) causes: Vec<Span>,
}

impl Parameters {
    /// Parameters that come from one place.
    pub(super) fn new(values: Node, cause: Option<Span>) -> Self {
        Self {
            values,
            causes: cause.into_iter().collect(),
        }
    }

    /// Both together; where both say something, `over` counts.
    pub(super) fn joined(base: &Self, over: &Self) -> Self {
        let mut causes = over.causes.clone();
        causes.extend(
            base.causes
                .iter()
                .filter(|cause| !over.causes.contains(cause)),
        );
        Self {
            values: merge(base.values.clone(), &over.values, Nulls::Data),
            causes,
        }
    }
}

/// About how many bytes a tree takes: what is small and stands for much is found by it.
pub(super) fn weight(node: &Node) -> usize {
    const NODE: usize = 64;
    let inside: usize = match &node.kind {
        Kind::Scalar(scalar) => scalar.text.len(),
        Kind::List(items) => items.iter().map(weight).sum(),
        Kind::Map(entries) => entries
            .iter()
            .map(|entry| entry.key.as_str().len() + weight(&entry.node))
            .sum(),
        Kind::Pending(_) => 0,
    };
    NODE + inside
}

/// A tree as texts by the dotted way to them, as `selector` and templates without Go see it.
pub(super) fn flattened(node: &Node) -> Result<Vec<(String, Node)>, Stop> {
    let mut flat = Vec::new();
    below(node, String::new(), &mut flat)?;
    Ok(flat)
}

fn below(node: &Node, at: String, flat: &mut Vec<(String, Node)>) -> Result<(), Stop> {
    let join = |key: &str| {
        if at.is_empty() {
            key.to_owned()
        } else {
            format!("{at}.{key}")
        }
    };
    match &node.kind {
        Kind::Map(entries) if !entries.is_empty() || at.is_empty() => {
            for entry in entries {
                below(&entry.node, join(entry.key.as_str()), flat)?;
            }
        }
        Kind::List(items) if !items.is_empty() => {
            for (number, item) in items.iter().enumerate() {
                below(item, join(&number.to_string()), flat)?;
            }
        }
        Kind::Pending(_) => flat.push((at, node.clone())),
        _ if node.is_null() => flat.push((at, Node::string("<nil>"))),
        _ => flat.push((at, Node::string(shown(node)?))),
    }
    Ok(())
}
