//! What follows from a change across Terraform, Helm and Argo CD: the contract graph walked from what changes.

mod cluster;
mod cutover;
mod environment;
mod host;
mod service;

use std::collections::BTreeMap;

use super::change::{Action, Change};
use super::documents::{Documents, holdings};
use super::kind::ChangeKind;
use crate::contract::EnvironmentContract;
use crate::fleet::Fleet;
use crate::resolve::EnvironmentRef;
use cluster::{cluster, users_of};
use cutover::cutover;
use environment::{environment, lifecycle, renames};
use host::host;
use service::{secret, service};

/// One side, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) fleet: Option<&'a Fleet>,
    pub(super) documents: &'a BTreeMap<String, Documents>,
}

impl Known<'_> {
    fn contract(&self, object: &str) -> Option<&EnvironmentContract> {
        let rest = object.strip_prefix("commons.")?;
        let (commons, environment) = rest.split_once(".environments.")?;
        let at = EnvironmentRef {
            commons: commons.parse().ok()?,
            environment: environment.parse().ok()?,
        };
        self.fleet?.contracts().environments.get(&at)
    }

    /// The host name of an environment.
    fn host(&self, object: &str) -> Option<String> {
        let contract = self
            .contract(object)
            .map(|contract| contract.endpoint.hostname.to_string());
        contract.or_else(|| holdings(self.documents.get(object)?).host)
    }
}

/// Adds what follows to each change.
pub(super) fn follow(changes: &mut [Change], old: Known<'_>, new: Known<'_>) {
    renames(changes, old, new);
    for change in changes {
        let side = if change.action == Action::Added {
            new
        } else {
            old
        };
        match change.kind {
            ChangeKind::Environment => environment(change, side),
            ChangeKind::Cluster => cluster(change, side),
            ChangeKind::Lifecycle => lifecycle(change, old),
            ChangeKind::Cutover => cutover(change, old, new),
            ChangeKind::Host => host(change, old, new),
            ChangeKind::Secret => secret(change, old, new),
            ChangeKind::Service => service(change, old, new),
            ChangeKind::Database | ChangeKind::Search if change.object.starts_with("clusters.") => {
                users_of(change, old);
            }
            _ => {}
        }
    }
}
