//! How an Application is, in Argo CD's own words.

use std::fmt;

use serde::Serialize;

/// Whether what runs is what the Application says; later ones are worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub enum Sync {
    /// It is.
    Synced,
    /// Argo CD cannot tell.
    Unknown,
    /// It is not.
    OutOfSync,
}

/// Whether what runs is well; later ones are worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub enum Health {
    /// It is.
    Healthy,
    /// Somebody suspended it.
    Suspended,
    /// It is on its way.
    Progressing,
    /// Argo CD cannot tell.
    Unknown,
    /// It is not there.
    Missing,
    /// It is not.
    Degraded,
}

impl Sync {
    /// What Argo CD writes; a word that it does not have is one that cannot be told.
    pub(super) fn of(word: &str) -> Self {
        match word {
            "Synced" => Self::Synced,
            "OutOfSync" => Self::OutOfSync,
            _ => Self::Unknown,
        }
    }

    /// Argo CD's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Synced => "Synced",
            Self::Unknown => "Unknown",
            Self::OutOfSync => "OutOfSync",
        }
    }
}

impl Health {
    /// What Argo CD writes; a word that it does not have is one that cannot be told.
    pub(super) fn of(word: &str) -> Self {
        match word {
            "Healthy" => Self::Healthy,
            "Suspended" => Self::Suspended,
            "Progressing" => Self::Progressing,
            "Missing" => Self::Missing,
            "Degraded" => Self::Degraded,
            _ => Self::Unknown,
        }
    }

    /// Argo CD's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "Healthy",
            Self::Suspended => "Suspended",
            Self::Progressing => "Progressing",
            Self::Unknown => "Unknown",
            Self::Missing => "Missing",
            Self::Degraded => "Degraded",
        }
    }
}

impl fmt::Display for Sync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
