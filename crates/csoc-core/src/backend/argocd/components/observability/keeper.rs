//! A cluster that keeps metrics, logs and traces.

use std::collections::BTreeMap;

use crate::backend::FleetView;
use crate::catalog::{Regions, StackSize};
use crate::contract::{
    ClusterContract, EnvironmentContract, ObservabilityContract, Store, StoreKind, matters,
};
use crate::model::deferred::Deferred;
use crate::model::name::ObjectName;
use crate::model::stack::{OutputKind, StackKind};
use crate::resolve::ResolvedFleet;

/// What a keeper keeps, of whom.
pub(super) struct Keeper<'a> {
    pub(super) cluster: &'a ClusterContract,
    pub(super) contract: &'a ObservabilityContract,
    stores: &'a [Store],
    /// The environments that it keeps something of, by commons.
    pub(super) tenants: BTreeMap<&'a str, Vec<&'a EnvironmentContract>>,
    /// The clusters that it keeps something of, with the account of each.
    pub(super) clusters: Vec<&'a ClusterContract>,
    /// The other clusters that send to it, and whose what each sends is.
    pub(super) senders: Vec<Sender<'a>>,
    /// Where they send to.
    pub(super) host: Option<&'a str>,
}

/// Another cluster that sends to a keeper.
pub(super) struct Sender<'a> {
    pub(super) cluster: &'a ObjectName,
    /// The commons that have environments there.
    pub(super) tenants: Vec<&'a str>,
    /// The addresses that it comes from, as `/32`; known once its network is.
    pub(super) addresses: Deferred<Vec<String>>,
}

impl<'a> Keeper<'a> {
    /// A keeper, where a cluster is one and has what it keeps with.
    pub(super) fn of(view: &FleetView<'a>, cluster: &'a ClusterContract) -> Option<Self> {
        let watch = &view.contracts.watch;
        let contract = view.contracts.observability.iter().find(|it| {
            let keeper = it.stores.as_ref().map(|(keeper, _)| keeper);
            keeper == Some(&cluster.name)
        })?;
        let (_, stores) = contract.stores.as_ref()?;
        let mut tenants: BTreeMap<&str, Vec<&EnvironmentContract>> = BTreeMap::new();
        for at in watch.kept(&cluster.name) {
            if let Some(environment) = view.contracts.environments.get(at) {
                tenants
                    .entry(environment.at.commons.as_str())
                    .or_default()
                    .push(environment);
            }
        }
        let of = |sender: &ObjectName| {
            let mut here: Vec<&str> = view
                .contracts
                .environments_on(sender.as_str())
                .filter(|environment| watch.keeper(&environment.at) == Some(&cluster.name))
                .map(|environment| environment.at.commons.as_str())
                .collect();
            here.dedup();
            here
        };
        let senders = watch
            .senders_to(&cluster.name)
            .map(|sender| Sender {
                cluster: sender,
                tenants: of(sender),
                addresses: addresses(view, sender),
            })
            .collect();
        let clusters = view.contracts.clusters.values();
        Some(Self {
            cluster,
            contract,
            stores,
            senders,
            clusters: clusters
                .filter(|it| watch.of_cluster(&it.name) == Some(&cluster.name))
                .collect(),
            host: watch.host(&cluster.name),
            tenants,
        })
    }

    /// What keeps logs, metrics or traces.
    pub(super) fn store(&self, kind: StoreKind) -> Option<&Store> {
        self.stores.iter().find(|store| store.kind == kind)
    }

    /// How much it keeps.
    pub(super) fn size(&self) -> StackSize {
        let mut all = self.tenants.values().flatten();
        if all.any(|environment| matters(Some(environment.spec.tier))) {
            StackSize::Large
        } else {
            StackSize::Small
        }
    }

    /// The host of the store of objects in its region.
    pub(super) fn s3(&self) -> String {
        let suffix = Regions::suffix(self.cluster.partition);
        format!("s3.{}.{suffix}", self.cluster.region)
    }
}

/// The addresses that a cluster's pods come from.
fn addresses(view: &FleetView<'_>, cluster: &ObjectName) -> Deferred<Vec<String>> {
    let fleet = view.fleet;
    let Some(stack) = fleet.cluster_stack(cluster, StackKind::Network) else {
        return Deferred::known(Vec::new());
    };
    fleet
        .outputs
        .texts(&ResolvedFleet::output(
            stack,
            OutputKind::NatAddresses,
            None,
        ))
        .map(|addresses| {
            let all = addresses.into_iter();
            all.map(|address| format!("{address}/32")).collect()
        })
}
