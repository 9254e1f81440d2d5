//! Jobs that sower runs.

use std::collections::BTreeMap;

use super::shape;
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::value::Node;

/// Two jobs answer to the same action.
const SOWER_ACTION_TWICE: Code = Code::new("sower-action-twice");

/// Checks the jobs of a file.
pub(super) fn check(node: &Node, sink: &mut Diagnostics) {
    let path = ["sower", "sowerConfig"];
    let Some(jobs) = node.path(&path).filter(|jobs| !jobs.is_null()) else {
        return;
    };
    sink.extend(shape::findings(jobs, "sower", &path));
    let mut first: BTreeMap<&str, &Node> = BTreeMap::new();
    for action in jobs.items().iter().filter_map(|job| job.get("action")) {
        let Some(text) = action.text() else {
            continue;
        };
        if let Some(before) = first.insert(text, action) {
            sink.push(
                Finding::warning(
                    SOWER_ACTION_TWICE,
                    format!("two jobs answer to the action `{text}`, and sower runs the first"),
                )
                .help("give each job an action of its own")
                .label(action.span(), "never run")
                .label(before.span(), "runs")
                .path("sower.sowerConfig"),
            );
        }
    }
}
