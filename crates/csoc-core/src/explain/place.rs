//! A place in a file of the fleet, as people write it.

use std::fmt;

use serde::Serialize;

use crate::span::{Sources, Span};

/// A file with a line and a column, both from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The file, relative to the fleet; `edition 2026.11` for what the product sets.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

impl Place {
    pub(crate) fn new(sources: &Sources, span: Span) -> Self {
        let file = sources.file(span.file);
        let at = file.position(span.start);
        Self {
            file: file.path().to_string(),
            line: at.line,
            column: at.column,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
