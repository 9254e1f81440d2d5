//! `outputs.tf`: the rows of the output table that a stack kind produces.

use crate::hcl::{Block, Body, Expression};
use crate::model::stack::OutputKind;

/// The body of `outputs.tf`.
pub(super) fn body(outputs: Vec<(OutputKind, Expression)>) -> Body {
    let block = |(kind, value): (OutputKind, Expression)| {
        Block::new("output", [kind.as_str()])
            .attribute("description", kind.description())
            .attribute("value", value)
    };
    Body::new().blocks(outputs.into_iter().map(block))
}
