//! The parsers of newtypes, given to the walker by name so that `value` knows no model.

use std::collections::HashMap;

use crate::diagnostic::Code;

/// A string that its type's parser does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The code, where the defect has one of its own.
    pub(crate) code: Option<Code>,
    /// What the text is and what it must be.
    pub(crate) message: String,
    /// How to mend it.
    pub(crate) help: Option<String>,
}

impl From<String> for Refusal {
    fn from(message: String) -> Self {
        Self {
            code: None,
            message,
            help: None,
        }
    }
}

/// Whether a string is one of a type.
pub(crate) type Parse = fn(&str) -> Result<(), Refusal>;

/// Parsers by the name that `x-parser` gives, and how patterns are matched.
#[derive(Debug, Default)]
pub(crate) struct Parsers {
    named: HashMap<&'static str, Parse>,
    matches: Option<fn(pattern: &str, text: &str) -> bool>,
}

impl Parsers {
    /// No parsers. Patterns and names without a parser accept everything.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// With a parser of that name.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, parse: Parse) -> Self {
        self.named.insert(name, parse);
        self
    }

    /// With a way to match the `pattern` of a schema.
    #[must_use]
    #[expect(dead_code, reason = "schemas of custom resources have patterns")]
    pub(crate) fn with_patterns(mut self, matches: fn(pattern: &str, text: &str) -> bool) -> Self {
        self.matches = Some(matches);
        self
    }

    /// The parser of that name.
    pub(crate) fn get(&self, name: &str) -> Option<Parse> {
        self.named.get(name).copied()
    }

    /// Whether a text matches a pattern, as far as that can be told.
    pub(crate) fn matches(&self, pattern: &str, text: &str) -> bool {
        self.matches.is_none_or(|matches| matches(pattern, text))
    }
}
