//! What the Applications of the fleet share.

use std::collections::{BTreeMap, BTreeSet};

use super::destination::{Destination, delivered, destination};
use crate::backend::FleetView;
use crate::contract::EnvironmentContract;
use crate::model::fleet::Gitops;

/// What all applications of the fleet share.
#[derive(Debug, serde::Serialize)]
pub(crate) struct SharedInput {
    pub(crate) fleet: String,
    pub(crate) gitops: Gitops,
    /// Repositories that applications take charts and values from.
    pub(crate) repositories: Vec<String>,
    /// Projects by Argo CD instance and commons.
    pub(crate) projects: BTreeMap<(String, String), Project>,
    /// Clusters whose Argo CD pulls, with the directories of their environments.
    pub(crate) clusters: BTreeMap<String, Vec<String>>,
    /// Those in which Terraform installs Argo CD and its root.
    pub(crate) installed: BTreeSet<String>,
}

/// What the applications of one commons may reach.
#[derive(Debug, Default, serde::Serialize)]
pub(crate) struct Project {
    /// Where they deploy to, and into which namespaces.
    pub(crate) destinations: Vec<(Destination, String)>,
}

pub(super) fn shared(
    view: &FleetView<'_>,
    applications: &[&EnvironmentContract],
    gitops: &Gitops,
) -> SharedInput {
    let charts = &view.fleet.spec.charts;
    let mut repositories: Vec<String> = charts
        .gen3
        .iter()
        .map(|chart| chart.repository.to_string())
        .chain([gitops.repository.to_string()])
        .collect();
    repositories.sort();
    repositories.dedup();
    let mut projects: BTreeMap<(String, String), Project> = BTreeMap::new();
    // An Argo CD that we install has a root, also where no environment is on its cluster yet.
    let all = view.contracts.clusters.values();
    let installed: BTreeSet<String> = all
        .filter(|contract| delivered(view, contract).is_some())
        .map(|contract| contract.name.to_string())
        .collect();
    let mut clusters: BTreeMap<String, Vec<String>> = installed
        .iter()
        .map(|cluster| (cluster.clone(), Vec::new()))
        .collect();
    for contract in applications {
        let destination = destination(view, contract.cluster.as_str());
        // Where somebody else owns a cluster's applications, its root is theirs, too.
        let is_ours = view
            .fleet
            .cluster(contract.cluster.as_str())
            .is_some_and(|cluster| view.renders(cluster.spec.management.applications));
        if destination == Destination::Here && is_ours {
            clusters
                .entry(contract.cluster.to_string())
                .or_default()
                .push(contract.application.directory.clone());
        }
        // One that an environment names is somebody else's.
        if contract.spec.application.project.is_some() {
            continue;
        }
        let key = (
            contract.application.instance.to_string(),
            contract.at.commons.to_string(),
        );
        let project = projects.entry(key).or_default();
        let mut reach = |namespace: &str| {
            let place = (destination.clone(), namespace.to_owned());
            if !project.destinations.contains(&place) {
                project.destinations.push(place);
            }
        };
        reach(&contract.namespace);
        if contract.runs("hatchery") {
            reach(&contract.jupyter_namespace);
        }
    }
    SharedInput {
        fleet: view.fleet.spec.name.to_string(),
        gitops: gitops.clone(),
        repositories,
        projects,
        clusters,
        installed,
    }
}
