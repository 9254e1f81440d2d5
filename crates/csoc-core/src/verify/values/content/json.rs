//! JSON in texts: the portal's configuration, hatchery's, and what metadata services gather.

use super::embedded::Embedded;
use super::shape;
use crate::diagnostic::Diagnostics;
use crate::value::{Node, json_read};

/// Where JSON stands, and the shape that it must have.
const TEXTS: [(&[&str], &str); 3] = [
    (&["portal", "gitops", "json"], "portal"),
    (&["hatchery", "hatchery", "json"], "hatchery"),
    (&["metadata", "aggMdsConfig"], "metadata"),
];

/// Checks the JSON of a file.
pub(super) fn check(node: &Node, sink: &mut Diagnostics) {
    for (path, shape) in TEXTS {
        let Some(text) = Embedded::at(node, path) else {
            continue;
        };
        let (read, found) = json_read::read_json(text.text, text.file);
        match read {
            Some(read) if !found.has_errors() => {
                text.report(shape::findings(&read, shape, path), sink);
            }
            _ => text.unreadable("JSON", found, sink),
        }
    }
}
