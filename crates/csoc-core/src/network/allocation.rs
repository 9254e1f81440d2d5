//! Which clusters have no network yet, and which the pool gives them.

use ipnet::Ipv4Net;

use super::plan::ipv4;
use super::pool::first_free;
use super::{layout, makes_network};
use crate::catalog::NetworkFacts;
use crate::model::cluster::Peering;
use crate::model::name::ObjectName;
use crate::model::network::Cidr;
use crate::resolve::{ResolvedCluster, ResolvedFleet};

/// What fleets that name no pool take networks from.
pub(crate) const DEFAULT_POOL: &str = "10.0.0.0/8";

/// What the pool gives a cluster; none where it has nothing left of that size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Allocation {
    pub(crate) cluster: ObjectName,
    /// How large a network it asks for.
    pub(crate) prefix: u8,
    pub(crate) cidr: Option<Ipv4Net>,
}

/// The clusters that need a network and have none, each with the next of the pool, in the order of their names.
///
/// What is written down is never given again, so that a network stays when others are added.
pub(crate) fn allocations(fleet: &ResolvedFleet) -> Vec<Allocation> {
    let pool = pool(fleet);
    let mut taken = taken(fleet);
    avoid(&pool, &mut taken);
    let mut given = Vec::new();
    for (name, cluster) in unallocated(fleet) {
        let prefix = prefix(fleet, cluster);
        let cidr = first_free(&pool, &taken, prefix);
        taken.extend(cidr);
        given.push(Allocation {
            cluster: name.clone(),
            prefix,
            cidr,
        });
    }
    given
}

/// The clusters whose network we make and that have no addresses.
pub(crate) fn unallocated(
    fleet: &ResolvedFleet,
) -> impl Iterator<Item = (&ObjectName, &ResolvedCluster)> {
    fleet
        .clusters
        .iter()
        .filter(|(_, cluster)| cluster.spec.network.cidr.is_none() && makes_network(fleet, cluster))
}

/// How large a network gen3-terraform cuts into subnets, and no other.
pub(crate) const MODULE_PREFIX: u8 = 20;

/// How large a network a cluster asks for.
pub(crate) fn prefix(fleet: &ResolvedFleet, cluster: &ResolvedCluster) -> u8 {
    if cluster.spec.terraform.is_one_root() {
        return MODULE_PREFIX;
    }
    let of_fleet = fleet
        .spec
        .network
        .as_ref()
        .and_then(|network| network.prefix);
    let prefix = cluster.spec.network.prefix.or(of_fleet);
    prefix
        .unwrap_or(layout::LARGEST)
        .clamp(layout::LARGEST, layout::SMALLEST)
}

/// The pool: that of the fleet, or the product's.
pub(crate) fn pool(fleet: &ResolvedFleet) -> Vec<Ipv4Net> {
    let network = fleet.spec.network.as_ref();
    match network.filter(|network| !network.pool.is_empty()) {
        Some(network) => network.pool.iter().filter_map(ipv4).collect(),
        None => DEFAULT_POOL.parse().into_iter().collect(),
    }
}

/// Whatever is in use: networks of clusters, ours or not, reserved ones, and those that clusters are joined to.
pub(crate) fn taken(fleet: &ResolvedFleet) -> Vec<Ipv4Net> {
    let reserved = fleet
        .spec
        .network
        .iter()
        .flat_map(|network| &network.reserved);
    let of_clusters = fleet.clusters.values().flat_map(|cluster| {
        let network = &cluster.spec.network;
        let peers = network.peerings.values().flat_map(|peering| match peering {
            Peering::Vpc(peer) => &peer.cidrs[..],
            Peering::Cluster(_) => &[],
        });
        let own: Vec<&Cidr> = network.cidr.iter().chain(peers).collect();
        own
    });
    reserved.chain(of_clusters).filter_map(ipv4).collect()
}

/// Ranges that something else is likely to use are taken, too, unless the pool lies within one.
pub(crate) fn avoid(pool: &[Ipv4Net], taken: &mut Vec<Ipv4Net>) {
    let avoided = NetworkFacts::embedded().avoided.iter();
    let avoided = avoided.filter_map(|avoided| ipv4(&avoided.range));
    taken.extend(avoided.filter(|range| !pool.iter().any(|pool| range.contains(pool))));
}
