//! Rules about the plans of networks: zones, room, ways out, and what they are joined to.

use super::context::FleetContext;
use crate::diagnostic::Diagnostics;
use crate::model::Tier;
use crate::model::cluster::{Egress, Nat};
use crate::model::name::ObjectName;
use crate::network::{
    NetworkPlan, SubnetRole, allocations, avoid, count, count_free, fleet_pool, ipv4,
    makes_network, most_zones, nat, overlaps, plan, taken, zone_letters,
};
use crate::resolve::ResolvedCluster;

/// The clusters whose network we make.
pub(super) fn ours<'a>(
    context: &FleetContext<'a>,
) -> impl Iterator<Item = (&'a ObjectName, &'a ResolvedCluster)> {
    let fleet = context.fleet;
    let clusters = fleet.clusters.iter();
    clusters.filter(move |(_, cluster)| makes_network(fleet, cluster))
}

fn plans<'a>(
    context: &FleetContext<'a>,
) -> impl Iterator<Item = (&'a ObjectName, &'a ResolvedCluster, NetworkPlan)> {
    let fleet = context.fleet;
    ours(context).filter_map(move |(name, cluster)| Some((name, cluster, plan(fleet, name)?)))
}

/// A network has as many zones as its region and its size allow, and each once.
pub(crate) fn zone_count_unfitting(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster) in ours(context) {
        let network = &cluster.spec.network;
        let letters = zone_letters(context.fleet, cluster);
        let of_region = letters.map_or(usize::MAX, |letters| letters.len());
        let cidr = network.cidr.as_ref().and_then(ipv4);
        let of_size = most_zones(cidr.map_or(0, |cidr| cidr.prefix_len()));
        let mut say = |field: &str, message: String, help: String| {
            let path = ["clusters", name.as_str(), "network", field];
            let finding = context.finding(&path, message).help(help);
            found.push(finding.label(context.place(&path), "these zones"));
        };
        let field = if network.zones.is_empty() {
            "zoneCount"
        } else {
            "zones"
        };
        let wanted = if network.zones.is_empty() {
            network.zone_count.map_or(0, usize::from)
        } else {
            network.zones.len()
        };
        if field == "zoneCount" && wanted > of_region {
            let region = cluster.region.as_ref().map_or("", |region| region.as_str());
            say(
                field,
                format!(
                    "the network of the cluster `{name}` spans {wanted} zones, and the region `{region}` has {of_region}"
                ),
                format!("write {of_region} or fewer"),
            );
        } else if wanted > of_size {
            say(
                field,
                format!(
                    "the network of the cluster `{name}` spans {wanted} zones, and has room for {of_size}"
                ),
                format!(
                    "name {of_size} zones at most: see docs/network.md for how a network is cut"
                ),
            );
        }
        if let (false, Some(count)) = (network.zones.is_empty(), network.zone_count) {
            say(
                "zoneCount",
                format!(
                    "the network of the cluster `{name}` has `zones` and `zoneCount` {count}; one of them must be left out"
                ),
                "leave `zoneCount` out: the zones that are named are those there are".to_owned(),
            );
        }
        let twice = network.zones.iter().enumerate();
        let mut twice = twice.filter(|(at, zone)| network.zones[..*at].contains(zone));
        if let Some((_, zone)) = twice.next() {
            say(
                field,
                format!("the network of the cluster `{name}` names the zone `{zone}` twice"),
                "name each zone once: each has a subnet of its own".to_owned(),
            );
        }
    }
}

/// The pool has a network for every cluster that needs one.
pub(crate) fn pool_exhausted(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for allocation in allocations(context.fleet) {
        if allocation.cidr.is_some() {
            continue;
        }
        let path = ["clusters", allocation.cluster.as_str(), "network", "cidr"];
        let pool = ["network", "pool"];
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "the pool has no /{} left for the cluster `{}`",
                        allocation.prefix, allocation.cluster
                    ),
                )
                .help("add a range to `network.pool`, or let the cluster take less: network: { prefix: 20 }")
                .label(context.place(&path), "no network for this cluster")
                .label(context.place(&pool), "the pool"),
        );
    }
}

/// The pool has room for the clusters that come.
pub(crate) fn pool_nearly_used(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let fleet = context.fleet;
    let Some(network) = fleet
        .spec
        .network
        .as_ref()
        .filter(|network| !network.pool.is_empty())
    else {
        return;
    };
    let prefix = network.prefix.unwrap_or(crate::network::LARGEST);
    let pool = fleet_pool(fleet);
    let mut used = taken(fleet);
    avoid(&pool, &mut used);
    let given = allocations(fleet);
    used.extend(given.iter().filter_map(|allocation| allocation.cidr));
    let (all, left) = (count(&pool, prefix), count_free(&pool, &used, prefix));
    let exhausted = given.iter().any(|allocation| allocation.cidr.is_none());
    if !exhausted && left * 4 <= all && ours(context).next().is_some() {
        let path = ["network", "pool"];
        found.push(
            context
                .finding(
                    &path,
                    format!("the pool has {left} of {all} networks of /{prefix} left"),
                )
                .help("add a range to `network.pool` now: whoever gives out addresses takes weeks")
                .label(context.place(&path), "nearly used"),
        );
    }
}

/// The nodes that are expected fit into the private subnets.
pub(crate) fn nodes_exceed_network(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, _, plan) in plans(context) {
        if plan.fit.is_exceeded() {
            room(context, found, name, &plan, "has room for");
        }
    }
}

