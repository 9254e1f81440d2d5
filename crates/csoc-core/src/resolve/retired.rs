//! What left the fleet: objects that are written down still, and of which nothing is left.

use std::collections::BTreeMap;

use super::fleet::{EnvironmentRef, ResolvedCluster, ResolvedEnvironment, ResolvedFleet};
use crate::model::name::ObjectName;
use crate::model::{Account, Lifecycle};

/// The objects that are retired.
///
/// They are set aside before anything looks at the fleet: no rule, contract or backend meets them, so that none has to ask
/// whether an object still occupies its name, its host or its network. Only what tells of the fleet itself looks here.
#[derive(Debug, Default)]
pub(crate) struct Retired {
    /// Accounts by name.
    pub(crate) accounts: BTreeMap<ObjectName, Account>,
    /// Clusters by name.
    pub(crate) clusters: BTreeMap<ObjectName, ResolvedCluster>,
    /// Environments by commons and name.
    pub(crate) environments: BTreeMap<EnvironmentRef, ResolvedEnvironment>,
}

impl Retired {
    /// Sets aside what is retired of those objects.
    pub(super) fn of(
        accounts: &mut BTreeMap<ObjectName, Account>,
        clusters: &mut BTreeMap<ObjectName, ResolvedCluster>,
        environments: &mut BTreeMap<EnvironmentRef, ResolvedEnvironment>,
    ) -> Self {
        let is_gone = |lifecycle| lifecycle == Lifecycle::Retired;
        Self {
            accounts: accounts
                .extract_if(.., |_, account| is_gone(account.lifecycle))
                .collect(),
            clusters: clusters
                .extract_if(.., |_, cluster| is_gone(cluster.spec.lifecycle))
                .collect(),
            environments: environments
                .extract_if(.., |_, environment| is_gone(environment.spec.lifecycle))
                .collect(),
        }
    }

    /// Their model paths.
    pub(crate) fn paths(&self) -> impl Iterator<Item = String> {
        let accounts = self.accounts.keys().map(|name| format!("accounts.{name}"));
        let clusters = self.clusters.keys().map(|name| format!("clusters.{name}"));
        let environments = self.environments.keys().map(ToString::to_string);
        accounts.chain(clusters).chain(environments)
    }
}

impl ResolvedFleet {
    /// An environment, also one that is retired.
    pub(crate) fn written_environment(&self, at: &EnvironmentRef) -> Option<&ResolvedEnvironment> {
        let living = self.environments.get(at);
        living.or_else(|| self.retired.environments.get(at))
    }

    /// All environments in order, also those that are retired.
    pub(crate) fn written_environments(
        &self,
    ) -> impl Iterator<Item = (&EnvironmentRef, &ResolvedEnvironment)> {
        let living = self.environments.iter();
        let all: BTreeMap<_, _> = living.chain(&self.retired.environments).collect();
        all.into_iter()
    }

    /// All clusters in order, also those that are retired.
    pub(crate) fn written_clusters(&self) -> impl Iterator<Item = (&ObjectName, &ResolvedCluster)> {
        let all: BTreeMap<_, _> = self.clusters.iter().chain(&self.retired.clusters).collect();
        all.into_iter()
    }

    /// All accounts in order, also those that are retired.
    pub(crate) fn written_accounts(&self) -> impl Iterator<Item = (&ObjectName, &Account)> {
        let all: BTreeMap<_, _> = self.accounts.iter().chain(&self.retired.accounts).collect();
        all.into_iter()
    }
}
