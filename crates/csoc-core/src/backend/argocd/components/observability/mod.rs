//! What observes: in a keeper's cluster what keeps metrics, logs and traces and shows them, in each observed cluster what collects them.

mod alerting;
mod alerts;
mod alloy;
mod dashboards;
mod gateway;
mod grafana;
mod keeper;
mod pipeline;
mod policies;
mod secrets;
mod stores;
mod syntax;
#[cfg(test)]
mod tests;
mod watched;

use super::Component;
use crate::backend::FleetView;
use crate::catalog::{StackSize, chart_values};
use crate::contract::{ClusterContract, MONITORING};
use crate::model::fleet::Gitops;
use crate::value::Node;
use crate::value::yaml_write;

use super::super::map;
use keeper::Keeper;
use watched::Watched;

/// Whose what no commons' is: clusters and what all environments share. No commons can be called so.
const PLATFORM: &str = "_platform";

/// The components of all clusters that keep something, or that something of is kept.
pub(super) fn components(view: &FleetView<'_>, gitops: &Gitops) -> Vec<Component> {
    let mut components = Vec::new();
    for cluster in view.contracts.clusters.values() {
        if !is_ours(view, cluster) {
            continue;
        }
        let mut made = Vec::new();
        if let Some(keeper) = Keeper::of(view, cluster) {
            made.push(stores::loki(&keeper));
            made.push(stores::mimir(&keeper));
            made.push(stores::tempo(&keeper));
            made.push(grafana::grafana(&keeper));
        }
        if let Some(watched) = Watched::of(view, cluster) {
            made.push(watched.kube_state_metrics());
            made.push(Some(alloy::alloy(&watched)));
        }
        let name = cluster.name.as_str();
        let to = super::super::input::destination(view, name);
        for part in made.into_iter().flatten() {
            let component = Component::new(part.name, name, to.clone(), gitops, part.values);
            components.extend(component.map(|component| {
                Component {
                    objects: part
                        .objects
                        .into_iter()
                        .map(|(name, node)| (name, crate::value::Exact(node)))
                        .collect(),
                    ..component
                }
            }));
        }
    }
    components
}

/// Whether a cluster's applications are ours.
fn is_ours(view: &FleetView<'_>, cluster: &ClusterContract) -> bool {
    let cluster = view.fleet.cluster(cluster.name.as_str());
    cluster.is_some_and(|cluster| view.renders(cluster.spec.management.applications))
}

/// A component before it is known how it reaches its cluster.
struct Part {
    /// Its name in the catalog.
    name: &'static str,
    values: Node,
    /// Objects beside it, by file name.
    objects: Vec<(String, Node)>,
}

impl Part {
    fn new(name: &'static str, size: StackSize) -> Self {
        Self {
            name,
            values: chart_values(name, size),
            objects: Vec::new(),
        }
    }

    /// Sets a value below these keys.
    fn set(&mut self, path: &[&'static str], value: impl Into<Node>) {
        let keys: Vec<crate::value::Key> = path
            .iter()
            .map(|key| crate::value::Key::fixed(key))
            .collect();
        self.values.set(&keys, value.into());
    }
}

/// An object of Kubernetes in the namespace of what observes.
fn object(version: &'static str, kind: &'static str, name: impl Into<Node>) -> Node {
    map([
        ("apiVersion", version.into()),
        ("kind", kind.into()),
        (
            "metadata",
            map([("name", name.into()), ("namespace", MONITORING.into())]),
        ),
    ])
}

/// A `ConfigMap` of one file.
fn config_map(name: &str, file: &str, content: String) -> Node {
    let mut data = Node::map();
    data.insert(file, content.into());
    let mut made = object("v1", "ConfigMap", name);
    made.insert("data", data);
    made
}

/// A value as the text of a YAML file.
fn yaml(node: &Node) -> String {
    let mut text = String::new();
    yaml_write::write(node, &mut text);
    text
}

/// The annotation that makes a service account a role.
fn role(arn: &str) -> Node {
    map([("eks.amazonaws.com/role-arn", arn.into())])
}

/// What tells Argo CD to try although the cluster does not know the kind yet: another Application brings External Secrets.
fn later(object: &mut Node) {
    let options = map([(
        "argocd.argoproj.io/sync-options",
        "SkipDryRunOnMissingResource=true".into(),
    )]);
    if let Some(metadata) = object.get_mut("metadata") {
        metadata.insert("annotations", options);
    }
}
