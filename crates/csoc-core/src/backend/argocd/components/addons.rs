//! The add-ons of a cluster that the hub pushes to: each from the chart of those who make it.
//!
//! The chart cluster-level-resources makes Applications that only reach the cluster of their own Argo CD.

use super::super::input::{destination, needed};
use super::super::map;
use super::Component;
use crate::backend::FleetView;
use crate::catalog::ComponentCatalog;
use crate::contract::{ClusterContract, ClusterRolePurpose, EnvironmentContract};
use crate::model::Lifecycle;
use crate::model::cluster::Delivery;
use crate::model::fleet::Gitops;
use crate::value::Node;
use crate::value::overlay::{Nulls, merge};

/// The components of all clusters that are pushed to.
pub(super) fn components(view: &FleetView<'_>, gitops: &Gitops) -> Vec<Component> {
    let clusters = view.contracts.clusters.values();
    clusters
        .filter(|contract| is_pushed(view, contract))
        .flat_map(|contract| of(view, contract, gitops))
        .collect()
}

/// Whether the hub pushes to a cluster, and its applications are ours.
fn is_pushed(view: &FleetView<'_>, contract: &ClusterContract) -> bool {
    let cluster = view.fleet.cluster(contract.name.as_str());
    cluster.is_some_and(|cluster| {
        cluster.spec.delivery == Delivery::HubPush
            && view.renders(cluster.spec.management.applications)
    })
}

fn of(view: &FleetView<'_>, contract: &ClusterContract, gitops: &Gitops) -> Vec<Component> {
    let name = contract.name.as_str();
    let Some(cluster) = view.fleet.cluster(name) else {
        return Vec::new();
    };
    let environments = view.contracts.environments.values();
    let on: Vec<&EnvironmentContract> = environments
        .filter(|it| it.cluster == contract.name && it.spec.lifecycle != Lifecycle::Retired)
        .collect();
    let needed = needed(&on);
    let mut components = Vec::new();
    for (component, facts) in ComponentCatalog::embedded().iter() {
        let Some(addon) = facts.addon.as_deref() else {
            continue;
        };
        let settings = cluster.spec.addons.get(addon);
        let runs = settings.map_or_else(
            || needed.contains(&addon),
            |settings| settings.enabled.unwrap_or(true),
        );
        if !runs {
            continue;
        }
        let given = view
            .fleet
            .root
            .path(&["clusters", name, "addons", addon, "values"]);
        let values = values(component, contract);
        let values = match given {
            Some(given) => merge(values, given, Nulls::Data),
            None => values,
        };
        let to = destination(view, name);
        if let Some(mut made) = Component::new(component, name, to, gitops, values) {
            if let Some(version) = settings.and_then(|settings| settings.version.as_ref()) {
                made.facts.version = version.to_string();
            }
            components.push(made);
        }
    }
    components
}

/// What a component must know of its cluster.
fn values(component: &str, contract: &ClusterContract) -> Node {
    let mut values = Node::map();
    if component == "aws-load-balancer-controller" {
        values.insert("clusterName", contract.name.as_str().into());
        values.insert("region", contract.region.as_str().into());
        let role = contract
            .eks
            .as_ref()
            .and_then(|eks| eks.role(ClusterRolePurpose::Ingress));
        if let Some(role) = role {
            let annotations = map([("eks.amazonaws.com/role-arn", role.arn.as_str().into())]);
            values.insert("serviceAccount", map([("annotations", annotations)]));
        }
    }
    values
}
