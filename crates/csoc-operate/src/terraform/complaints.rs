//! What a program complained of.

use std::fmt;

/// The last lines that a program wrote where errors go.
///
/// They may be anything, a value of the root among it: whoever prints it prints how many there are.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Complaints(Vec<Box<str>>);

impl Complaints {
    /// The lines, for whoever knows what to show of them.
    pub fn lines(&self) -> &[Box<str>] {
        &self.0
    }
}

impl From<Vec<Box<str>>> for Complaints {
    fn from(lines: Vec<Box<str>>) -> Self {
        Self(lines)
    }
}

impl fmt::Debug for Complaints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Complaints({} lines)", self.0.len())
    }
}
