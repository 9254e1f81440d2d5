//! Linking: every environment's contract, and what clusters and accounts share.

mod account;
mod cluster;
mod eks;
mod environment;
mod hub;

pub(crate) use environment::choose;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::contract::account::AccountContract;
use crate::contract::cluster::ClusterContract;
use crate::contract::environment::EnvironmentContract;
use crate::contract::hub::{BootstrapContract, GuardrailContract, HubContract};
use crate::contract::{ObservabilityContract, Watch, observability};
use crate::diagnostic::Diagnostics;
use crate::model::name::ObjectName;
use crate::resolve::{EnvironmentRef, OnClusters, ResolvedFleet};
use account::link_account;
use cluster::link_cluster;
use environment::{children, cookie_domain, link_environment};

/// The contracts of a whole fleet.
#[derive(Debug, Default)]
pub(crate) struct Contracts {
    /// State, and the role that runs Terraform.
    pub(crate) bootstrap: Option<BootstrapContract>,
    /// Where the fleet is run from.
    pub(crate) hub: Option<HubContract>,
    /// What the organization forbids.
    pub(crate) guardrails: Option<GuardrailContract>,
    pub(crate) accounts: BTreeMap<ObjectName, AccountContract>,
    pub(crate) clusters: BTreeMap<ObjectName, ClusterContract>,
    /// What regions of accounts have to be observed.
    pub(crate) observability: Vec<ObservabilityContract>,
    /// Who keeps what each environment says of itself.
    pub(crate) watch: Watch,
    pub(crate) environments: BTreeMap<EnvironmentRef, EnvironmentContract>,
    /// The environments of each cluster.
    on_clusters: OnClusters,
}

impl Contracts {
    /// The environments of a cluster, in order.
    pub(crate) fn environments_on<'a>(
        &'a self,
        cluster: &str,
    ) -> impl Iterator<Item = &'a EnvironmentContract> + use<'a> {
        let all = self.on_clusters.of(cluster).iter();
        all.filter_map(|at| self.environments.get(at))
    }
}

/// Links a fleet. Objects whose references lead nowhere are left out; a rule says so of each.
pub(crate) fn link(fleet: &ResolvedFleet, sink: &mut Diagnostics) -> Contracts {
    let mut contracts = Contracts::default();
    for (name, account) in &fleet.accounts {
        if ResolvedFleet::is_aws(account) {
            contracts
                .accounts
                .insert(name.clone(), link_account(fleet, name));
        }
    }
    contracts.bootstrap = hub::link_bootstrap(fleet, &contracts.accounts);
    contracts.hub = hub::link_hub(fleet, &contracts.accounts);
    contracts.guardrails = hub::link_guardrails(fleet, &contracts.accounts);
    let watch = Watch::of(fleet);
    for (name, cluster) in &fleet.clusters {
        let on: Vec<_> = fleet.environments_on(name.as_str()).collect();
        if let Some(cluster) = link_cluster(fleet, name, cluster, &on, &watch, sink) {
            contracts.clusters.insert(name.clone(), cluster);
        }
    }
    if let Some(hub) = &mut contracts.hub {
        let tokens = hub::tokens(fleet, hub, &contracts.clusters);
        hub.tokens = tokens;
    }
    let bootstrap = contracts.bootstrap.as_ref();
    let observed = contracts
        .accounts
        .values()
        .flat_map(|account| observability(fleet, &watch, account, &contracts.clusters, bootstrap));
    contracts.observability = observed.collect();
    contracts.watch = watch;
    let children = children(fleet);
    let linked: Vec<_> = fleet
        .environments
        .par_iter()
        .map(|(at, environment)| {
            let mut found = Diagnostics::default();
            let linked = contracts
                .clusters
                .get(&environment.spec.cluster)
                .and_then(|cluster| link_environment(fleet, at, environment, cluster, &mut found))
                .map(|mut linked| {
                    linked.children = children.get(at).cloned().unwrap_or_default();
                    if let Some(parent) = &mut linked.parent {
                        let hosts = children.get(&parent.at).map_or(&[][..], Vec::as_slice);
                        parent.cookie_domain = cookie_domain(parent, hosts);
                    }
                    linked
                });
            (at, linked, found)
        })
        .collect();
    for (at, linked, found) in linked {
        sink.append(found);
        if let Some(environment) = linked {
            contracts.environments.insert(at.clone(), environment);
        }
    }
    let environments = contracts.environments.iter();
    contracts.on_clusters = OnClusters::new(environments.map(|(at, it)| (at, &it.cluster)));
    contracts
}
