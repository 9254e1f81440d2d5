//! The last steps: raw values on top, omissions taken out, keys in order.

use super::input::EnvironmentInput;
use super::values::{remove, sort};
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::value::Node;
use crate::value::overlay::{Nulls, merge};
use crate::value::path::{ModelPath, Step};

/// An entry of `omit` that is no row of keys.
const OMIT_INVALID: Code = Code::new("omit-invalid");

/// Merges the environment's `values`, takes out what `omit` names, and sorts.
pub(super) fn finish(root: Node, input: &EnvironmentInput, found: &mut Diagnostics) -> Node {
    let mut root = match &input.overlay {
        Some(overlay) => merge(root, overlay, Nulls::Data),
        None => root,
    };
    let at = &input.contract.at;
    for omitted in &input.contract.spec.omit {
        let keys = omitted.as_str().parse::<ModelPath>().ok().and_then(|path| {
            path.steps()
                .iter()
                .map(|step| match step {
                    Step::Key(key) => Some(key.clone()),
                    Step::Item(_) => None,
                })
                .collect::<Option<Vec<_>>>()
        });
        match keys {
            Some(keys) => remove(&mut root, &keys),
            None => found.push(
                Finding::error(
                    OMIT_INVALID,
                    format!("`{omitted}` does not name a value by keys"),
                )
                .help("join keys by dots and quote those that hold other characters: `global.\"a.b\"`")
                .object(at)
                .path(format!("{at}.omit")),
            ),
        }
    }
    sort(&mut root);
    root
}
