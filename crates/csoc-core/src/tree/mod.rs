//! Rendered documents by path, before anything is on disk.

mod file;

pub use file::{BackendName, File};
pub(crate) use file::{Document, Made, is_json};

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

/// A rendered tree: files by path, sorted. A function of the fleet, the catalogs and the options alone.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Tree {
    pub(crate) files: BTreeMap<Utf8PathBuf, Arc<File>>,
}

impl Tree {
    /// The file at a path.
    pub fn get(&self, path: impl AsRef<Utf8Path>) -> Option<&File> {
        self.files.get(path.as_ref()).map(AsRef::as_ref)
    }

    /// All files, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = &File> {
        self.files.values().map(AsRef::as_ref)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Files that wait for outputs.
    pub fn pending(&self) -> impl Iterator<Item = &File> {
        self.iter().filter(|file| file.is_pending())
    }

    pub(crate) fn insert(&mut self, file: File) {
        self.files.insert(file.path().to_owned(), Arc::new(file));
    }
}
