//! The plan of one cluster's network: what it says, with what follows from it.

use ipnet::{IpNet, Ipv4Net};

use super::capacity::Fit;
use super::layout::{Subnet, SubnetRole, layout};
use super::makes_network;
use crate::catalog::Regions;
use crate::model::cloud::Zone;
use crate::model::cluster::{Egress, InterfaceEndpoint, Nat};
use crate::model::name::ObjectName;
use crate::model::network::Cidr;
use crate::model::{Provider, Tier};
use crate::resolve::{ResolvedCluster, ResolvedFleet};

/// Zones of a network that names none.
const ZONES: usize = 3;
/// What every node of a cluster calls, so that it is worth an endpoint each in production.
const PRODUCTION_ENDPOINTS: [InterfaceEndpoint; 5] = [
    InterfaceEndpoint::EcrApi,
    InterfaceEndpoint::EcrDkr,
    InterfaceEndpoint::Logs,
    InterfaceEndpoint::SecretsManager,
    InterfaceEndpoint::Sts,
];

/// A network that we make.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct NetworkPlan {
    pub(crate) cidr: Ipv4Net,
    /// The tier of the environments in it that matter most.
    pub(crate) tier: Option<Tier>,
    pub(crate) zones: Vec<Zone>,
    pub(crate) nat: Nat,
    pub(crate) endpoints: Vec<InterfaceEndpoint>,
    pub(crate) subnets: Vec<Subnet>,
    pub(crate) fit: Fit,
}

/// The plan of a cluster's network; none where we make none, where gen3-terraform cuts it, or where it has no addresses
/// or no room for its zones.
pub(crate) fn plan(fleet: &ResolvedFleet, name: &ObjectName) -> Option<NetworkPlan> {
    let cluster = fleet.clusters.get(name)?;
    if !makes_network(fleet, cluster) || cluster.spec.terraform.is_one_root() {
        return None;
    }
    let network = &cluster.spec.network;
    let cidr = ipv4(network.cidr.as_ref()?)?;
    let zones = Some(zones(fleet, cluster)).filter(|zones| !zones.is_empty())?;
    let mut subnets = layout(cidr, zones.len())?;
    place_databases(&mut subnets, &network.database_subnets);
    let tier = fleet.cluster_tier(name);
    Some(NetworkPlan {
        fit: Fit::of(fleet, name, &subnets),
        cidr,
        nat: nat(cluster, tier),
        endpoints: endpoints(cluster, tier),
        tier,
        zones,
        subnets,
    })
}

impl NetworkPlan {
    /// The subnets of a role.
    pub(crate) fn of(&self, role: SubnetRole) -> impl Iterator<Item = &Subnet> {
        self.subnets
            .iter()
            .filter(move |subnet| subnet.role == role)
    }
}

/// The zones of a network: those it names, or the first of its region.
pub(crate) fn zones(fleet: &ResolvedFleet, cluster: &ResolvedCluster) -> Vec<Zone> {
    let network = &cluster.spec.network;
    if !network.zones.is_empty() {
        return network.zones.clone();
    }
    let Some(region) = &cluster.region else {
        return Vec::new();
    };
    let letters = zone_letters(fleet, cluster).unwrap_or_default();
    let count = network.zone_count.map_or(ZONES, usize::from);
    letters
        .chars()
        .take(count)
        .filter_map(|letter| format!("{region}{letter}").parse().ok())
        .collect()
}

/// The letters of the zones of a cluster's region, where the region is known.
pub(crate) fn zone_letters(fleet: &ResolvedFleet, cluster: &ResolvedCluster) -> Option<String> {
    let account = fleet.accounts.get(&cluster.spec.account)?;
    let regions = Regions::embedded();
    regions
        .of(account.provider)?
        .get(cluster.region.as_ref()?.as_str())
        .cloned()
}

/// The gateways of a network: those it names, or as many as its tier and its way out need.
pub(crate) fn nat(cluster: &ResolvedCluster, tier: Option<Tier>) -> Nat {
    let network = &cluster.spec.network;
    network.nat.unwrap_or(match (&network.egress, tier) {
        (Egress::Proxy(_) | Egress::Firewall, _) => Nat::None,
        (Egress::Nat, Some(Tier::Prod)) => Nat::PerZone,
        (Egress::Nat, _) => Nat::Single,
    })
}

/// The endpoints of a network: those it names, or what production needs.
pub(crate) fn endpoints(cluster: &ResolvedCluster, tier: Option<Tier>) -> Vec<InterfaceEndpoint> {
    let mut endpoints = match (&cluster.spec.network.endpoints, tier) {
        (Some(endpoints), _) => endpoints.clone(),
        (None, Some(Tier::Prod)) => PRODUCTION_ENDPOINTS.to_vec(),
        (None, _) => Vec::new(),
    };
    endpoints.sort();
    endpoints.dedup();
    endpoints
}

/// The subnets of a cluster's databases: those it names, or those of the plan.
pub(crate) fn database_subnets(fleet: &ResolvedFleet, name: &ObjectName) -> Vec<Cidr> {
    let owner = fleet.network_owner(name);
    let named = fleet
        .clusters
        .get(name)
        .map(|cluster| cluster.spec.network.database_subnets.clone())
        .unwrap_or_default();
    if !named.is_empty() {
        return named;
    }
    if let Some(cluster) = fleet
        .clusters
        .get(name)
        .filter(|cluster| cluster.spec.terraform.is_one_root())
    {
        return module_database_subnets(cluster);
    }
    plan(fleet, owner)
        .iter()
        .flat_map(|plan| plan.of(SubnetRole::Database))
        .filter_map(|subnet| subnet.cidr.to_string().parse().ok())
        .collect()
}

/// The two subnets of databases that gen3-terraform cuts from a network: the first parts of thirty-two.
fn module_database_subnets(cluster: &ResolvedCluster) -> Vec<Cidr> {
    let network = cluster.spec.network.cidr.as_ref().and_then(ipv4);
    let subnets = network.and_then(|network| network.subnets(network.prefix_len() + 5).ok());
    let subnets = subnets.into_iter().flatten().take(2);
    subnets
        .filter_map(|subnet| subnet.to_string().parse().ok())
        .collect()
}

/// Where subnets of databases are named, they are where they are named: one a zone.
fn place_databases(subnets: &mut [Subnet], named: &[Cidr]) {
    for (subnet, named) in subnets
        .iter_mut()
        .filter(|subnet| subnet.role == SubnetRole::Database)
        .zip(named)
    {
        if let Some(cidr) = ipv4(named) {
            subnet.cidr = cidr;
        }
    }
}

/// The network as IPv4.
pub(crate) fn ipv4(cidr: &Cidr) -> Option<Ipv4Net> {
    match cidr.network() {
        IpNet::V4(network) => Some(network),
        IpNet::V6(_) => None,
    }
}

/// Whether an account's networks are VPCs.
pub(super) fn is_vpc(provider: Provider) -> bool {
    provider == Provider::Aws
}
