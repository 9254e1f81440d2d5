//! What applications, clusters and projects depend on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::components::{self, Component};
use super::policies;
use crate::backend::helm::layout;
use crate::backend::{FleetView, Unit, acme};
use crate::catalog::AddonCatalog;
use crate::contract::{
    ClusterContract, ClusterRolePurpose, CredentialContract, DeliveryContract, EksContract,
    EnvironmentContract, Pool,
};
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::model::cluster::{Addon, Delivery};
use crate::model::deferred::Deferred;
use crate::model::environment::{Certificate, ChartSettings, Sync};
use crate::model::fleet::{Chart, Gitops};
use crate::model::name::KeyPath;
use crate::model::nodes::Provisioner;
use crate::model::stack::{OutputKind, StackKind};
use crate::model::{Lifecycle, Mode, Tier};
use crate::resolve::ResolvedFleet;
use crate::span::Span;
use crate::value::{Exact, Node};

/// The fleet does not say where charts or values come from.
const APPLICATION_SOURCE_MISSING: Code = Code::new("application-source-missing");

/// The input of one unit.
#[derive(Debug, serde::Serialize)]
pub(crate) enum Input {
    Environment(Box<EnvironmentInput>),
    Cluster(Box<ClusterInput>),
    Component(Box<Component>),
    Shared(SharedInput),
    Missing(MissingInput),
}

/// An environment's Application.
#[derive(Debug, serde::Serialize)]
pub(crate) struct EnvironmentInput {
    pub(super) name: String,
    pub(super) cluster: String,
    /// Where it runs, as Argo CD names the cluster.
    pub(super) destination: Destination,
    pub(super) project: String,
    pub(super) namespace: String,
    pub(super) release_name: String,
    /// Its directory below `gitops`.
    pub(super) directory: String,
    pub(super) values_files: Vec<String>,
    pub(super) chart: Chart,
    pub(super) gitops: Gitops,
    pub(super) sync: Sync,
    /// Raw fields of the Application.
    pub(super) fields: Option<Exact>,
    pub(super) omit: Vec<KeyPath>,
    /// Whether deleting the Application deletes what it made.
    pub(super) cascades: bool,
}

/// Where an Application deploys to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) enum Destination {
    /// The cluster that Argo CD runs in.
    Here,
    /// A cluster that the hub's Argo CD knows by this name.
    Named(String),
}

/// A cluster's values for cluster-level-resources, and its Application.
#[derive(Debug, serde::Serialize)]
pub(crate) struct ClusterInput {
    pub(super) name: String,
    pub(super) project: String,
    pub(super) account_id: String,
    pub(super) region: String,
    /// The tag that node pools find their subnets by.
    pub(super) vpc: String,
    pub(super) endpoint: Option<Deferred<String>>,
    pub(super) addons: BTreeMap<String, Addon>,
    /// Values of add-ons by name.
    pub(super) addon_values: BTreeMap<String, Exact>,
    /// Add-ons that the environments need.
    pub(super) needed: Vec<&'static str>,
    /// Raw values of the chart's node pools.
    pub(super) nodes: Option<Exact>,
    /// Objects beside its add-ons, by the names of their files: who issues certificates, and what policies the chart lacks.
    pub(super) objects: Vec<(String, Exact)>,
    /// What makes nodes, where it is in the cluster or EKS itself.
    pub(super) scaling: Option<Scaling>,
    /// Whether Terraform of ours makes the cluster's machines, which pods without the host's network learn nothing of.
    pub(super) owns_machines: bool,
    pub(super) overlay: Option<Exact>,
    pub(super) omit: Vec<KeyPath>,
    /// Files beside the values, by their path there.
    pub(super) content: Vec<Beside>,
    pub(super) gitops: Gitops,
    pub(super) chart: Option<Chart>,
    pub(super) destination: Destination,
    /// What its Argo CD shows to the repository, and the role that brings it there.
    pub(super) credential: Option<(CredentialContract, String)>,
    /// Where the model names add-ons.
    #[serde(skip)]
    pub(super) place: Option<Span>,
    /// Whether the values, and whether the Application, are ours to write.
    pub(super) values: bool,
    pub(super) applications: bool,
}

