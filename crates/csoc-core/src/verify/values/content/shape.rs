//! Configuration against the shape that its service reads.

use crate::catalog::ContentFacts;
use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::value::Node;
use crate::value::parsers::Parsers;
use crate::value::path::ModelPath;
use crate::value::walker::{Presence, walk};
use crate::value::walker_finding::{DUPLICATE_KEY, UNKNOWN_KEY};

/// Everything in which a node differs from a shape, at a path.
///
/// A key that the shape does not know is a warning: services grow keys, and
/// ignore those that they do not know.
pub(super) fn findings(node: &Node, shape: &str, path: &[&str]) -> Vec<Finding> {
    let Some(schema) = ContentFacts::embedded().shape(shape) else {
        return Vec::new();
    };
    let mut found = Diagnostics::default();
    let mut path: ModelPath = path.iter().copied().collect();
    walk(
        node,
        schema,
        Presence::Require,
        &Parsers::new(),
        &mut found,
        &mut path,
    );
    let found = found.into_vec().into_iter();
    found
        // Whoever reads the file says so already.
        .filter(|finding| finding.code != DUPLICATE_KEY)
        .map(|mut finding| {
            if finding.code == UNKNOWN_KEY {
                finding.severity = Severity::Warning;
            }
            finding
        })
        .collect()
}
