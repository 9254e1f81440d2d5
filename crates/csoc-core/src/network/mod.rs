//! Plans of networks: which addresses a cluster gets, how they are cut into subnets, and how much fits into them.
//!
//! Nothing here is kept: a plan follows from the fleet, and what must not change when others are added, the addresses
//! of each cluster, is written into the fleet by `csoc network allocate`.

mod allocation;
mod capacity;
mod joins;
mod joint;
mod layout;
mod plan;
mod pool;
mod reach;
#[cfg(test)]
mod tests;

pub(crate) use allocation::{
    Allocation, MODULE_PREFIX, allocations, avoid, pool as fleet_pool, prefix, taken, unallocated,
};
pub(crate) use capacity::{Expectation, addresses};
pub(crate) use joins::{Gateway, GatewaySource, Peer, PeerTarget, gateway, peers};
pub(crate) use joint::{Joint, joint};
pub(crate) use layout::{LARGEST, SMALLEST, Subnet, SubnetRole, most_zones};
pub(crate) use plan::{NetworkPlan, database_subnets, ipv4, nat, plan, zone_letters, zones};
pub(crate) use pool::{count, count_free, overlaps};
pub(crate) use reach::{covers, excesses, is_everyone, is_public, widest};

use crate::model::Mode;
use crate::model::cluster::Platform;
use crate::resolve::{ResolvedCluster, ResolvedFleet};

/// Whether our Terraform makes the network of a cluster: of a managed EKS cluster that gen3-kro does not make.
pub(crate) fn makes_network(fleet: &ResolvedFleet, cluster: &ResolvedCluster) -> bool {
    let spec = &cluster.spec;
    matches!(spec.management.terraform, Mode::Managed | Mode::Adopt)
        && spec.platform == Platform::Eks
        && spec.kro.is_none()
        && fleet
            .accounts
            .get(&spec.account)
            .is_some_and(|account| plan::is_vpc(account.provider))
}
