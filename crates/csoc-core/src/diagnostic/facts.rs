//! What is to be known of a code apart from any finding of it.

use super::{Code, Control, Severity};

/// A code with since when there is such a finding, how much it matters and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeFacts {
    /// The code.
    pub code: Code,
    /// The version of the product that has it first.
    pub since: &'static str,
    /// How much it matters in production, unless the fleet's policy says otherwise.
    pub severity: Severity,
    /// Controls of outside catalogs that it evidences.
    pub controls: &'static [Control],
    /// What it says, in one sentence.
    pub summary: &'static str,
}

impl CodeFacts {
    /// Where to read more about it.
    pub fn docs(&self) -> String {
        self.code.docs()
    }
}
