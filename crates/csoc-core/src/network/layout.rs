//! How a network is cut into subnets: a fixed place for each, whatever is used of it.
//!
//! The first three quarters are the private subnets of three zones, since pods take most addresses. The last quarter
//! holds the private subnet of a fourth zone, then four subnets of databases, then four public ones. A zone that is
//! added later therefore moves nothing. A /22 has no room for a fourth zone: its last quarter is databases and public
//! subnets alone, since a load balancer needs a /27.

use ipnet::Ipv4Net;

/// The largest network that a VPC may have, by its prefix.
pub(crate) const LARGEST: u8 = 16;
/// The smallest network that is cut: below, a load balancer has no room.
pub(crate) const SMALLEST: u8 = 22;
/// Subnets of databases and load balancers are no larger than this: the rest of their place stays free.
const LARGEST_SHARED: u8 = 24;

/// What a subnet is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SubnetRole {
    /// Nodes and pods.
    Private,
    /// Databases and search.
    Database,
    /// Load balancers and gateways.
    Public,
}

impl SubnetRole {
    /// All roles, in the order of addresses.
    pub(crate) const ALL: [Self; 3] = [Self::Private, Self::Database, Self::Public];

    /// Its name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Database => "database",
            Self::Public => "public",
        }
    }
}

/// A subnet by its role, the number of its zone and its addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Subnet {
    pub(crate) role: SubnetRole,
    pub(crate) zone: usize,
    pub(crate) cidr: Ipv4Net,
}

/// The most zones that a network of that prefix has room for.
pub(crate) const fn most_zones(prefix: u8) -> usize {
    if prefix >= SMALLEST { 3 } else { 4 }
}

/// Whether a network of that prefix can be cut.
pub(crate) const fn is_cut(prefix: u8) -> bool {
    prefix >= LARGEST && prefix <= SMALLEST
}

/// The subnets of a network for so many zones, role by role; none where it has no room for them.
pub(crate) fn layout(network: Ipv4Net, zones: usize) -> Option<Vec<Subnet>> {
    let prefix = network.prefix_len();
    if !is_cut(prefix) || zones > most_zones(prefix) {
        return None;
    }
    let mut subnets = Vec::with_capacity(zones * SubnetRole::ALL.len());
    for role in SubnetRole::ALL {
        for zone in 0..zones {
            let cidr = place(network, role, zone)?;
            subnets.push(Subnet { role, zone, cidr });
        }
    }
    Some(subnets)
}

fn place(network: Ipv4Net, role: SubnetRole, zone: usize) -> Option<Ipv4Net> {
    let is_smallest = network.prefix_len() == SMALLEST;
    let (bits, number) = match role {
        SubnetRole::Private if zone < 3 => (2, zone),
        SubnetRole::Private => (3, 6),
        SubnetRole::Database if is_smallest => (5, 24 + zone),
        SubnetRole::Public if is_smallest => (5, 28 + zone),
        SubnetRole::Database => (6, 56 + zone),
        SubnetRole::Public => (6, 60 + zone),
    };
    let slot = network
        .subnets(network.prefix_len() + bits)
        .ok()?
        .nth(number)?;
    if role == SubnetRole::Private || slot.prefix_len() >= LARGEST_SHARED {
        return Some(slot);
    }
    Ipv4Net::new(slot.network(), LARGEST_SHARED).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(network: &str, zones: usize) -> Vec<String> {
        let network = network.parse().unwrap();
        let subnets = layout(network, zones).unwrap();
        subnets
            .iter()
            .map(|subnet| format!("{}{} {}", subnet.role.as_str(), subnet.zone, subnet.cidr))
            .collect()
    }

    #[test]
    fn a_large_network_has_three_quarters_for_pods() {
        assert_eq!(
            shown("10.20.0.0/16", 3),
            [
                "private0 10.20.0.0/18",
                "private1 10.20.64.0/18",
                "private2 10.20.128.0/18",
                "database0 10.20.224.0/24",
                "database1 10.20.228.0/24",
                "database2 10.20.232.0/24",
                "public0 10.20.240.0/24",
                "public1 10.20.244.0/24",
                "public2 10.20.248.0/24",
            ]
        );
        assert_eq!(
            shown("10.20.16.0/20", 2)[2..],
            [
                "database0 10.20.30.0/26",
                "database1 10.20.30.64/26",
                "public0 10.20.31.0/26",
                "public1 10.20.31.64/26"
            ]
        );
    }

    #[test]
    fn the_smallest_gives_each_load_balancer_its_27() {
        assert_eq!(
            shown("10.20.0.0/22", 3)[3..],
            [
                "database0 10.20.3.0/27",
                "database1 10.20.3.32/27",
                "database2 10.20.3.64/27",
                "public0 10.20.3.128/27",
                "public1 10.20.3.160/27",
                "public2 10.20.3.192/27",
            ]
        );
        assert!(layout("10.20.0.0/22".parse().unwrap(), 4).is_none());
        assert!(layout("10.20.0.0/23".parse().unwrap(), 2).is_none());
        assert!(layout("10.0.0.0/15".parse().unwrap(), 2).is_none());
    }

    #[test]
    fn subnets_never_overlap_and_more_zones_move_none() {
        for prefix in LARGEST..=SMALLEST {
            let network = Ipv4Net::new("10.64.0.0".parse().unwrap(), prefix).unwrap();
            let all = layout(network, most_zones(prefix)).unwrap();
            for (at, one) in all.iter().enumerate() {
                assert!(network.contains(&one.cidr), "{one:?}");
                let least = if one.role == SubnetRole::Private {
                    25
                } else {
                    27
                };
                assert!(one.cidr.prefix_len() <= least, "{one:?}");
                for other in &all[..at] {
                    let apart = !one.cidr.contains(&other.cidr) && !other.cidr.contains(&one.cidr);
                    assert!(apart, "{one:?} {other:?}");
                }
            }
            for zones in 1..=most_zones(prefix) {
                let fewer = layout(network, zones).unwrap();
                assert!(fewer.iter().all(|subnet| all.contains(subnet)));
            }
        }
    }
}
