//! What a plan is for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Aim {
    /// To bring what there is to what the root says.
    #[default]
    Change,
    /// To take away all that the stack has.
    Destroy,
}

impl Aim {
    /// The command that applies such plans.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Change => "csoc apply",
            Self::Destroy => "csoc destroy",
        }
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Change => "change",
            Self::Destroy => "destroy",
        })
    }
}