/// Node pools that are objects in the cluster.
#[derive(Debug, serde::Serialize)]
pub(super) struct Scaling {
    pub(super) provisioner: Provisioner,
    /// The queue that tells Karpenter of machines that go.
    pub(super) queue: Option<String>,
    /// The instance profile of its machines.
    pub(super) profile: String,
    /// The release of their image.
    pub(super) image: Option<String>,
    pub(super) pools: Vec<Pool>,
}

/// A file beside a cluster's values.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Beside {
    /// Its path there.
    pub(super) name: String,
    /// Where it lies below `content/`.
    pub(super) path: String,
    /// Its bytes; none where there is no such file.
    pub(super) bytes: Option<Arc<[u8]>>,
}

/// What all applications of the fleet share.
#[derive(Debug, serde::Serialize)]
pub(crate) struct SharedInput {
    pub(super) fleet: String,
    pub(super) gitops: Gitops,
    /// Repositories that applications take charts and values from.
    pub(super) repositories: Vec<String>,
    /// Projects by Argo CD instance and commons.
    pub(super) projects: BTreeMap<(String, String), Project>,
    /// Clusters whose Argo CD pulls, with the directories of their environments.
    pub(super) clusters: BTreeMap<String, Vec<String>>,
    /// Those in which Terraform installs Argo CD and its root.
    pub(super) installed: BTreeSet<String>,
}

/// What the applications of one commons may reach.
#[derive(Debug, Default, serde::Serialize)]
pub(crate) struct Project {
    /// Where they deploy to, and into which namespaces.
    pub(super) destinations: Vec<(Destination, String)>,
}

/// An object whose Applications cannot be written.
#[derive(Debug, serde::Serialize)]
pub(crate) struct MissingInput {
    field: &'static str,
}

impl MissingInput {
    pub(super) fn report(&self, object: &str, found: &mut Diagnostics) {
        found.push(
            Finding::warning(
                APPLICATION_SOURCE_MISSING,
                format!(
                    "applications are left out: the fleet has no `{}`",
                    self.field
                ),
            )
            .help("say in fleet.yaml where Argo CD finds it, with a revision that does not move")
            .object(object)
            .path(self.field),
        );
    }
}

/// All units: environments, clusters, and what they share.
pub(super) fn units(view: &FleetView<'_>) -> Vec<Unit<Input>> {
    let spec = &view.fleet.spec;
    let Some(gitops) = &spec.gitops else {
        return missing(view, "gitops");
    };
    let Some(chart) = &spec.charts.gen3 else {
        return missing(view, "charts.gen3");
    };
    let applications: Vec<&EnvironmentContract> = view
        .contracts
        .environments
        .values()
        .filter(|contract| contract.spec.lifecycle != Lifecycle::Retired)
        .filter(|contract| view.renders(contract.spec.management.applications))
        .collect();
    let mut units: Vec<Unit<Input>> = applications
        .iter()
        .map(|contract| Unit {
            id: contract.at.to_string(),
            object: contract.at.to_string(),
            input: Input::Environment(Box::new(environment(view, contract, gitops, chart))),
        })
        .collect();
    let mut on: BTreeMap<&str, Vec<&EnvironmentContract>> = BTreeMap::new();
    for contract in view.contracts.environments.values() {
        if contract.spec.lifecycle != Lifecycle::Retired {
            on.entry(contract.cluster.as_str())
                .or_default()
                .push(contract);
        }
    }
    for (name, contract) in &view.contracts.clusters {
        let on = on.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        if let Some(input) = cluster(view, contract, on, gitops) {
            units.push(Unit {
                id: format!("clusters.{name}"),
                object: format!("clusters.{name}"),
                input: Input::Cluster(Box::new(input)),
            });
        }
    }
    units.extend(components::units(view, gitops));
    let shared = shared(view, &applications, gitops);
    if !(applications.is_empty() && shared.clusters.is_empty()) {
        units.push(Unit {
            id: "fleet".to_owned(),
            object: "fleet".to_owned(),
            input: Input::Shared(shared),
        });
    }
    units
}

