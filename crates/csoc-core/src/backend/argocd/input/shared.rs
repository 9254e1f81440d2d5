//! What the Applications of the fleet share.

use std::collections::{BTreeMap, BTreeSet};

use super::destination::{Destination, delivered, destination};
use super::environment::{EnvironmentInput, rolls};
use super::platform::{Platform, platforms};
use crate::backend::FleetView;
use crate::backend::argocd::cutover::has_runbooks;
use crate::contract::{EnvironmentContract, FleetHost, hosts};
use crate::model::Commons;
use crate::model::commons::CommonsAccess;
use crate::model::delivery::{HeldSyncs, SyncWindow};
use crate::model::environment::Records;
use crate::model::fleet::Gitops;

/// What all applications of the fleet share.
#[derive(Debug, serde::Serialize)]
pub(crate) struct SharedInput {
    pub(crate) fleet: String,
    pub(crate) gitops: Gitops,
    /// Projects by Argo CD instance and commons.
    pub(crate) projects: BTreeMap<(String, String), Project>,
    /// The projects of what is no commons, by Argo CD instance.
    pub(crate) platforms: BTreeMap<String, Platform>,
    /// Clusters whose Argo CD pulls, with the directories of their environments.
    pub(crate) clusters: BTreeMap<String, Vec<String>>,
    /// Records that nothing keeps: a person makes them.
    pub(crate) by_hand: Vec<HandRecord>,
    /// Whether environments share a host name, each with a runbook of how requests move.
    pub(crate) has_runbooks: bool,
    /// Those in which Terraform installs Argo CD and its root.
    pub(crate) installed: BTreeSet<String>,
    /// The hub's cluster, with the clusters that it pushes to and the directories of their environments.
    pub(crate) hub: Option<(String, BTreeMap<String, Vec<String>>)>,
}

/// A record that a person makes.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) struct HandRecord {
    /// The host.
    pub(crate) host: String,
    /// The cluster that answers there.
    pub(crate) cluster: String,
    /// The namespace of the ingress that says where it leads.
    pub(crate) namespace: String,
}

/// What the applications of one commons may reach.
#[derive(Debug, Default, serde::Serialize)]
pub(crate) struct Project {
    /// Where they deploy to, and into which namespaces.
    pub(crate) destinations: Vec<(Destination, String)>,
    /// Repositories that they take charts and values from.
    pub(crate) repositories: BTreeSet<String>,
    /// Who may look at them, and who may run them.
    pub(crate) access: CommonsAccess,
    /// When they are synced, and when not.
    pub(crate) windows: Vec<Window>,
}

/// A window of time of one Application.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Window {
    /// The Application.
    pub(crate) application: String,
    /// When, and for whom.
    pub(crate) settings: SyncWindow,
    /// Whether a person may sync all the same.
    pub(crate) lets_people: bool,
}

pub(super) fn shared(
    view: &FleetView<'_>,
    applications: &[(&EnvironmentContract, EnvironmentInput)],
    gitops: &Gitops,
) -> SharedInput {
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
    let mut hub = pushed(view);
    for (contract, input) in applications {
        let destination = destination(view, contract.cluster.as_str());
        let directory = contract.application.directory.clone();
        // Where somebody else owns a cluster's applications, its root is theirs, too.
        let is_ours = view
            .fleet
            .cluster(contract.cluster.as_str())
            .is_some_and(|cluster| view.renders(cluster.spec.management.applications));
        if destination == Destination::Here && is_ours {
            clusters
                .entry(contract.cluster.to_string())
                .or_default()
                .push(directory);
        } else if let Some((_, pushed)) = &mut hub
            && destination != Destination::Here
        {
            pushed
                .entry(contract.cluster.to_string())
                .or_default()
                .push(directory);
        }
        // One that an environment names is somebody else's.
        if contract.spec.application.project.is_some() {
            continue;
        }
        let key = (
            contract.application.instance.to_string(),
            contract.at.commons.to_string(),
        );
        let project = projects.entry(key).or_insert_with(|| Project {
            access: view
                .fleet
                .commons
                .get(&contract.at.commons)
                .map(|commons| commons.access.clone())
                .unwrap_or_default(),
            ..Project::default()
        });
        project.add(contract, input, &destination);
        let commons = view.fleet.commons.get(&contract.at.commons);
        project.windows(input, commons);
    }
    SharedInput {
        fleet: view.fleet.spec.name.to_string(),
        gitops: gitops.clone(),
        projects,
        platforms: platforms(view, gitops),
        clusters,
        by_hand: by_hand(view, applications),
        has_runbooks: has_runbooks(view),
        installed,
        hub,
    }
}

/// The hosts whose records neither the cluster nor Terraform keeps, of what is rendered here.
fn by_hand(
    view: &FleetView<'_>,
    applications: &[(&EnvironmentContract, EnvironmentInput)],
) -> Vec<HandRecord> {
    let environments: BTreeSet<String> = applications
        .iter()
        .map(|(contract, _)| contract.at.to_string())
        .collect();
    let is_here = |host: &FleetHost| {
        let cluster = view.fleet.cluster(host.cluster.as_str());
        let of_cluster = cluster.is_some_and(|it| view.renders(it.spec.management.applications));
        let is_environment = host.object.starts_with("commons.");
        environments.contains(&host.object) || (!is_environment && of_cluster)
    };
    let mut records: Vec<HandRecord> = hosts(view.fleet, view.contracts)
        .into_iter()
        .filter(|host| host.records == Records::Manual && is_here(host))
        .map(|host| HandRecord {
            host: host.host,
            cluster: host.cluster.to_string(),
            namespace: host.namespace,
        })
        .collect();
    records.sort();
    records
}

/// The hub's cluster and the clusters that it pushes to, where it pushes to one whose applications are ours.
fn pushed(view: &FleetView<'_>) -> Option<(String, BTreeMap<String, Vec<String>>)> {
    let hub = view.fleet.spec.hub.as_ref()?.cluster.as_ref()?;
    let clusters = view.fleet.clusters.iter().filter(|(name, cluster)| {
        destination(view, name.as_str()) != Destination::Here
            && view.renders(cluster.spec.management.applications)
    });
    let pushed: BTreeMap<String, Vec<String>> = clusters
        .map(|(name, _)| (name.to_string(), Vec::new()))
        .collect();
    (!pushed.is_empty()).then(|| (hub.to_string(), pushed))
}

impl Project {
    /// Lets an environment in.
    fn add(
        &mut self,
        contract: &EnvironmentContract,
        input: &EnvironmentInput,
        destination: &Destination,
    ) {
        let mut reach = |namespace: &str| {
            let place = (destination.clone(), namespace.to_owned());
            if !self.destinations.contains(&place) {
                self.destinations.push(place);
            }
        };
        reach(&contract.namespace);
        if contract.runs("hatchery") {
            reach(&contract.jupyter_namespace);
        }
        self.repositories.extend([
            input.chart.repository.to_string(),
            input.gitops.repository.to_string(),
        ]);
    }

    fn windows(&mut self, input: &EnvironmentInput, commons: Option<&Commons>) {
        // What a rolling sync starts counts as started by a person.
        let rolls = commons.is_some_and(|commons| rolls(input, commons.rollout));
        let windows = input.sync.windows.iter().map(|window| Window {
            application: input.name.clone(),
            settings: window.clone(),
            lets_people: window.holds == HeldSyncs::Automated && !rolls,
        });
        self.windows.extend(windows);
    }
}
