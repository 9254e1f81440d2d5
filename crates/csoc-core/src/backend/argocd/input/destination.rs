//! Which Argo CD delivers to a cluster, and how it names the cluster.

use crate::backend::FleetView;
use crate::contract::{ClusterContract, DeliveryContract};
use crate::model::cluster::Delivery;

/// Where an Application deploys to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) enum Destination {
    /// The cluster that Argo CD runs in.
    Here,
    /// A cluster that the hub's Argo CD knows by this name.
    Named(String),
}

/// How the Argo CD that delivers to a cluster names it.
pub(crate) fn destination(view: &FleetView<'_>, cluster: &str) -> Destination {
    let delivery = view
        .fleet
        .cluster(cluster)
        .map(|cluster| cluster.spec.delivery);
    match delivery {
        Some(Delivery::HubPush) => Destination::Named(cluster.to_owned()),
        _ => Destination::Here,
    }
}

/// The Argo CD of a cluster, where we install it and write what it applies.
pub(in crate::backend) fn delivered<'a>(
    view: &FleetView<'_>,
    contract: &'a ClusterContract,
) -> Option<&'a DeliveryContract> {
    let delivery = contract.eks.as_ref()?.delivery.as_ref()?;
    let management = view.fleet.cluster(contract.name.as_str())?.spec.management;
    let is_ours = view.renders(management.applications) && view.renders(management.terraform);
    is_ours.then_some(delivery)
}