fn missing(view: &FleetView<'_>, field: &'static str) -> Vec<Unit<Input>> {
    if view.contracts.environments.is_empty() {
        return Vec::new();
    }
    vec![Unit {
        id: "fleet".to_owned(),
        object: "fleet".to_owned(),
        input: Input::Missing(MissingInput { field }),
    }]
}

pub(super) fn destination(view: &FleetView<'_>, cluster: &str) -> Destination {
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

fn environment(
    view: &FleetView<'_>,
    contract: &EnvironmentContract,
    gitops: &Gitops,
    chart: &Chart,
) -> EnvironmentInput {
    let spec = &contract.spec;
    EnvironmentInput {
        name: contract.application.name.clone(),
        cluster: contract.cluster.to_string(),
        destination: destination(view, contract.cluster.as_str()),
        project: spec
            .application
            .project
            .as_ref()
            .map_or_else(|| contract.at.commons.to_string(), ToString::to_string),
        namespace: contract.namespace.clone(),
        release_name: contract.release_name.clone(),
        directory: layout::directory(contract),
        values_files: layout::values_files(contract),
        chart: own_chart(chart, spec.chart.as_ref()),
        gitops: Gitops {
            revision: spec
                .application
                .revision
                .clone()
                .unwrap_or_else(|| gitops.revision.clone()),
            ..gitops.clone()
        },
        sync: spec.sync,
        fields: view
            .fleet
            .environments
            .get(&contract.at)
            .and_then(|resolved| resolved.layers.merged.path(&["application", "fields"]))
            .cloned()
            .map(Exact),
        omit: spec.application.omit.clone(),
        cascades: spec.tier != Tier::Prod || spec.lifecycle == Lifecycle::Retiring,
    }
}

/// The fleet's chart with what an environment says otherwise.
fn own_chart(chart: &Chart, own: Option<&ChartSettings>) -> Chart {
    let Some(own) = own else {
        return chart.clone();
    };
    let mut chart = chart.clone();
    if let Some(repository) = &own.repository {
        chart.repository = repository.clone();
    }
    if let Some(path) = &own.path {
        chart.path = Some(path.clone());
    }
    if let Some(revision) = &own.revision {
        chart.revision = revision.clone();
    }
    chart
}

fn cluster(
    view: &FleetView<'_>,
    contract: &ClusterContract,
    environments: &[&EnvironmentContract],
    gitops: &Gitops,
) -> Option<ClusterInput> {
    let name = contract.name.as_str();
    let resolved = view.fleet.cluster(name)?;
    let values = view.renders(resolved.spec.management.values);
    let applications = view.renders(resolved.spec.management.applications);
    if !values && !applications {
        return None;
    }
    let raw = |path: &[&str]| {
        let path: Vec<&str> = ["clusters", name].iter().chain(path).copied().collect();
        view.fleet.root.path(&path).cloned().map(Exact)
    };
    let cluster_name = &contract.name;
    let stack = view.fleet.cluster_stack(cluster_name, StackKind::Cluster);
    let endpoint = stack
        .filter(|stack| {
            // Karpenter can ask the cloud itself; a cluster that somebody else made need not be recorded for it.
            resolved.spec.management.terraform != Mode::External || view.fleet.outputs.has(stack)
        })
        .map(|stack| {
            let output = ResolvedFleet::output(stack, OutputKind::ClusterEndpoint, None);
            view.fleet.outputs.text(&output)
        });
    Some(ClusterInput {
        name: name.to_owned(),
        project: resolved
            .spec
            .project
            .as_ref()
            .unwrap_or(&view.fleet.spec.name)
            .to_string(),
        account_id: contract.account_id.to_string(),
        region: contract.region.to_string(),
        vpc: contract.vpc.clone(),
        endpoint,
        addon_values: resolved
            .spec
            .addons
            .keys()
            .filter_map(|addon| {
                let values = raw(&["addons", addon.as_ref(), "values"])?;
                Some((addon.clone(), values))
            })
            .collect(),
        addons: resolved
            .spec
            .addons
            .iter()
            .map(|(name, addon)| (name.clone(), addon.clone()))
            .collect(),
        needed: needed(environments)
            .into_iter()
            .filter(|addon| {
                *addon != "alb-controller" || resolved.spec.platform.ingress_class().is_none()
            })
            .collect(),
        nodes: raw(&["nodes", "values"]),
        objects: issuers(view, name)
            .into_iter()
            .chain(policies::policies(view, name))
            .map(|(name, node)| (name, Exact(node)))
            .collect(),
        scaling: scaling(contract),
        owns_machines: contract.eks.is_some(),
        overlay: raw(&["values"]),
        omit: resolved.spec.omit.clone(),
        content: resolved
            .spec
            .content
            .iter()
            .map(|(name, path)| Beside {
                name: name.clone(),
                path: path.to_string(),
                bytes: view
                    .fleet
                    .loaded
                    .content
                    .get(camino::Utf8Path::new(path.as_str()))
                    .map(|file| file.bytes.clone()),
            })
            .collect(),
        gitops: gitops.clone(),
        chart: view.fleet.spec.charts.cluster_level_resources.clone(),
        destination: destination(view, name),
        credential: credential(view, contract),
        place: view.fleet.place(&["clusters", name, "addons"]),
        values,
        applications,
    })
}

/// Who issues certificates; where the hub pushes, that stands beside cert-manager.
fn issuers(view: &FleetView<'_>, cluster: &str) -> Vec<(String, Node)> {
    match destination(view, cluster) {
        Destination::Here => acme::issuers(view, cluster),
        Destination::Named(_) => Vec::new(),
    }
}

fn credential(
    view: &FleetView<'_>,
    contract: &ClusterContract,
) -> Option<(CredentialContract, String)> {
    let credential = delivered(view, contract)?.credential.clone()?;
    let eks = contract.eks.as_ref()?;
    let role = eks.role(ClusterRolePurpose::ArgoCdRepository)?;
    Some((credential, role.arn.clone()))
}

/// The node pools that are objects in the cluster: Karpenter's, and those of Auto Mode that the model adds to its own.
pub(super) fn scaling(contract: &ClusterContract) -> Option<Scaling> {
    let eks = contract.eks.as_ref()?;
    let nodes = eks.spec.nodes.as_ref()?;
    let pools = match eks.provisioner() {
        Provisioner::Karpenter => eks.node_pools(),
        Provisioner::Auto if !nodes.pools.is_empty() || eks.has_workspaces => eks.node_pools(),
        _ => return None,
    };
    Some(Scaling {
        provisioner: eks.provisioner(),
        queue: eks.queue.clone(),
        profile: EksContract::node_profile(&contract.name),
        image: nodes.image.as_ref().map(ToString::to_string),
        pools,
    })
}

/// The add-ons that a cluster's environments do not work without.
pub(super) fn needed(on: &[&EnvironmentContract]) -> Vec<&'static str> {
    let any = |wanted: fn(&EnvironmentContract) -> bool| on.iter().any(|one| wanted(one));
    let grows = any(|contract| {
        contract.services.iter().any(|service| {
            let autoscaling = service.settings.autoscaling.as_ref();
            service.enabled && autoscaling.is_some_and(|autoscaling| autoscaling.enabled)
        })
    });
    let issues = any(|contract| {
        matches!(
            contract.spec.certificate,
            Certificate::LeDns01 | Certificate::LeHttp01
        )
    });
    let isolates = any(|contract| contract.spec.network_policies);
    [
        ("alb-controller", true),
        ("external-secrets", true),
        ("metrics-server", grows),
        ("cert-manager", issues),
        ("calico", isolates),
    ]
    .into_iter()
    .filter(|(name, wanted)| *wanted && AddonCatalog::embedded().get(name).is_some())
    .map(|(name, _)| name)
    .collect()
}

fn shared(
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
