//! What keeps a tree from being written.

use std::io;

use camino::Utf8PathBuf;

use super::path::PathError;

/// Something that stopped the writer. The old tree is whole, unless the next render says that it finishes one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum WriteError {
    /// A rendered or listed path that is not one of a file below the root.
    #[error("`{path}` cannot be a rendered file")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        #[source]
        source: PathError,
    },
    /// Two units render the same file.
    #[error("`{path}` is rendered twice, by `{first}` and by `{second}`")]
    Twice {
        /// The file.
        path: Utf8PathBuf,
        /// One unit, the lesser by name.
        first: String,
        /// The other.
        second: String,
    },
    /// A unit was added twice.
    #[error("the unit `{unit}` is rendered twice")]
    UnitTwice {
        /// Its name.
        unit: String,
    },
    /// One rendered file would have to be the directory of another.
    #[error("`{path}` is rendered as a file, and `{below}` needs it to be a directory")]
    FileAndDirectory {
        /// The file.
        path: Utf8PathBuf,
        /// A file below it.
        below: Utf8PathBuf,
    },
    /// Something that must be a directory is not one.
    #[error("`{path}` is not a directory")]
    NotADirectory {
        /// The path.
        path: Utf8PathBuf,
    },
    /// A symbolic link where a directory is needed. It is not followed, wherever it leads:
    /// it could lead out of the output directory, and two paths could be one file.
    #[error("`{path}` is a symbolic link where a directory is needed")]
    Symlink {
        /// The link.
        path: Utf8PathBuf,
    },
    /// Another process writes into this root.
    #[error("`{path}` is locked by {holder}")]
    Locked {
        /// The lock.
        path: Utf8PathBuf,
        /// Who holds it, as far as it said so.
        holder: String,
    },
    /// A file of ours that a newer version wrote.
    #[error("`{path}` has format {found}, which csoc {version} reads; this is csoc {}, which reads format {known}", env!("CARGO_PKG_VERSION"))]
    Format {
        /// The file.
        path: Utf8PathBuf,
        /// Its format.
        found: u64,
        /// The format that is known here.
        known: u64,
        /// The version that wrote it.
        version: String,
    },
    /// A file of ours that is not the JSON it should be, for example after a merge with conflicts.
    #[error("`{path}` cannot be read as what csoc wrote")]
    Syntax {
        /// The file.
        path: Utf8PathBuf,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// The lock could not be taken, for another reason than that someone holds it.
    #[error("failed to lock `{path}`")]
    Lock {
        /// The lock.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Reading failed.
    #[error("failed to read `{path}`")]
    Read {
        /// What was read.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Creating a directory or writing a file failed.
    #[error("failed to write `{path}`")]
    Write {
        /// What was written.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Moving into place failed.
    #[error("failed to replace `{path}`")]
    Replace {
        /// What should have been replaced.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Removing failed.
    #[error("failed to remove `{path}`")]
    Remove {
        /// What should have been removed.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}
