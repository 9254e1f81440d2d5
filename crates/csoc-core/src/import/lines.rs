//! How many lines a person owns before and after an import.

use super::draft::Draft;
use super::report::OwnedLines;
use crate::gitops::Role;
use crate::source::SourceSet;

/// Lines that a person owns, before and after.
pub(super) fn lines(files: &SourceSet, draft: &Draft) -> OwnedLines {
    let written = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .count()
    };
    let before = files
        .iter()
        .filter(|(path, _)| Role::of(path) != Role::Other)
        .map(|(_, bytes)| written(bytes))
        .sum();
    let set = draft.sources();
    let (mut after, mut content) = (0, 0);
    for (path, bytes) in set.iter() {
        if path.starts_with("content") {
            let placed = path.as_str().contains("/portal/") || path.starts_with("content/clusters");
            content += if placed { 0 } else { written(bytes) };
        } else if !path.starts_with("outputs") {
            after += written(bytes);
        }
    }
    OwnedLines {
        before,
        after,
        content,
    }
}
