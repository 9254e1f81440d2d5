//! Whether something in the network of one cluster reaches something in that of another, by addresses of their own.

use ipnet::Ipv4Net;

use super::joins::{Gateway, GatewaySource, PeerTarget, gateway, peers, same};
use super::makes_network;
use super::plan::ipv4;
use crate::model::name::ObjectName;
use crate::model::stack::StackKind;
use crate::resolve::ResolvedFleet;

/// What is between the networks of two clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    /// Nothing: it is one network.
    Same,
    /// A peering or a transit gateway.
    Joined,
    /// Somebody else makes one of them, or a gateway is known by its identifier only.
    Unknown,
    /// Nothing that leads from one to the other.
    Apart,
}

/// How the networks of two clusters are joined.
pub(crate) fn joint(fleet: &ResolvedFleet, one: &ObjectName, other: &ObjectName) -> Joint {
    let (one, other) = (fleet.network_owner(one), fleet.network_owner(other));
    if one == other {
        return Joint::Same;
    }
    let is_joined = same(fleet, one, other)
        || is_peered(fleet, one, other)
        || is_peered(fleet, other, one)
        || (is_routed(fleet, one, other) && is_routed(fleet, other, one));
    if is_joined {
        return Joint::Joined;
    }
    let ours = [one, other].map(|name| {
        let cluster = fleet.clusters.get(name);
        // gen3-terraform joins networks in ways of its own.
        cluster.is_some_and(|cluster| {
            makes_network(fleet, cluster) && !cluster.spec.terraform.is_one_root()
        })
    });
    // What is ours and leads nowhere is joined to nothing, whatever the other is.
    let names = [one, other].into_iter().zip(ours);
    let mut own = names.filter_map(|(name, is_ours)| is_ours.then_some(name));
    let has_way_out =
        |name| gateway(fleet, name).is_some() || peers(fleet, name).iter().any(is_foreign);
    if !own.all(has_way_out) {
        return Joint::Apart;
    }
    let by_identifier = |name| {
        let gateway: Option<Gateway> = gateway(fleet, name);
        gateway.is_some_and(|gateway| matches!(gateway.source, GatewaySource::Id(_)))
    };
    if ours == [true, true] && !by_identifier(one) && !by_identifier(other) {
        return Joint::Apart;
    }
    Joint::Unknown
}

fn is_foreign(peer: &super::Peer) -> bool {
    matches!(peer.target, PeerTarget::Foreign { .. })
}

/// Whether a peering of one network leads to the other.
fn is_peered(fleet: &ResolvedFleet, from: &ObjectName, to: &ObjectName) -> bool {
    let stack = fleet.cluster_stack(to, StackKind::Network);
    peers(fleet, from).iter().any(|peer| match &peer.target {
        PeerTarget::Fleet(other) => Some(other) == stack.as_ref(),
        PeerTarget::Foreign { .. } => covers(fleet, &peer.cidrs, to),
    })
}

/// Whether the transit gateway of one network leads to the other, behind another gateway.
fn is_routed(fleet: &ResolvedFleet, from: &ObjectName, to: &ObjectName) -> bool {
    gateway(fleet, from).is_some_and(|gateway| covers(fleet, &gateway.routes, to))
}

fn covers(fleet: &ResolvedFleet, routes: &[Ipv4Net], to: &ObjectName) -> bool {
    let cluster = fleet.clusters.get(to);
    let cidr = cluster.and_then(|cluster| ipv4(cluster.spec.network.cidr.as_ref()?));
    cidr.is_some_and(|cidr| routes.iter().any(|route| route.contains(&cidr)))
}
