//! The host of a cluster's own Argo CD: an ingress that its root applies.

use super::super::input::delivered;
use super::Component;
use super::hub::ingress::Entrance;
use crate::backend::FleetView;
use crate::contract::{ARGO_CD, ClusterContract, argocd_entrance};
use crate::model::fleet::Gitops;

/// Its name among a cluster's components, and that of its file.
const NAME: &str = "ingress-argocd";

/// The entrances of all clusters whose Argo CD has one.
pub(super) fn components(view: &FleetView<'_>, gitops: &Gitops) -> Vec<Component> {
    let clusters = view.contracts.clusters.values();
    clusters
        .filter_map(|contract| component(view, contract, gitops))
        .collect()
}

fn component(
    view: &FleetView<'_>,
    contract: &ClusterContract,
    gitops: &Gitops,
) -> Option<Component> {
    delivered(view, contract)?.host.as_ref()?;
    let spec = &view.fleet.cluster(contract.name.as_str())?.spec;
    let entrance = argocd_entrance(view.fleet, &contract.name, spec)?;
    let mut balancers = contract.load_balancers.iter();
    let balancer = balancers.find(|it| entrance.balancer.is_none_or(|name| *name == it.name))?;
    let entrance = Entrance {
        host: entrance.host.as_str(),
        certificate: None,
        balancer,
    };
    let ingress = entrance.ingress("argocd-server", ARGO_CD, "/healthz");
    let objects = vec![(NAME.to_owned(), ingress)];
    Some(Component::objects(
        NAME,
        contract.name.as_str(),
        gitops,
        objects,
    ))
}
