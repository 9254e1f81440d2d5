//! Values files against the chart that they are for: what it does not know, does not read, or reads as something else.

mod content;
mod files;
mod gates;
mod keys;
mod merged;
mod names;
mod release;
mod scalars;
#[cfg(test)]
mod tests;
mod types;

use camino::Utf8Path;

use crate::catalog::chart::ChartCatalog;
use crate::catalog::{ChartNotes, ValuesNotes};
use crate::diagnostic::{Code, Diagnostics};
use crate::value::Node;
use merged::Merged;

/// A key that the chart neither declares nor reads.
pub(crate) const VALUES_KEY_UNKNOWN: Code = Code::new("values-key-unknown");
/// A key that the chart declares, and no template reads.
pub(crate) const VALUES_KEY_UNREAD: Code = Code::new("values-key-unread");
/// A key that is read only where a flag says so, which says otherwise.
pub(crate) const VALUES_KEY_GATED: Code = Code::new("values-key-gated");
/// A value of another type than the chart's default.
pub(crate) const VALUES_TYPE_MISMATCH: Code = Code::new("values-type-mismatch");
/// A boolean in quotes, which templates take for true.
pub(crate) const VALUES_BOOLEAN_QUOTED: Code = Code::new("values-boolean-quoted");
/// A boolean where the chart compares with text.
pub(crate) const VALUES_TEXT_BOOLEAN: Code = Code::new("values-text-boolean");
/// A number where the chart has text, or the other way round.
pub(crate) const VALUES_NUMBER_TEXT: Code = Code::new("values-number-text");
/// A null that takes a default away.
pub(crate) const VALUES_DEFAULT_DELETED: Code = Code::new("values-default-deleted");
/// Two files of one release set the same key.
pub(crate) const VALUES_SET_TWICE: Code = Code::new("values-set-twice");
/// An account number that is not in quotes.
pub(crate) const ACCOUNT_ID_UNQUOTED: Code = Code::new("account-id-unquoted");
/// An image tag that Helm reads as a number.
pub(crate) const IMAGE_TAG_UNQUOTED: Code = Code::new("image-tag-unquoted");

/// A values file of a release.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ValuesFile<'f> {
    /// Its path, for messages.
    pub(crate) path: &'f Utf8Path,
    /// What it holds; none where that is nothing.
    pub(crate) node: Option<&'f Node>,
}

/// Checks the values files of one release, given in the order that Helm merges them.
///
/// Keys are checked in each file, flags over what all of them and the chart's
/// defaults say. Duplicate keys are findings of reading, and files that hold
/// nothing of whoever lists them.
pub(crate) fn check(chart: ChartCatalog<'_>, files: &[ValuesFile<'_>], sink: &mut Diagnostics) {
    let merged = Merged::new(chart, files);
    let view = View {
        chart,
        notes: ValuesNotes::of(chart.name()),
        merged: &merged,
    };
    for file in files {
        let Some(node) = file.node else {
            continue;
        };
        if !node.is_map() && !node.is_null() {
            sink.push(types::not_a_map(node));
            continue;
        }
        keys::check(&view, node, sink);
        scalars::check(node, sink);
        gates::check(&view, node, sink);
        content::check(&view, node, sink);
    }
    files::set_twice(files, sink);
}

/// What the checks of one file may look at.
struct View<'c> {
    chart: ChartCatalog<'c>,
    notes: &'static ChartNotes,
    merged: &'c Merged<'c>,
}
