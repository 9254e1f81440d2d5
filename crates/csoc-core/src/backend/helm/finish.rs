//! The last steps: omissions taken out, raw values on top, keys in order.

use super::input::EnvironmentInput;
use super::values::{remove, sort};
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::value::overlay::{Nulls, merge};
use crate::value::path::{ModelPath, Step};
use crate::value::{Key, Node};

/// An entry of `omit` that is no row of keys.
const OMIT_INVALID: Code = Code::new("omit-invalid");

/// Takes out what `omit` names, merges the environment's `values` on top, and sorts.
pub(super) fn finish(mut root: Node, input: &EnvironmentInput, found: &mut Diagnostics) -> Node {
    let at = &input.contract.at;
    for omitted in &input.contract.spec.omit {
        match omitted_keys(omitted.as_str()) {
            Some(keys) => remove(&mut root, &keys),
            None => found.push(omit_invalid(omitted.as_str(), &at.to_string(), "omit")),
        }
    }
    let mut root = match &input.overlay {
        Some(overlay) => merge(root, overlay, Nulls::Data),
        None => root,
    };
    sort(&mut root);
    root
}

/// The keys of an entry of `omit`; nothing where it is no row of keys.
pub(crate) fn omitted_keys(omitted: &str) -> Option<Vec<Key>> {
    omitted
        .parse::<ModelPath>()
        .ok()?
        .steps()
        .iter()
        .map(|step| match step {
            Step::Key(key) => Some(key.clone()),
            Step::Item(_) => None,
        })
        .collect()
}

/// The finding about an entry of `omit` that is no row of keys.
pub(crate) fn omit_invalid(omitted: &str, object: &str, field: &str) -> Finding {
    Finding::error(
        OMIT_INVALID,
        format!("`{omitted}` does not name a value by keys"),
    )
    .help("join keys by dots and quote those that hold other characters: `global.\"a.b\"`")
    .object(object)
    .path(format!("{object}.{field}"))
}
