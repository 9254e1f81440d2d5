//! Rules about what networks are joined to.

use super::context::FleetContext;
use super::network_plan::ours;
use crate::diagnostic::Diagnostics;
use crate::model::cluster::{Peering, TransitGatewaySource};
use crate::model::name::ObjectName;
use crate::network::ipv4;
use crate::resolve::ResolvedCluster;
use crate::value::suggestion::closest;

/// A peering leads to a network that can be joined to.
pub(crate) fn peering_impossible(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster) in ours(context) {
        for (peer, peering) in &cluster.spec.network.peerings {
            let problem = match peering {
                Peering::Cluster(other) => with_cluster(context, (name, cluster), other),
                Peering::Vpc(other) => {
                    let own = cluster.spec.network.cidr.as_ref();
                    let touching =
                        own.and_then(|own| other.cidrs.iter().find(|cidr| cidr.overlaps(own)));
                    if other.cidrs.is_empty() {
                        Some((
                            format!(
                                "the peering `{peer}` of the cluster `{name}` names no network to reach"
                            ),
                            "name them: cidrs: [10.250.0.0/16]".to_owned(),
                        ))
                    } else {
                        touching.map(|cidr| {
                            (
                                format!("the peering `{peer}` of the cluster `{name}` leads to `{cidr}`, which overlaps its own network"),
                                "networks that overlap cannot be joined: give the cluster another while it is new".to_owned(),
                            )
                        })
                    }
                }
            };
            if let Some((message, help)) = problem {
                let path = [
                    "clusters",
                    name.as_str(),
                    "network",
                    "peerings",
                    peer.as_str(),
                ];
                found.push(
                    context
                        .finding(&path, message)
                        .help(help)
                        .label(context.place(&path), "this peering"),
                );
            }
        }
    }
}

/// What is said of a cluster that is not there: it never was, or left.
fn absent(context: &FleetContext<'_>, name: &ObjectName) -> String {
    if context.fleet.retired.clusters.contains_key(name) {
        return format!("the cluster `{name}` is retired");
    }
    format!("there is no cluster `{name}`")
}

/// What keeps the networks of two clusters from being joined: what is wrong, and what to do.
fn with_cluster(
    context: &FleetContext<'_>,
    (name, cluster): (&ObjectName, &ResolvedCluster),
    other: &ObjectName,
) -> Option<(String, String)> {
    let Some(there) = context.fleet.clusters.get(other) else {
        let names = context.fleet.clusters.keys().map(ObjectName::as_str);
        let help = closest(other.as_str(), names).map_or_else(
            || "name a cluster of the fleet, or a VPC: { vpc: { id, account, cidrs } }".to_owned(),
            |meant| format!("did you mean `{meant}`?"),
        );
        return Some((absent(context, other), help));
    };
    if context.fleet.network_owner(other) == context.fleet.network_owner(name) {
        return Some((
            format!("the network of the cluster `{name}` is joined to itself"),
            "leave the peering out".to_owned(),
        ));
    }
    if there.spec.account != cluster.spec.account || there.region != cluster.region {
        return Some((
            format!("the clusters `{name}` and `{other}` are not in one account and region; their networks cannot be joined by a peering of the fleet"),
            "attach both to a transit gateway: with a peering, each side would wait for what only the other can give".to_owned(),
        ));
    }
    if there.spec.network.cidr.as_ref().and_then(ipv4).is_none() {
        return Some((
            format!("the cluster `{other}` has no network to be joined to"),
            format!("give it one: clusters.{other}.network.cidr"),
        ));
    }
    let is_back = |peering: &Peering| matches!(peering, Peering::Cluster(back) if back == name);
    let goes_back = there.spec.network.peerings.values().any(is_back);
    (goes_back && name > other).then(|| {
        (
            format!("the clusters `{other}` and `{name}` each ask to be joined to the other"),
            "leave one of the two peerings out: it makes the routes on both sides".to_owned(),
        )
    })
}

/// A transit gateway that is another network's is one that it makes.
pub(crate) fn transit_gateway_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster) in ours(context) {
        let Some(TransitGatewaySource::Cluster(owner)) = cluster
            .spec
            .network
            .transit_gateway
            .as_ref()
            .map(|gateway| &gateway.source)
        else {
            continue;
        };
        let path = [
            "clusters",
            name.as_str(),
            "network",
            "transitGateway",
            "source",
        ];
        let mut say = |message: String, help: String| {
            found.push(
                context
                    .finding(&path, message)
                    .help(help)
                    .label(context.place(&path), "named here"),
            );
        };
        let Some(there) = context.fleet.clusters.get(owner) else {
            let names = context.fleet.clusters.keys().map(ObjectName::as_str);
            let help = closest(owner.as_str(), names).map_or_else(
                || "name a cluster of the fleet whose network makes one, or its identifier: { id: tgw-… }".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            );
            say(absent(context, owner), help);
            continue;
        };
        let source = there.spec.network.transit_gateway.as_ref();
        let makes = source.is_some_and(|gateway| gateway.source == TransitGatewaySource::Own);
        if !makes {
            say(
                format!("the network of the cluster `{owner}` makes no transit gateway"),
                format!(
                    "write clusters.{owner}.network.transitGateway: {{ source: own }}, or name another"
                ),
            );
        } else if there.region != cluster.region {
            say(
                format!(
                    "the transit gateway of the cluster `{owner}` is in another region than the cluster `{name}`"
                ),
                "a transit gateway is of one region: name one in this region".to_owned(),
            );
        }
    }
}
