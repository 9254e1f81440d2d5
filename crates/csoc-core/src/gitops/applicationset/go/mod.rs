//! Go templates over known parameters, as far as an ApplicationSet's author commonly writes them.
//!
//! What is printed is exactly what Argo CD would print, or nothing: a function
//! or an operation that is not here ends the evaluation as undecidable.

mod base64;
mod evaluate;
mod function;
mod parse;
mod print;
#[cfg(test)]
mod tests;
mod token;

use super::stop::Stop;
use crate::value::Node;

pub(in super::super) use base64::decoded;
pub(super) use print::{json, shown};

/// What a key that is not there does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MissingKey {
    /// It prints `<no value>`.
    Printed,
    /// It is an error: `goTemplateOptions: [missingkey=error]`.
    Refused,
}

/// What a text says when its actions are replaced by what they print.
pub(super) fn render(text: &str, parameters: &Node, missing: MissingKey) -> Result<String, Stop> {
    let items = parse::parse(text)?;
    evaluate::run(&items, parameters, missing)
}
