//! Which cluster keeps what each environment says of itself, and who sends it there from elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::observability::{Keepers, hub_cluster, keepers, keeps, profile};
use crate::model::name::ObjectName;
use crate::model::observability::ObservabilityProfile;
use crate::resolve::{EnvironmentRef, ResolvedEnvironment, ResolvedFleet};

/// What the secret of what is sent between clusters is called, in names and in Kubernetes.
pub(crate) const TELEMETRY_SECRET: &str = "telemetry";
/// The key of a cluster's own password.
pub(crate) const TELEMETRY_PASSWORD: &str = "password";

/// Who keeps what of whom.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    keepers: Keepers,
    /// The keeper of each environment that is observed.
    environments: BTreeMap<EnvironmentRef, ObjectName>,
    /// The keepers that something in a cluster is sent to; a keeper is one of its own.
    senders: BTreeMap<ObjectName, BTreeSet<ObjectName>>,
    /// The other clusters that send something to a keeper.
    senders_to: BTreeMap<ObjectName, BTreeSet<ObjectName>>,
    /// The hub's cluster, where it keeps something.
    hub: Option<ObjectName>,
    /// Where a keeper is reached from other clusters, by its name.
    hosts: BTreeMap<ObjectName, String>,
}

impl Watch {
    /// What a fleet's profiles come to.
    pub(crate) fn of(fleet: &ResolvedFleet) -> Self {
        let keepers = keepers(fleet);
        let mut watch = Self {
            hub: hub_cluster(fleet)
                .filter(|hub| keepers.values().any(|keeper| keeper == *hub))
                .cloned(),
            ..Self::default()
        };
        for (at, environment) in &fleet.environments {
            let Some(keeper) = keeper(fleet, &keepers, environment) else {
                continue;
            };
            watch
                .senders
                .entry(environment.spec.cluster.clone())
                .or_default()
                .insert(keeper.clone());
            watch.environments.insert(at.clone(), keeper.clone());
        }
        for keeper in keepers.values() {
            let own = watch.senders.entry(keeper.clone()).or_default();
            own.insert(keeper.clone());
            if let Some(host) = host(fleet, keeper) {
                watch.hosts.insert(keeper.clone(), host);
            }
        }
        watch.keepers = keepers;
        for (cluster, keepers) in &watch.senders {
            for keeper in keepers.iter().filter(|keeper| *keeper != cluster) {
                let senders = watch.senders_to.entry(keeper.clone()).or_default();
                senders.insert(cluster.clone());
            }
        }
        watch
    }

    /// The clusters that keep something, by account and region.
    pub(crate) const fn keepers(&self) -> &Keepers {
        &self.keepers
    }

    /// Whether a cluster keeps something.
    pub(crate) fn is_keeper(&self, cluster: &ObjectName) -> bool {
        self.keepers.values().any(|keeper| keeper == cluster)
    }

    /// Who keeps what an environment says.
    pub(crate) fn keeper(&self, at: &EnvironmentRef) -> Option<&ObjectName> {
        self.environments.get(at)
    }

    /// The environments that a keeper keeps something of.
    pub(crate) fn kept<'a>(
        &'a self,
        keeper: &'a ObjectName,
    ) -> impl Iterator<Item = &'a EnvironmentRef> {
        let all = self.environments.iter();
        all.filter(move |(_, other)| *other == keeper)
            .map(|(at, _)| at)
    }

    /// The keepers that a cluster sends something to; none where nobody observes it.
    pub(crate) fn destinations(&self, cluster: &ObjectName) -> impl Iterator<Item = &ObjectName> {
        self.senders.get(cluster).into_iter().flatten()
    }

    /// The clusters that something is kept of.
    pub(crate) fn watched(&self) -> impl Iterator<Item = &ObjectName> {
        self.senders.keys()
    }

    /// The keeper of what a cluster says of itself: the hub, where it is one of those that it sends to.
    pub(crate) fn of_cluster(&self, cluster: &ObjectName) -> Option<&ObjectName> {
        let mut all = self.destinations(cluster);
        let hub = self.hub.as_ref();
        let first = self.senders.get(cluster)?.first()?;
        all.find(|keeper| hub == Some(*keeper)).or(Some(first))
    }

    /// The other clusters that send something to a keeper.
    pub(crate) fn senders_to(&self, keeper: &ObjectName) -> impl Iterator<Item = &ObjectName> {
        self.senders_to.get(keeper).into_iter().flatten()
    }

    /// Whether a cluster sends to another, or takes from another, and so needs a credential.
    pub(crate) fn is_relayed(&self, cluster: &ObjectName) -> bool {
        let elsewhere = self.destinations(cluster).any(|keeper| keeper != cluster);
        elsewhere || self.senders_to(cluster).next().is_some()
    }

    /// The keys of the secret that a cluster shows, or asks for: its own password, and one for each that sends to it.
    pub(crate) fn telemetry_keys(&self, cluster: &ObjectName) -> Vec<String> {
        let sends = self.destinations(cluster).any(|keeper| keeper != cluster);
        let own = sends.then(|| TELEMETRY_PASSWORD.to_owned());
        let others = self.senders_to(cluster).map(ToString::to_string);
        own.into_iter().chain(others).collect()
    }

    /// Where a keeper is reached from other clusters; none without a domain.
    pub(crate) fn host(&self, keeper: &ObjectName) -> Option<&str> {
        self.hosts.get(keeper).map(String::as_str)
    }
}

/// Who keeps what an environment says.
fn keeper<'a>(
    fleet: &'a ResolvedFleet,
    keepers: &'a Keepers,
    environment: &ResolvedEnvironment,
) -> Option<&'a ObjectName> {
    let cluster = fleet.clusters.get(&environment.spec.cluster)?;
    if !keeps(fleet, cluster) {
        return None;
    }
    match profile(fleet, environment) {
        ObservabilityProfile::Hub => hub_cluster(fleet),
        ObservabilityProfile::PerAccount => {
            keepers.get(&(cluster.spec.account.clone(), cluster.region.clone()?))
        }
        ObservabilityProfile::None => None,
    }
}

/// The host of a keeper: below its account's domain, whose zone proves it.
fn host(fleet: &ResolvedFleet, keeper: &ObjectName) -> Option<String> {
    let cluster = fleet.clusters.get(keeper)?;
    let account = fleet.account(cluster.spec.account.as_str())?;
    let domain = account.domain.as_ref()?;
    Some(format!("telemetry-{keeper}.{domain}"))
}
