//! How many nodes and pods fit into the private subnets, and how many are to be expected.
//!
//! Pods have addresses of the network. A node takes them sixteen at a time: as many prefixes as its pods fill, and one
//! that it holds ready. A prefix lies at a multiple of sixteen, so that the first and the last of a subnet, of which the
//! cloud keeps addresses, are not to be had. Each interface of a node has an address besides.

use super::layout::{Subnet, SubnetRole};
use crate::catalog::NetworkFacts;
use crate::model::Mode;
use crate::model::environment::Size;
use crate::model::name::ObjectName;
use crate::model::nodes::Provisioner;
use crate::resolve::ResolvedFleet;

/// Nodes of a cluster that no environment needs: what the cluster runs itself.
const OWN_NODES: u32 = 3;
/// The most nodes of a group that says nothing.
const GROUP_NODES: u16 = 6;
/// A cluster is nearly full when this many per cent of the nodes that fit are expected.
const NEARLY: u64 = 75;

/// What the number of nodes that are expected follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Expectation {
    /// The network's `capacity` says it.
    Stated,
    /// The most nodes of the cluster's pools.
    Pools,
    /// The sizes of the cluster's environments.
    Environments,
}

/// What fits into a network, and what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Fit {
    /// Pods of a node, at most.
    pub(crate) pods_per_node: u64,
    /// Prefixes that a node takes, with the one it holds ready.
    pub(crate) node_prefixes: u64,
    /// Addresses that a node takes in all.
    pub(crate) node_addresses: u64,
    /// Nodes that fit into each private subnet, zone by zone.
    pub(crate) zones: Vec<u64>,
    /// Nodes that are expected.
    pub(crate) expected: u64,
    /// What that number follows from.
    pub(crate) expectation: Expectation,
}

impl Fit {
    /// What fits into those subnets.
    pub(super) fn of(fleet: &ResolvedFleet, name: &ObjectName, subnets: &[Subnet]) -> Self {
        let facts = NetworkFacts::embedded();
        let stated = fleet
            .cluster(name.as_str())
            .and_then(|cluster| cluster.spec.network.capacity)
            .unwrap_or_default();
        let pods_per_node = u64::from(stated.pods_per_node.max(1));
        let node_prefixes = pods_per_node.div_ceil(facts.prefix_addresses) + facts.warm_prefixes;
        let node_addresses = node_prefixes * facts.prefix_addresses + facts.node_interfaces;
        let zones = subnets
            .iter()
            .filter(|subnet| subnet.role == SubnetRole::Private)
            .map(|subnet| {
                let prefixes = addresses(subnet) / facts.prefix_addresses;
                prefixes.saturating_sub(2) * facts.prefix_addresses / node_addresses
            })
            .collect();
        let (expected, expectation) = match (stated.nodes, of_pools(fleet, name)) {
            (Some(nodes), _) => (nodes, Expectation::Stated),
            (None, Some(nodes)) => (nodes, Expectation::Pools),
            (None, None) => (of_environments(fleet, name), Expectation::Environments),
        };
        Self {
            pods_per_node,
            node_prefixes,
            node_addresses,
            zones,
            expected: u64::from(expected),
            expectation,
        }
    }

    /// Nodes that fit.
    pub(crate) fn nodes(&self) -> u64 {
        self.zones.iter().sum()
    }

    /// Pods that fit.
    pub(crate) fn pods(&self) -> u64 {
        self.nodes() * self.pods_per_node
    }

    /// Whether more nodes are expected than fit.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.expected > self.nodes()
    }

    /// Whether so many are expected that the network should have been larger.
    pub(crate) fn is_nearly_full(&self) -> bool {
        !self.is_exceeded() && self.expected * 100 >= self.nodes() * NEARLY
    }
}

/// The addresses of a subnet.
pub(crate) fn addresses(subnet: &Subnet) -> u64 {
    1u64 << (32 - subnet.cidr.prefix_len())
}

/// The most nodes of the groups that a cluster names; none where nodes come and go by themselves.
fn of_pools(fleet: &ResolvedFleet, name: &ObjectName) -> Option<u32> {
    let nodes = fleet.clusters.get(name)?.spec.nodes.as_ref()?;
    if nodes.provisioner != Provisioner::Managed || nodes.pools.is_empty() {
        return None;
    }
    let most = nodes.pools.values().map(|pool| {
        let least = pool.minimum.unwrap_or_default();
        u32::from(pool.maximum.unwrap_or(GROUP_NODES).max(least))
    });
    Some(most.sum())
}

/// How many nodes the environments of a cluster are likely to need at most.
fn of_environments(fleet: &ResolvedFleet, name: &ObjectName) -> u32 {
    let of_environments: u32 = fleet
        .environments_on(name.as_str())
        .filter(|(_, environment)| environment.spec.management.applications != Mode::External)
        .map(|(_, environment)| match environment.spec.size {
            Size::Small => 2,
            Size::Medium => 4,
            Size::Large => 8,
        })
        .sum();
    OWN_NODES + of_environments
}
