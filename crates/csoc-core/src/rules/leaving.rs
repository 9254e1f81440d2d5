//! Who names a cluster that leaves: the hub, clusters whose networks are joined to its own, accounts whose keeper it is.

use super::context::FleetContext;
use crate::diagnostic::Diagnostics;
use crate::model::Lifecycle;
use crate::model::cluster::{Peering, TransitGatewaySource};
use crate::model::name::ObjectName;
use crate::resolve::ResolvedFleet;

/// A field that names a cluster.
struct Naming<'a> {
    path: Vec<&'a str>,
    cluster: &'a ObjectName,
    /// How long what says it stays.
    lifecycle: Lifecycle,
    /// What the cluster is to it.
    what: String,
}

/// Every field that names a cluster and that something which stays depends on.
fn namings(fleet: &ResolvedFleet) -> Vec<Naming<'_>> {
    let hub = fleet.spec.hub.iter().filter_map(|hub| {
        Some(Naming {
            path: vec!["hub", "cluster"],
            cluster: hub.cluster.as_ref()?,
            lifecycle: Lifecycle::Active,
            what: "the hub runs in".to_owned(),
        })
    });
    let accounts = fleet.accounts.iter().filter_map(|(name, account)| {
        Some(Naming {
            path: vec!["accounts", name.as_str(), "observability", "cluster"],
            cluster: account.observability.as_ref()?.cluster.as_ref()?,
            lifecycle: account.lifecycle,
            what: format!("what observes the account `{name}` is kept in"),
        })
    });
    let clusters = fleet.clusters.iter().flat_map(|(name, cluster)| {
        let network = &cluster.spec.network;
        let lifecycle = cluster.spec.lifecycle;
        let gateway = network.transit_gateway.as_ref();
        let gateway = gateway.and_then(|gateway| match &gateway.source {
            TransitGatewaySource::Cluster(owner) => Some(Naming {
                path: vec![
                    "clusters",
                    name.as_str(),
                    "network",
                    "transitGateway",
                    "source",
                    "cluster",
                ],
                cluster: owner,
                lifecycle,
                what: format!("the transit gateway of the cluster `{name}` is made by"),
            }),
            _ => None,
        });
        let peerings = network.peerings.iter().filter_map(move |(peer, to)| {
            let Peering::Cluster(other) = to else {
                return None;
            };
            Some(Naming {
                path: vec![
                    "clusters",
                    name.as_str(),
                    "network",
                    "peerings",
                    peer.as_str(),
                    "cluster",
                ],
                cluster: other,
                lifecycle,
                what: format!("the network of the cluster `{name}` is joined to that of"),
            })
        });
        gateway.into_iter().chain(peerings)
    });
    hub.chain(accounts).chain(clusters).collect()
}

/// A cluster does not leave while something that stays names it.
pub(super) fn named(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for naming in namings(context.fleet) {
        let Some(cluster) = context.fleet.clusters.get(naming.cluster) else {
            continue;
        };
        let leaves = cluster.spec.lifecycle;
        if naming.lifecycle >= leaves {
            continue;
        }
        let name = naming.cluster.as_str();
        let place = context.place(&["clusters", name, "lifecycle"]);
        found.push(
            context
                .finding(
                    &naming.path,
                    format!(
                        "{} the cluster `{name}`, which is {}",
                        naming.what,
                        leaves.as_str()
                    ),
                )
                .help("name another cluster, or take the field out, and apply that first: what others name leaves last")
                .label(context.place(&naming.path), "names it")
                .label(place, "leaves here"),
        );
    }
}
