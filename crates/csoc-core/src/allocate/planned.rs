//! What is planned for the networks of a fleet, as tables that people and programs read.

use serde::Serialize;

use crate::context::{Context, Stopped};
use crate::fleet::Fleet;
use crate::model::Tier;
use crate::network::{
    LARGEST, NetworkPlan, addresses, avoid, count, count_free, fleet_pool, plan, taken,
};

/// The networks that the fleet makes, and what is left of its pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedNetworks {
    /// The pool.
    pub pool: NetworkPool,
    /// The networks, in the order of the clusters' names. Clusters without addresses are not among them.
    pub networks: Vec<PlannedNetwork>,
}

/// What networks of clusters are taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NetworkPool {
    /// Its ranges.
    pub ranges: Vec<String>,
    /// How large a network it gives: the length of its prefix.
    pub prefix: u8,
    /// How many of that size it has.
    pub total: u64,
    /// How many of them are left.
    pub left: u64,
}

/// The plan of a cluster's network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedNetwork {
    /// The cluster.
    pub cluster: String,
    /// Its addresses.
    pub cidr: String,
    /// The tier of its environment that matters most.
    pub tier: Option<&'static str>,
    /// Its zones.
    pub zones: Vec<String>,
    /// Its gateways to the internet: `single`, `per-zone`, `none`.
    pub nat: &'static str,
    /// Services of the cloud that are reached without leaving it, besides S3.
    pub endpoints: Vec<&'static str>,
    /// Its subnets.
    pub subnets: Vec<PlannedSubnet>,
    /// Nodes that fit.
    pub nodes: u64,
    /// Pods that fit.
    pub pods: u64,
    /// Nodes that are expected.
    pub expected_nodes: u64,
}

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedSubnet {
    /// What it is for: `private`, `database`, `public`.
    pub role: &'static str,
    /// Its zone.
    pub zone: String,
    /// Its addresses.
    pub cidr: String,
    /// How many they are.
    pub addresses: u64,
}

impl Fleet {
    /// The plans of the networks that the fleet makes, and what is left of its pool.
    pub fn networks(&self, context: &Context) -> Result<PlannedNetworks, Stopped> {
        context.run(|| {
            let fleet = self.resolved();
            let named = fleet
                .spec
                .network
                .as_ref()
                .and_then(|network| network.prefix);
            let prefix = named.unwrap_or(LARGEST);
            let pool = fleet_pool(fleet);
            let mut used = taken(fleet);
            avoid(&pool, &mut used);
            let networks = fleet
                .clusters
                .keys()
                .filter_map(|name| Some(PlannedNetwork::of(name.as_str(), &plan(fleet, name)?)))
                .collect();
            Ok(PlannedNetworks {
                pool: NetworkPool {
                    prefix,
                    total: count(&pool, prefix),
                    left: count_free(&pool, &used, prefix),
                    ranges: pool.iter().map(ToString::to_string).collect(),
                },
                networks,
            })
        })
    }
}

impl PlannedNetwork {
    fn of(cluster: &str, plan: &NetworkPlan) -> Self {
        let zone = |at: usize| {
            plan.zones
                .get(at)
                .map_or_else(String::new, ToString::to_string)
        };
        Self {
            cluster: cluster.to_owned(),
            cidr: plan.cidr.to_string(),
            tier: plan.tier.map(Tier::as_str),
            zones: plan.zones.iter().map(ToString::to_string).collect(),
            nat: plan.nat.as_str(),
            endpoints: plan
                .endpoints
                .iter()
                .map(|endpoint| endpoint.as_str())
                .collect(),
            subnets: plan
                .subnets
                .iter()
                .map(|subnet| PlannedSubnet {
                    role: subnet.role.as_str(),
                    zone: zone(subnet.zone),
                    cidr: subnet.cidr.to_string(),
                    addresses: addresses(subnet),
                })
                .collect(),
            nodes: plan.fit.nodes(),
            pods: plan.fit.pods(),
            expected_nodes: plan.fit.expected,
        }
    }
}
