//! Controls of outside catalogs that a finding evidences.

use std::fmt;

use serde::{Serialize, Serializer};

/// A control of NIST SP 800-53, revision 5, by its number: `CM-2`.
///
/// A rule names the controls that a deployment without its findings is evidence
/// for: not that they are fulfilled, only that this is not what breaks them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Control(&'static str);

impl Control {
    /// The catalog that all controls are of, as texts name it.
    pub const CATALOG: &'static str = "NIST 800-53";

    /// The control of that number.
    pub const fn nist(number: &'static str) -> Self {
        Self(number)
    }

    /// Its number in the catalog.
    pub const fn number(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Self::CATALOG, self.0)
    }
}

impl Serialize for Control {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
