//! How dangerous a change is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a change may cost, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Danger {
    /// Nothing: pods restart one by one, at the most.
    Harmless,
    /// Money.
    Cost,
    /// Who runs as what, who vouches for users, what identifiers say: what others rely on.
    Identity,
    /// More people or programs reach something.
    Exposure,
    /// Users wait, or are sent away.
    Outage,
    /// Something that holds data goes, or a new and empty one takes its place.
    DataLoss,
}

impl Danger {
    /// All of them, the worst first: the order of reports.
    pub const ALL: [Self; 6] = [
        Self::DataLoss,
        Self::Outage,
        Self::Exposure,
        Self::Identity,
        Self::Cost,
        Self::Harmless,
    ];

    /// Its name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Harmless => "harmless",
            Self::Cost => "cost",
            Self::Identity => "identity",
            Self::Exposure => "exposure",
            Self::Outage => "outage",
            Self::DataLoss => "data-loss",
        }
    }

    /// Its name where people read it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::DataLoss => "data loss",
            other => other.as_str(),
        }
    }
}

impl fmt::Display for Danger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}
