//! What a network is joined to: other networks by peering, and a transit gateway.

use ipnet::Ipv4Net;

use super::plan::ipv4;
use crate::model::cloud::{AccountId, Region, TransitGatewayId, VpcId};
use crate::model::cluster::{Peering, TransitGateway, TransitGatewaySource};
use crate::model::name::ObjectName;
use crate::model::stack::{StackId, StackKind};
use crate::resolve::ResolvedFleet;

/// Another network that a network asks to be joined to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Peer {
    /// Its name under `peerings`.
    pub(crate) name: ObjectName,
    pub(crate) target: PeerTarget,
    /// Its addresses.
    pub(crate) cidrs: Vec<Ipv4Net>,
}

/// Where the other network is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) enum PeerTarget {
    /// In the same account and region, made by this stack of the fleet: both sides are joined at once.
    Fleet(StackId),
    /// Elsewhere: whoever owns it accepts, and makes the routes back.
    Foreign {
        vpc: VpcId,
        account: AccountId,
        region: Region,
    },
}

/// The transit gateway of a network.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Gateway {
    pub(crate) source: GatewaySource,
    /// The networks behind it.
    pub(crate) routes: Vec<Ipv4Net>,
}

/// Where a transit gateway comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) enum GatewaySource {
    /// It is made here, and shared with these accounts.
    Own(Vec<AccountId>),
    /// Another network's stack makes it.
    Output(StackId),
    /// Its identifier.
    Id(TransitGatewayId),
}

/// The networks that a cluster's network asks to be joined to. What cannot be joined is left out, and is a finding.
pub(crate) fn peers(fleet: &ResolvedFleet, name: &ObjectName) -> Vec<Peer> {
    let Some(cluster) = fleet.clusters.get(name) else {
        return Vec::new();
    };
    let peerings = cluster.spec.network.peerings.iter();
    peerings
        .filter_map(|(peer, peering)| {
            let (target, cidrs) = match peering {
                Peering::Cluster(other) => {
                    let there = fleet.clusters.get(other)?;
                    let is_near = there.spec.account == cluster.spec.account
                        && there.region == cluster.region
                        && fleet.network_owner(other) != fleet.network_owner(name);
                    let stack = fleet.cluster_stack(other, StackKind::Network)?;
                    let cidr = ipv4(there.spec.network.cidr.as_ref()?)?;
                    (is_near.then_some(PeerTarget::Fleet(stack))?, vec![cidr])
                }
                Peering::Vpc(other) => {
                    let region = other.region.clone().or_else(|| cluster.region.clone())?;
                    let target = PeerTarget::Foreign {
                        vpc: other.id.clone(),
                        account: other.account.clone(),
                        region,
                    };
                    (target, other.cidrs.iter().filter_map(ipv4).collect())
                }
            };
            Some(Peer {
                name: peer.clone(),
                target,
                cidrs,
            })
        })
        .collect()
}

/// The transit gateway that a cluster's network is attached to, where it can be.
pub(crate) fn gateway(fleet: &ResolvedFleet, name: &ObjectName) -> Option<Gateway> {
    let cluster = fleet.clusters.get(name)?;
    let attached = cluster.spec.network.transit_gateway.as_ref()?;
    let others = || {
        fleet
            .clusters
            .iter()
            .filter(|(other, _)| *other != name && same(fleet, name, other))
    };
    let source = match &attached.source {
        TransitGatewaySource::Own => {
            let mut accounts: Vec<AccountId> = others()
                .filter(|(_, other)| other.spec.account != cluster.spec.account)
                .filter_map(|(_, other)| Some(fleet.accounts.get(&other.spec.account)?.id.clone()))
                .collect();
            accounts.sort();
            accounts.dedup();
            GatewaySource::Own(accounts)
        }
        TransitGatewaySource::Cluster(owner) => {
            let is_owner = |spec: &TransitGateway| spec.source == TransitGatewaySource::Own;
            let there = fleet.clusters.get(owner)?;
            there
                .spec
                .network
                .transit_gateway
                .as_ref()
                .filter(|gateway| is_owner(gateway))?;
            GatewaySource::Output(fleet.cluster_stack(owner, StackKind::Network)?)
        }
        TransitGatewaySource::Id(id) => GatewaySource::Id(id.clone()),
    };
    let mut routes: Vec<Ipv4Net> = others()
        .filter_map(|(_, other)| ipv4(other.spec.network.cidr.as_ref()?))
        .chain(attached.routes.iter().filter_map(ipv4))
        .collect();
    routes.sort();
    routes.dedup();
    Some(Gateway { source, routes })
}

/// Whether the networks of two clusters are attached to the same transit gateway.
pub(super) fn same(fleet: &ResolvedFleet, one: &ObjectName, other: &ObjectName) -> bool {
    let identity = |name: &ObjectName| {
        let cluster = fleet.clusters.get(name)?;
        Some(
            match &cluster.spec.network.transit_gateway.as_ref()?.source {
                TransitGatewaySource::Own => name.to_string(),
                TransitGatewaySource::Cluster(owner) => owner.to_string(),
                TransitGatewaySource::Id(id) => id.to_string(),
            },
        )
    };
    identity(one).is_some_and(|gateway| identity(other) == Some(gateway))
}