/// The nodes that are expected leave room in the private subnets.
pub(crate) fn nodes_near_limit(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, _, plan) in plans(context) {
        if plan.fit.is_nearly_full() {
            room(context, found, name, &plan, "has room for no more than");
        }
    }
}

fn room(
    context: &FleetContext<'_>,
    found: &mut Diagnostics,
    name: &ObjectName,
    plan: &NetworkPlan,
    verb: &str,
) {
    let fit = &plan.fit;
    let path = ["clusters", name.as_str(), "network", "cidr"];
    let source = if fit.is_stated {
        "`network.capacity.nodes` says so"
    } else {
        "by the sizes of its environments; `network.capacity.nodes` says otherwise"
    };
    found.push(
        context
            .tier_finding(
                plan.tier,
                &path,
                format!(
                    "the cluster `{name}` is expected to have {} nodes, and `{}` {verb} {} with {} pods each",
                    fit.expected, plan.cidr, fit.nodes(), fit.pods_per_node
                ),
            )
            .help(format!("give it a larger network while it is new, or fewer pods a node ({source}): `csoc explain clusters.{name}.network` has the arithmetic"))
            .label(context.place(&path), "too little room"),
    );
}

/// A network with a production environment has a gateway a zone.
pub(crate) fn nat_gateway_single(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster) in ours(context) {
        let tier = context.fleet.cluster_tier(name);
        if tier == Some(Tier::Prod) && nat(cluster, tier) == Nat::Single {
            let path = ["clusters", name.as_str(), "network", "nat"];
            found.push(
                context
                    .finding(
                        &path,
                        format!("the cluster `{name}` has a production environment, and one NAT gateway for all zones"),
                    )
                    .help("write nat: per-zone, or leave it out: a zone that fails must not take the others' way out with it")
                    .label(context.place(&path), "one for all zones"),
            );
        }
    }
}

/// The way out that a network says is one that it has.
pub(crate) fn egress_contradictory(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster) in ours(context) {
        let network = &cluster.spec.network;
        let mut say = |field: &str, message: String, help: &str| {
            let path = ["clusters", name.as_str(), "network", field];
            let finding = context.finding(&path, message).help(help);
            found.push(finding.label(context.place(&path), "said here"));
        };
        let egress = network.egress.as_str();
        match (&network.egress, network.nat) {
            (Egress::Nat, Some(Nat::None)) => say(
                "nat",
                format!(
                    "the network of the cluster `{name}` has no NAT gateway, and nothing else leads out of it"
                ),
                "write nat: single or per-zone, or say what leads out: egress: { proxy: … } or egress: firewall",
            ),
            (Egress::Proxy(_) | Egress::Firewall, Some(Nat::Single | Nat::PerZone)) => say(
                "nat",
                format!(
                    "the network of the cluster `{name}` reaches the internet through the {egress}; NAT gateways must be left out"
                ),
                "leave `nat` out: a gateway would be a way around",
            ),
            _ => {}
        }
        if network.egress == Egress::Firewall && network.transit_gateway.is_none() {
            say(
                "egress",
                format!(
                    "the network of the cluster `{name}` reaches the internet through a firewall, and is attached to no transit gateway that leads there"
                ),
                "add transitGateway: { source: { id: tgw-… } }, or { source: { cluster: NAME } }",
            );
        }
        if let (Egress::Proxy(proxy), Some(region)) = (&network.egress, &cluster.region)
            && proxy.service.region() != region.as_str()
        {
            say(
                "egress",
                format!(
                    "the proxy's service is of the region `{}`, and the network of the cluster `{name}` of `{region}`",
                    proxy.service.region()
                ),
                "ask its owner for a service in this region: an endpoint is made where its service is",
            );
        }
    }
}

/// Subnets of databases that are named fit beside the others.
pub(crate) fn database_subnets_unfitting(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster, plan) in plans(context) {
        let named = &cluster.spec.network.database_subnets;
        if named.is_empty() {
            continue;
        }
        let path = ["clusters", name.as_str(), "network", "databaseSubnets"];
        let mut say = |message: String| {
            found.push(
                context
                    .finding(&path, message)
                    .help("leave `databaseSubnets` out: they are planned, and network policies take those of the plan")
                    .label(context.place(&path), "these subnets"),
            );
        };
        if named.len() != plan.zones.len() {
            say(format!(
                "the cluster `{name}` names {} subnets of databases, and must name one for each of its {} zones",
                named.len(),
                plan.zones.len()
            ));
        }
        for (at, cidr) in named.iter().enumerate() {
            let Some(subnet) = ipv4(cidr).filter(|subnet| plan.cidr.contains(subnet)) else {
                say(format!(
                    "`{cidr}` is not within the network `{}` of the cluster `{name}`",
                    plan.cidr
                ));
                continue;
            };
            let other = plan
                .subnets
                .iter()
                .filter(|other| other.role != SubnetRole::Database)
                .find(|other| overlaps(other.cidr, subnet));
            if let Some(other) = other {
                say(format!(
                    "`{cidr}` overlaps the {} subnet `{}` of the cluster `{name}`",
                    other.role.as_str(),
                    other.cidr
                ));
            }
            if let Some(twice) = named[..at].iter().find(|other| other.overlaps(cidr)) {
                say(format!(
                    "the subnets `{twice}` and `{cidr}` of databases of the cluster `{name}` overlap"
                ));
            }
        }
    }
}
