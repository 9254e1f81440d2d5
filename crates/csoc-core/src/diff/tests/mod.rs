//! Differences of fleets and trees: what is found, how it is judged, and what always holds.

mod kinds;
mod properties;
mod sides;
mod terraform;

use std::path::Path;

use camino::Utf8Path;

use super::{Change, Diff, DiffOptions, DiffSide, diff};
use crate::backend::fixture::load;
use crate::context::Context;
use crate::fleet::Fleet;
use crate::source::{Limits, SourceSet, read_directory};

/// An edit of a file of the fleet: its path, a text in it, and what stands in place of that.
pub(super) type Edit = (&'static str, &'static str, &'static str);

/// The files of a fleet of the repository.
pub(super) fn sources(name: &str) -> SourceSet {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name);
    read_directory(&path, Limits::default()).unwrap()
}

/// A fleet of the repository with edits.
pub(super) fn fleet(name: &str, edits: &[Edit]) -> Fleet {
    let mut set = sources(name);
    for (path, from, to) in edits {
        let path = Utf8Path::new(path);
        let text = String::from_utf8(
            set.get(path)
                .map(|bytes| bytes.to_vec())
                .unwrap_or_default(),
        )
        .unwrap();
        assert!(text.contains(from), "`{from}` is not in {path}");
        set.insert(path, text.replacen(from, to, 1).into_bytes());
    }
    load(set)
}

/// What the edits of a fleet change.
pub(super) fn changed(name: &str, edits: &[Edit]) -> Diff {
    fleet(name, edits)
        .diff(&fleet(name, &[]), &Context::default())
        .unwrap()
}

/// The same seen from trees alone.
pub(super) fn changed_trees(name: &str, edits: &[Edit]) -> Diff {
    let tree = |edits: &[Edit]| {
        let (tree, _) = fleet(name, edits)
            .compile(
                &crate::render::CompileOptions::default(),
                &Context::default(),
            )
            .unwrap();
        DiffSide::Tree(tree)
    };
    diff(
        &tree(&[]),
        &tree(edits),
        &DiffOptions::default(),
        &Context::default(),
    )
    .unwrap()
}

/// The only change of that kind and subject.
pub(super) fn only<'d>(diff: &'d Diff, kind: &str, subject: &str) -> &'d Change {
    let found: Vec<&Change> = diff
        .changes
        .iter()
        .filter(|change| change.kind.as_str() == kind && change.subject == subject)
        .collect();
    assert_eq!(
        found.len(),
        1,
        "{kind} {subject}: {}",
        diff.to_text(crate::diagnostic::TextStyle::plain())
    );
    found[0]
}
