//! A cluster that something is kept of, and where that goes.

use std::collections::BTreeMap;

use super::gateway;
use super::keeper::Keeper;
use super::{MONITORING, PLATFORM, Part};
use crate::backend::FleetView;
use crate::catalog::StackSize;
use crate::contract::{ClusterContract, EnvironmentContract};

/// What is collected in a cluster.
pub(super) struct Watched<'a> {
    pub(super) cluster: &'a ClusterContract,
    /// Whether what keeps something there has the store of its secret beside it.
    pub(super) has_store: bool,
    /// The secret with that password.
    pub(super) secret: Option<&'a str>,
    /// Where what is collected goes: one, or the hub and the account.
    pub(super) sinks: Vec<Sink<'a>>,
    /// Whether something else runs kube-state-metrics there.
    has_state_metrics: bool,
}

/// A keeper, and what of a cluster goes there.
pub(super) struct Sink<'a> {
    /// The keeper's cluster.
    pub(super) keeper: &'a str,
    /// Whether it is another cluster.
    pub(super) is_elsewhere: bool,
    /// Where metrics, logs and traces go.
    pub(super) metrics: String,
    pub(super) logs: String,
    pub(super) traces: String,
    /// The environments, by commons.
    pub(super) tenants: BTreeMap<&'a str, Vec<&'a EnvironmentContract>>,
    /// Whether it keeps what no commons' is, too.
    pub(super) has_platform: bool,
}

impl<'a> Watched<'a> {
    /// A cluster that something is kept of; none where nothing of it is, or its keeper cannot be reached.
    pub(super) fn of(view: &FleetView<'a>, cluster: &'a ClusterContract) -> Option<Self> {
        let watch = &view.contracts.watch;
        let name = &cluster.name;
        let platform = watch.of_cluster(name);
        let sinks: Vec<Sink<'a>> = watch
            .destinations(name)
            .filter_map(|keeper| {
                let kept = view.contracts.observability.iter();
                let is_there = kept
                    .filter_map(|it| it.stores.as_ref())
                    .any(|(other, _)| other == keeper);
                let is_elsewhere = keeper != name;
                let at = if is_elsewhere {
                    Some(Addresses::of_host(watch.host(keeper)?))
                } else {
                    Some(Addresses::of_services())
                };
                let Addresses {
                    metrics,
                    logs,
                    traces,
                } = at.filter(|_| is_there)?;
                let mut tenants: BTreeMap<&str, Vec<&EnvironmentContract>> = BTreeMap::new();
                let here = view.contracts.environments_on(name.as_str());
                for environment in here.filter(|it| watch.keeper(&it.at) == Some(keeper)) {
                    tenants
                        .entry(environment.at.commons.as_str())
                        .or_default()
                        .push(environment);
                }
                Some(Sink {
                    keeper: keeper.as_str(),
                    is_elsewhere,
                    metrics,
                    logs,
                    traces,
                    tenants,
                    has_platform: platform == Some(keeper),
                })
            })
            .collect();
        if sinks.is_empty() {
            return None;
        }
        let addon = view.fleet.addon(name.as_str(), "kube-state-metrics");
        Some(Self {
            cluster,
            has_store: Keeper::of(view, cluster)
                .as_ref()
                .is_some_and(gateway::is_open),
            secret: gateway::secret(cluster),
            sinks,
            // Where it is named among the cluster's add-ons, it comes as one.
            has_state_metrics: addon == Some(true),
        })
    }

    /// What tells of the objects in the cluster.
    pub(super) fn kube_state_metrics(&self) -> Option<Part> {
        (!self.has_state_metrics).then(|| Part::new("kube-state-metrics", StackSize::Small))
    }

    /// The hosts that are asked whether they answer: each environment that something is kept of.
    pub(super) fn environments(&self) -> impl Iterator<Item = &'a EnvironmentContract> {
        self.sinks
            .iter()
            .flat_map(|sink| sink.tenants.values().flatten().copied())
    }
}

impl Sink<'_> {
    /// What of the cluster is whose: the tenant, and its namespaces as a regular expression; what is nobody's has none.
    pub(super) fn tenants(&self) -> impl Iterator<Item = (&str, Option<String>)> {
        let commons = self
            .tenants
            .iter()
            .map(|(commons, environments)| (*commons, Some(namespaces(environments))));
        let platform = self.has_platform.then_some((PLATFORM, None));
        commons.chain(platform)
    }
}

/// The namespaces of environments as a regular expression: names of Kubernetes hold nothing that means something there.
fn namespaces(environments: &[&EnvironmentContract]) -> String {
    let mut all: Vec<&str> = environments
        .iter()
        .flat_map(|environment| {
            let jupyter = environment.runs("hatchery");
            [
                Some(environment.namespace.as_str()),
                jupyter.then_some(environment.jupyter_namespace.as_str()),
            ]
        })
        .flatten()
        .collect();
    all.sort_unstable();
    all.dedup();
    all.join("|")
}

/// The namespaces of all commons of a cluster.
pub(super) fn all_namespaces(watched: &Watched<'_>) -> String {
    let environments: Vec<&EnvironmentContract> = watched.environments().collect();
    namespaces(&environments)
}

struct Addresses {
    metrics: String,
    logs: String,
    traces: String,
}

impl Addresses {
    /// Of a keeper in the same cluster.
    fn of_services() -> Self {
        let at = |service: &str, port: u16, path: &str| {
            format!("http://{service}.{MONITORING}.svc.cluster.local:{port}{path}")
        };
        Self {
            metrics: at("mimir-distributor", 8080, "/api/v1/push"),
            logs: at("loki", 3100, "/loki/api/v1/push"),
            traces: at("tempo", 4318, "/v1/traces"),
        }
    }

    /// Of a keeper elsewhere.
    fn of_host(host: &str) -> Self {
        let at = |path: &str| format!("https://{host}{path}");
        Self {
            metrics: at(gateway::METRICS),
            logs: at(gateway::LOGS),
            traces: at(gateway::TRACES),
        }
    }
}
