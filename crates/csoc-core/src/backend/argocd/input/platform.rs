//! What an Argo CD delivers that is no commons: its roots, add-ons, components, registrations.

use std::collections::{BTreeMap, BTreeSet};

use super::destination::{Destination, destination};
use crate::backend::FleetView;
use crate::model::fleet::Gitops;

/// What the Applications of an Argo CD that are no commons' may reach.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub(crate) struct Platform {
    /// The clusters.
    pub(crate) destinations: BTreeSet<Destination>,
    /// Repositories that they take charts and values from.
    pub(crate) repositories: BTreeSet<String>,
}

/// By the cluster whose Argo CD it is: all whose applications are ours.
pub(crate) fn platforms(view: &FleetView<'_>, gitops: &Gitops) -> BTreeMap<String, Platform> {
    let hub = view.fleet.spec.hub.as_ref();
    let hub = hub.and_then(|hub| hub.cluster.as_ref());
    let instance = |cluster: &str, to: &Destination| match (to, hub) {
        (Destination::Named(_), Some(hub)) => hub.to_string(),
        _ => cluster.to_owned(),
    };
    let mut platforms: BTreeMap<String, Platform> = BTreeMap::new();
    for (name, cluster) in &view.fleet.clusters {
        if !view.renders(cluster.spec.management.applications) {
            continue;
        }
        let to = destination(view, name.as_str());
        let platform = platforms.entry(instance(name.as_str(), &to)).or_default();
        let chart = &view.fleet.spec.charts.cluster_level_resources;
        if let Some(chart) = chart.as_ref().filter(|_| to == Destination::Here) {
            platform.repositories.insert(chart.repository.to_string());
        }
        // Applications and projects are objects of the cluster that Argo CD runs in.
        platform.destinations.extend([Destination::Here, to]);
        platform.repositories.insert(gitops.repository.to_string());
    }
    for component in view.components() {
        let instance = instance(&component.cluster, &component.destination);
        let platform = platforms.entry(instance).or_default();
        // One that is objects alone comes from the fleet's own repository.
        let repository = Some(&component.facts.repository).filter(|it| !it.is_empty());
        platform.repositories.extend(repository.cloned());
    }
    platforms
}
