//! Rules about address space.

use ipnet::IpNet;

use super::context::FleetContext;
use crate::diagnostic::Diagnostics;
use crate::model::name::ObjectName;
use crate::model::network::Cidr;
use crate::network::{LARGEST, SMALLEST, makes_network, unallocated};
use crate::resolve::ResolvedCluster;

/// No two clusters share addresses, and none touches a reserved network.
pub(crate) fn cidr_overlap(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let clusters: Vec<(&ObjectName, &ResolvedCluster, &Cidr, IpNet)> = with_network(context)
        .map(|(name, cluster, cidr)| (name, cluster, cidr, cidr.network()))
        .collect();
    let reserved: Vec<(&Cidr, IpNet)> = context
        .fleet
        .spec
        .network
        .iter()
        .flat_map(|network| &network.reserved)
        .map(|cidr| (cidr, cidr.network()))
        .collect();
    for (at, (name, cluster, cidr, network)) in clusters.iter().enumerate() {
        let path = ["clusters", name.as_str(), "network", "cidr"];
        for (other, neighbour, taken, other_network) in &clusters[..at] {
            if overlaps(network, other_network) && !cluster.shares_network(neighbour) {
                let there = ["clusters", other.as_str(), "network", "cidr"];
                found.push(
                    context
                        .finding(&path, format!("the networks of the clusters `{other}` and `{name}` overlap: `{taken}` and `{cidr}`"))
                        .help("give one of them a network that no other uses")
                        .label(context.place(&path), "overlaps the other")
                        .label(context.place(&there), "this one"),
                );
            }
        }
        for (taken, _) in reserved
            .iter()
            .filter(|(_, taken)| overlaps(network, taken))
        {
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "the network of the cluster `{name}` overlaps the reserved `{taken}`"
                        ),
                    )
                    .help("give it a network outside `network.reserved`")
                    .label(context.place(&path), "overlaps a reserved network")
                    .label(context.place(&["network", "reserved"]), "reserved here"),
            );
        }
    }
}

fn overlaps(one: &IpNet, other: &IpNet) -> bool {
    one.contains(other) || other.contains(one)
}

/// Clusters and pool use addresses that are nobody's on the internet.
pub(crate) fn cidr_not_private(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let mut check = |path: &[&str], cidr: &Cidr| {
        if !is_private(cidr.network()) {
            found.push(
                context
                    .finding(path, format!("the network `{cidr}` is not private"))
                    .help("take it from 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918) or 100.64.0.0/10 (RFC 6598): services would not reach the owners of these addresses")
                    .label(context.place(path), "addresses of the internet"),
            );
        }
    };
    for (name, _, cidr) in with_network(context) {
        check(&["clusters", name.as_str(), "network", "cidr"], cidr);
    }
    for cidr in context
        .fleet
        .spec
        .network
        .iter()
        .flat_map(|network| &network.pool)
    {
        check(&["network", "pool"], cidr);
    }
}

fn is_private(network: IpNet) -> bool {
    [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
    ]
    .into_iter()
    .filter_map(|range| range.parse::<IpNet>().ok())
    .any(|range| range.contains(&network))
}

/// The network of a cluster that we make has room for its pods.
pub(crate) fn cidr_too_small(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cidr) in ours(context) {
        if cidr.network().prefix_len() > SMALLEST {
            let path = ["clusters", name.as_str(), "network", "cidr"];
            found.push(
                context
                    .finding(&path, format!("the network `{cidr}` is smaller than /{SMALLEST}"))
                    .help(format!("give it a /{SMALLEST} at least, better a /16 to /20: each pod takes an address, and subnets cannot be made larger later"))
                    .label(context.place(&path), "too few addresses"),
            );
        }
    }
}

/// The network of a cluster that we make is one that a VPC may have.
pub(crate) fn cidr_too_large(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cidr) in ours(context) {
        if cidr.network().prefix_len() < LARGEST {
            let path = ["clusters", name.as_str(), "network", "cidr"];
            found.push(
                context
                    .finding(&path, format!("the network `{cidr}` is larger than /{LARGEST}, the most that a VPC may have"))
                    .help(format!("give it a /{LARGEST}"))
                    .label(context.place(&path), "too many addresses"),
            );
        }
    }
}

/// Where the fleet has a pool, clusters take their networks from it.
pub(crate) fn cidr_outside_pool(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(network) = context
        .fleet
        .spec
        .network
        .as_ref()
        .filter(|network| !network.pool.is_empty())
    else {
        return;
    };
    let pool: Vec<IpNet> = network.pool.iter().map(Cidr::network).collect();
    for (name, cidr) in ours(context) {
        if !pool.iter().any(|range| range.contains(&cidr.network())) {
            let path = ["clusters", name.as_str(), "network", "cidr"];
            found.push(
                context
                    .finding(
                        &path,
                        format!("the network `{cidr}` is not of the fleet's pool"),
                    )
                    .help("take it from `network.pool`, or add its range there")
                    .label(context.place(&path), "outside the pool")
                    .label(context.place(&["network", "pool"]), "the pool"),
            );
        }
    }
}

/// Each cluster whose network we make has its addresses written down.
pub(crate) fn network_unallocated(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, _) in unallocated(context.fleet) {
        let path = ["clusters", name.as_str(), "network", "cidr"];
        found.push(
            context
                .finding(&path, format!("the cluster `{name}` has no network"))
                .help("run `csoc network allocate`: it takes one from the pool and writes it into the cluster's file")
                .label(context.place(&path), "`network.cidr` is missing here"),
        );
    }
}

fn with_network<'a>(
    context: &FleetContext<'a>,
) -> impl Iterator<Item = (&'a ObjectName, &'a ResolvedCluster, &'a Cidr)> {
    context
        .fleet
        .clusters
        .iter()
        .filter_map(|(name, cluster)| Some((name, cluster, cluster.spec.network.cidr.as_ref()?)))
}

/// The IPv4 networks that our Terraform makes.
fn ours<'a>(context: &FleetContext<'a>) -> Vec<(&'a ObjectName, &'a Cidr)> {
    with_network(context)
        .filter(|(_, cluster, cidr)| {
            makes_network(context.fleet, cluster) && matches!(cidr.network(), IpNet::V4(_))
        })
        .map(|(name, _, cidr)| (name, cidr))
        .collect()
}

/// A network that we make is one of IPv4.
pub(crate) fn cidr_not_ipv4(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster, cidr) in with_network(context) {
        if makes_network(context.fleet, cluster) && matches!(cidr.network(), IpNet::V6(_)) {
            let path = ["clusters", name.as_str(), "network", "cidr"];
            found.push(
                context
                    .finding(&path, format!("the network `{cidr}` is not of IPv4"))
                    .help("give it a network such as 10.20.0.0/16: a VPC has one, and load balancers and databases use it")
                    .label(context.place(&path), "of IPv6"),
            );
        }
    }
}
