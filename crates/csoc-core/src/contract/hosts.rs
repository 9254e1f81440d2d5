//! Every host that a fleet answers at: what it is of, where it leads, and who keeps its record.

use super::delivery::ARGO_CD;
use super::environment::{EnvironmentContract, Ingress};
use super::hub_services::HubServiceKind;
use super::linker::Contracts;
use super::observability::MONITORING;
use crate::catalog::ComponentCatalog;
use crate::model::environment::Records;
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::resolve::ResolvedFleet;

/// A host that somebody or something reaches from outside of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FleetHost {
    pub(crate) host: String,
    /// The object that has it: an environment, a cluster, or `hub`.
    pub(crate) object: String,
    /// The cluster that answers there.
    pub(crate) cluster: ObjectName,
    /// The namespace of the ingress that claims it.
    pub(crate) namespace: String,
    pub(crate) leads: Leads,
    /// Who keeps its record.
    pub(crate) records: Records,
}

/// What a record of a host leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Leads {
    /// A load balancer of AWS, by the group of ingresses that it is made for.
    Balancer(String),
    /// Whatever leads requests to a controller in the cluster: the ingress shows its address.
    Controller,
}

/// The hosts of the hub's services, of clusters and of environments that stay, in this order.
pub(crate) fn hosts(fleet: &ResolvedFleet, contracts: &Contracts) -> Vec<FleetHost> {
    let mut hosts = of_hub(fleet, contracts);
    for name in contracts.clusters.keys() {
        hosts.extend(of_argo_cd(fleet, contracts, name));
        hosts.extend(of_telemetry(fleet, contracts, name));
    }
    for environment in contracts.environments.values() {
        hosts.extend(of_environment(environment));
    }
    hosts
}

fn of_hub(fleet: &ResolvedFleet, contracts: &Contracts) -> Vec<FleetHost> {
    let services = contracts.hub.as_ref().and_then(|hub| hub.services.as_ref());
    let all = services
        .into_iter()
        .flat_map(|services| services.services.iter().map(move |it| (services, it)));
    let host = all.filter_map(|(services, service)| {
        let namespace = match service.kind {
            HubServiceKind::ArgoCd => ARGO_CD,
            other => &ComponentCatalog::embedded().get(other.as_str())?.namespace,
        };
        behind(fleet, contracts, &services.cluster, &service.host).map(|host| FleetHost {
            object: "hub".to_owned(),
            namespace: namespace.to_owned(),
            ..host
        })
    });
    host.collect()
}

fn of_argo_cd(
    fleet: &ResolvedFleet,
    contracts: &Contracts,
    name: &ObjectName,
) -> Option<FleetHost> {
    let eks = contracts.clusters.get(name)?.eks.as_ref()?;
    let host = eks.delivery.as_ref()?.host.as_ref()?;
    behind(fleet, contracts, name, host)
}

/// A host behind one of a cluster's shared load balancers; none where none is before it.
fn behind(
    fleet: &ResolvedFleet,
    contracts: &Contracts,
    cluster: &ObjectName,
    host: &Hostname,
) -> Option<FleetHost> {
    let mut balancers = contracts.clusters.get(cluster)?.load_balancers.iter();
    let balancer = balancers.find(|it| it.hub_hosts.contains(host))?;
    Some(FleetHost {
        host: host.to_string(),
        object: format!("clusters.{cluster}"),
        cluster: cluster.clone(),
        namespace: ARGO_CD.to_owned(),
        leads: Leads::Balancer(balancer.group.clone()),
        records: records(fleet, cluster, host),
    })
}

/// Where other clusters send what they say of themselves, if any does.
fn of_telemetry(
    fleet: &ResolvedFleet,
    contracts: &Contracts,
    name: &ObjectName,
) -> Option<FleetHost> {
    let watch = &contracts.watch;
    watch.senders_to(name).next()?;
    let host: Hostname = watch.host(name)?.parse().ok()?;
    Some(FleetHost {
        host: host.to_string(),
        object: format!("clusters.{name}"),
        cluster: name.clone(),
        namespace: MONITORING.to_owned(),
        leads: Leads::Balancer(telemetry_group(name)),
        records: records(fleet, name, &host),
    })
}

/// The group of the ingress that other clusters send to: a load balancer of its own.
pub(crate) fn telemetry_group(keeper: &ObjectName) -> String {
    format!("{keeper}-telemetry")
}

/// Who keeps the record of a host that is no environment's: the cluster's external-dns looks after the account's zone alone.
fn records(fleet: &ResolvedFleet, cluster: &ObjectName, host: &Hostname) -> Records {
    let cluster = fleet.cluster(cluster.as_str());
    let runs = cluster.is_some_and(|cluster| cluster.spec.keeps_records());
    let account = cluster.and_then(|cluster| fleet.account(cluster.spec.account.as_str()));
    let domain = account.and_then(|account| account.domain.as_ref());
    if runs && domain.is_some_and(|domain| host.is_within(domain)) {
        Records::ExternalDns
    } else {
        Records::Manual
    }
}

fn of_environment(environment: &EnvironmentContract) -> Vec<FleetHost> {
    if !environment.runs("revproxy") {
        return Vec::new();
    }
    let endpoint = &environment.endpoint;
    let hosts = [Some(&endpoint.claimed), endpoint.also.as_ref()];
    let hosts = hosts.into_iter().flatten();
    hosts
        .map(|host| FleetHost {
            host: host.to_string(),
            object: environment.at.to_string(),
            cluster: environment.cluster.clone(),
            namespace: environment.namespace.clone(),
            leads: match endpoint.ingress {
                Ingress::Balancer => Leads::Balancer(endpoint.group.clone()),
                Ingress::Class(_) => Leads::Controller,
            },
            records: endpoint.records,
        })
        .collect()
}
