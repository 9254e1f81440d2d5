//! What is handed to the writer: the files of one unit of compilation.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::digest::Digest;
use super::manifest::{Entry, State};
use super::path::FilePath;

/// The name of a unit: the same for the same object and backend in every render.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UnitKey(Arc<str>);

impl UnitKey {
    /// The unit of that name.
    pub(crate) fn new(name: impl Into<Arc<str>>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for UnitKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A unit as it was compiled.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    /// Which.
    pub(crate) key: UnitKey,
    /// Of all that it was compiled from.
    pub(crate) digest: Digest,
    /// Its files.
    pub(crate) files: Vec<Rendered>,
    /// Its files that cannot be rendered yet.
    pub(crate) withheld: Vec<Withheld>,
    /// What was found in it, in an encoding of the caller's: kept in the index, to be said again.
    pub(crate) findings: Vec<u8>,
}

/// A file as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// Where, below the output root.
    pub(crate) path: Utf8PathBuf,
    /// The content.
    pub(crate) bytes: Vec<u8>,
    /// The object that it comes from, as a model path.
    pub(crate) object: Arc<str>,
    /// The backend.
    pub(crate) backend: &'static str,
    /// Whether it is complete.
    pub(crate) state: State,
}

/// A file that would be rendered if some stack had run.
///
/// One that an earlier render wrote stays as it is, marked as pending; else nothing is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Withheld {
    /// Where, below the output root.
    pub(crate) path: Utf8PathBuf,
    /// The object that it comes from, as a model path.
    pub(crate) object: Arc<str>,
    /// The backend.
    pub(crate) backend: &'static str,
}

/// What the index remembers of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnitRecord {
    /// Of all that it was compiled from.
    pub(crate) digest: Digest,
    /// Its files, each as it was rendered.
    pub(crate) files: Vec<(FilePath, Entry)>,
    /// Its withheld files; of their entries all but the digest counts.
    pub(crate) withheld: Vec<(FilePath, Entry)>,
    /// What was found in it, as the caller encoded it.
    pub(crate) findings: Vec<u8>,
}
