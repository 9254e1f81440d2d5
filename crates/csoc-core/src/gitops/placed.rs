//! A text with the place that it stands at.

use crate::span::Span;

/// A text of a file, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    /// The text.
    pub(crate) text: Box<str>,
    /// Its place.
    pub(crate) span: Option<Span>,
}

impl std::ops::Deref for Placed {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}
