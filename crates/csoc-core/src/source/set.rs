//! The files of a fleet as bytes: all that loading depends on.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::diagnostic::Diagnostic;

/// The files of a fleet by their path below its directory, read or made in memory.
///
/// A fleet is a function of this set: two equal sets give equal fleets, and a
/// fleet that crosses a process travels as its set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceSet {
    files: BTreeMap<Utf8PathBuf, Arc<[u8]>>,
    problems: Vec<Diagnostic>,
}

impl SourceSet {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, in place of one of the same path.
    pub fn insert(&mut self, path: impl Into<Utf8PathBuf>, bytes: impl Into<Arc<[u8]>>) {
        self.files.insert(path.into(), bytes.into());
    }

    /// The bytes of a file.
    pub fn get(&self, path: &Utf8Path) -> Option<&Arc<[u8]>> {
        self.files.get(path)
    }

    /// All files, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&Utf8Path, &Arc<[u8]>)> {
        self.files
            .iter()
            .map(|(path, bytes)| (path.as_path(), bytes))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What went wrong with single files while the set was read; they are not in it.
    pub(crate) fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }

    /// Records that a file could not be taken in.
    pub(crate) fn problem(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }
}

impl<P: Into<Utf8PathBuf>, B: Into<Arc<[u8]>>> FromIterator<(P, B)> for SourceSet {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        let mut set = Self::new();
        for (path, bytes) in files {
            set.insert(path, bytes);
        }
        set
    }
}
