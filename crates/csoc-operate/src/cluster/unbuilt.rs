//! Clusters where what asks them was left out: there are none, and whoever wants some is told so.

use std::collections::BTreeMap;
use std::path::Path;

use super::asking::{KubeconfigError, Reach};
use super::expected::{Expectation, ExpectedCluster};
use super::snapshot::Snapshot;
use super::unread::Unread;

/// The clusters that the contexts of a kubeconfig lead to: none, since nothing is there to ask them.
#[derive(Debug)]
pub enum Clusters {}

impl Clusters {
    /// Says that there are none.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn open(
        _path: Option<&Path>,
        _named: BTreeMap<String, String>,
        _reach: Reach,
    ) -> Result<Self, KubeconfigError> {
        Err(KubeconfigError::Unbuilt)
    }

    /// Asks a hub.
    ///
    /// # Errors
    ///
    /// Never: there are no clusters to call it on.
    pub const fn register(&mut self, _context: &str, _namespace: &str) -> Result<(), Unread> {
        match *self {}
    }

    /// Asks all.
    pub const fn look(
        &self,
        _expectation: &Expectation,
        _is_stopped: &dyn Fn() -> bool,
    ) -> Option<Snapshot> {
        match *self {}
    }

    /// Asks some.
    pub const fn ask(
        &self,
        _expectation: &Expectation,
        _clusters: &[&ExpectedCluster],
        _is_stopped: &dyn Fn() -> bool,
    ) -> Option<Snapshot> {
        match *self {}
    }
}
