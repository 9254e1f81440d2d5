//! What all clusters said, at one time.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::application::{Application, Malformed};
use super::unread::Unread;

/// What all clusters said, at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// When.
    pub at: Timestamp,
    /// What each said, by its name, or why nothing is known of it.
    pub clusters: BTreeMap<String, Result<Seen, Unread>>,
}

/// What a cluster said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// Its Applications, and what is none although it should be.
    pub applications: Vec<Result<Application, Malformed>>,
    /// How much of it was seen.
    pub scope: Scope,
}

/// How much of a cluster was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// All namespaces.
    Everywhere,
    /// Only the namespaces that something is expected in: others we may not look into.
    Expected,
}

impl Snapshot {
    /// What some clusters said.
    pub fn new(
        at: Timestamp,
        clusters: impl IntoIterator<Item = (String, Result<Seen, Unread>)>,
    ) -> Self {
        Self {
            at,
            clusters: clusters.into_iter().collect(),
        }
    }
}

impl Seen {
    /// These objects of an API.
    pub fn new(objects: &[serde_json::Value], scope: Scope) -> Self {
        Self {
            applications: objects.iter().map(Application::read).collect(),
            scope,
        }
    }
}
