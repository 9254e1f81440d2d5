//! What is wrong with the bytes of a catalog, or with what was to become one.

use super::FORMAT;

/// Why a catalog cannot be read or made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FlatError {
    /// The file is something else.
    #[error("file is not a catalog: it does not start with `csoc-cat`")]
    NotACatalog,
    /// A later version wrote it.
    #[error("catalog has format {found}, this version of csoc reads format {FORMAT}")]
    Newer {
        /// Its format.
        found: u32,
    },
    /// Bytes are missing or changed.
    #[error("catalog is damaged: {what}")]
    Damaged {
        /// What does not hold.
        what: &'static str,
    },
    /// It would not fit the format.
    #[error("catalog cannot be made: {what}")]
    Unfit {
        /// What does not fit.
        what: &'static str,
    },
}

/// The catalog is damaged in that way.
pub(super) const fn damaged(what: &'static str) -> FlatError {
    FlatError::Damaged { what }
}
