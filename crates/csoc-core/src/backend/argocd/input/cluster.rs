//! What a cluster's values for cluster-level-resources and its Application depend on.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::destination::{Destination, delivered, destination};
use crate::backend::argocd::addons::{Subject, policies_of_network};
use crate::backend::argocd::{policies, volumes};
use crate::backend::{FleetView, acme};
use crate::catalog::{AddonCatalog, AddonFacts};
use crate::contract::{ClusterContract, ClusterRolePurpose, CredentialContract, EksContract, Pool};
use crate::model::Mode;
use crate::model::cluster::Addon;
use crate::model::deferred::Deferred;
use crate::model::fleet::{Chart, Gitops};
use crate::model::name::KeyPath;
use crate::model::nodes::Provisioner;
use crate::model::stack::{OutputKind, StackKind};
use crate::resolve::ResolvedFleet;
use crate::span::Span;
use crate::value::Exact;
use crate::value::overlay::{Nulls, merge};

/// A cluster's values for cluster-level-resources, and its Application.
#[derive(Debug, serde::Serialize)]
pub(crate) struct ClusterInput {
    pub(crate) name: String,
    pub(crate) project: String,
    pub(crate) account_id: String,
    pub(crate) region: String,
    /// The tag that node pools find their subnets by.
    pub(crate) vpc: String,
    pub(crate) endpoint: Option<Deferred<String>>,
    pub(crate) addons: BTreeMap<String, Addon>,
    /// Values of add-ons by name.
    pub(crate) addon_values: BTreeMap<String, Exact>,
    /// Add-ons that the environments need.
    pub(crate) needed: Vec<&'static str>,
    /// Raw values of the chart's node pools.
    pub(crate) nodes: Option<Exact>,
    /// Objects beside its add-ons, by the names of their files: who issues certificates, what volumes are of, what policies the chart lacks.
    pub(crate) objects: Vec<(String, Exact)>,
    /// What makes nodes, where it is in the cluster or EKS itself.
    pub(crate) scaling: Option<Scaling>,
    /// Whether Terraform of ours makes the cluster's machines, which pods without the host's network learn nothing of.
    pub(crate) owns_machines: bool,
    pub(crate) overlay: Option<Exact>,
    pub(crate) omit: Vec<KeyPath>,
    /// Files beside the values, by their path there.
    pub(crate) content: Vec<Beside>,
    pub(crate) gitops: Gitops,
    pub(crate) chart: Option<Chart>,
    pub(crate) destination: Destination,
    /// What its Argo CD shows to the repository, and the role that brings it there.
    pub(crate) credential: Option<(CredentialContract, String)>,
    /// Where the model names add-ons.
    #[serde(skip)]
    pub(crate) place: Option<Span>,
    /// Whether the values, and whether the Application, are ours to write.
    pub(crate) values: bool,
    pub(crate) applications: bool,
}

/// Node pools that are objects in the cluster.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Scaling {
    pub(crate) provisioner: Provisioner,
    /// The queue that tells Karpenter of machines that go.
    pub(crate) queue: Option<String>,
    /// The instance profile of its machines.
    pub(crate) profile: String,
    /// The release of their image.
    pub(crate) image: Option<String>,
    pub(crate) pools: Vec<Pool>,
}

/// A file beside a cluster's values.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Beside {
    /// Its path there.
    pub(crate) name: String,
    /// Where it lies below `content/`.
    pub(crate) path: String,
    /// Its bytes; none where there is no such file.
    pub(crate) bytes: Option<Arc<[u8]>>,
}

pub(super) fn cluster(
    view: &FleetView<'_>,
    contract: &ClusterContract,
    gitops: &Gitops,
) -> Option<ClusterInput> {
    let name = contract.name.as_str();
    let resolved = view.fleet.cluster(name)?;
    let subject = Subject::new(view, contract)?;
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
        addon_values: addon_values(&subject),
        addons: resolved
            .spec
            .addons
            .iter()
            .map(|(name, addon)| (name.clone(), addon.clone()))
            .collect(),
        needed: subject.needed(),
        nodes: raw(&["nodes", "values"]),
        objects: objects(view, contract),
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

/// Who issues certificates, what volumes are of, and what policies the chart lacks. Where the hub pushes, the first stands
/// beside cert-manager.
fn objects(view: &FleetView<'_>, contract: &ClusterContract) -> Vec<(String, Exact)> {
    let cluster = contract.name.as_str();
    let issuers = match destination(view, cluster) {
        Destination::Here => acme::issuers(view, cluster),
        Destination::Named(_) => Vec::new(),
    };
    let classes = contract.eks.as_ref().and_then(volumes::class);
    let network = Subject::new(view, contract).and_then(|subject| policies_of_network(&subject));
    let own = issuers.into_iter().chain(classes).chain(network);
    own.map(|(name, node)| (name, Exact(node)))
        .chain(policies::of_others(view, cluster))
        .collect()
}

/// The values of add-ons by name: what the fleet says over what is ours.
///
/// Where the machines are ours, those that the chart has for some add-ons do not fit; whoever says raw values of one wants
/// the chart's.
fn addon_values(subject: &Subject<'_>) -> BTreeMap<String, Exact> {
    let at = |path: &[&str]| {
        let path: Vec<&str> = ["clusters", subject.name()]
            .iter()
            .chain(path)
            .copied()
            .collect();
        subject.view.fleet.root.path(&path)
    };
    let of = |addon: &str, facts: &AddonFacts| {
        let is_own =
            facts.own && subject.contract.eks.is_some() && at(&["values", addon]).is_none();
        let own = is_own.then(|| subject.values(addon));
        let given = at(&["addons", addon, "values"]);
        match (own, given) {
            (Some(own), Some(given)) => Some(merge(own, given, Nulls::Data)),
            (own, given) => own.or_else(|| given.cloned()),
        }
    };
    let all = AddonCatalog::embedded().iter();
    all.filter_map(|(addon, facts)| Some((addon.to_owned(), Exact(of(addon, facts)?))))
        .collect()
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
pub(crate) fn scaling(contract: &ClusterContract) -> Option<Scaling> {
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
