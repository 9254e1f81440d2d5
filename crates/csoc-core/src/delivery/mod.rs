//! What Argo CD is to run: every Application of a fleet or of a rendered tree, and the cluster whose Argo CD has it.
//!
//! Whoever looks at clusters compares it with what they say.

mod image;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::context::{Context, Stopped};
use crate::contract::ARGO_CD;
use crate::diagnostic::Diagnostics;
use crate::fleet::Fleet;
use crate::gitops::{self, Application, Deployment, Parsed, Repository};
use crate::model::deferred::Deferred;
use crate::model::stack::{OutputKind, StackKind};
use crate::render::CompileOptions;
use crate::resolve::ResolvedFleet;
use crate::span::{SourceFile, Sources};
use crate::tree::{BackendName, Tree};
use crate::value::Node;
use crate::verify::{Taking, VerifyError, read_repository};
use crate::write::Manifest;

/// The directory of what a hub pushes, which stands for the hub's cluster.
const HUB: &str = "hub";
/// The list of what was rendered.
const MANIFEST: &str = "manifest.json";

/// Every Application that is to be, and the clusters that have to do with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Deliveries {
    /// The clusters, in order of name.
    pub clusters: Vec<DeliveredCluster>,
    /// The Applications, in order of cluster and name.
    pub applications: Vec<DeliveredApplication>,
}

/// A cluster, as somebody who wants to reach it looks for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct DeliveredCluster {
    /// Its name in the fleet, or its directory.
    pub name: String,
    /// The account that it is in, twelve digits, where that is known.
    pub account: Option<String>,
    /// The account's name in the fleet.
    pub account_name: Option<String>,
    /// The region that it is in.
    pub region: Option<String>,
    /// The tier of the environment on it that matters most.
    pub tier: Option<String>,
    /// The address of its API, where that is recorded.
    pub server: Option<String>,
}

/// An Application that is to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct DeliveredApplication {
    /// The cluster whose Argo CD has it.
    pub cluster: String,
    /// Its name.
    pub name: String,
    /// The namespace that it is in.
    pub namespace: String,
    /// The object of the fleet that it is of; a deployment's directory where no fleet is known.
    pub object: String,
    /// The tier, where it is an environment's and the fleet is known.
    pub tier: Option<String>,
    /// The cluster that it deploys to.
    pub deploys_to: String,
    /// The namespace that it deploys to.
    pub deploys_into: Option<String>,
    /// Its sources, in order.
    pub sources: Vec<DeliveredSource>,
    /// The images that its values name, by repository, each with its tags.
    pub images: BTreeMap<String, BTreeSet<String>>,
}

/// A source of an Application.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct DeliveredSource {
    /// The repository's address.
    pub repository: String,
    /// The chart, where the repository is one of charts.
    pub chart: Option<String>,
    /// The directory in a git repository.
    pub path: Option<String>,
    /// The branch, tag, commit or version that is wanted.
    pub revision: Option<String>,
}

impl Fleet {
    /// Every Application of the fleet, of observed objects too. What waits for outputs is taken as it is.
    pub fn deliveries(&self, context: &Context) -> Result<Deliveries, Stopped> {
        let mut options = CompileOptions {
            include_observed: true,
            allow_pending: true,
            ..CompileOptions::default()
        };
        options.backends = [BackendName::Helm, BackendName::Argocd].into();
        let (tree, _) = self.compile(&options, context)?;
        let (repository, objects) = read(&tree);
        let mut deliveries = Deliveries::of(&repository, &objects);
        let resolved = self.resolved();
        let tiers: BTreeMap<String, &'static str> = resolved
            .environments
            .iter()
            .map(|(at, environment)| (at.to_string(), environment.spec.tier.as_str()))
            .collect();
        for application in &mut deliveries.applications {
            let tier = tiers.get(&application.object);
            application.tier = tier.map(|tier| (*tier).to_owned());
        }
        for cluster in &mut deliveries.clusters {
            if let Some((name, contract)) = self.contracts().clusters.get_key_value(&*cluster.name)
            {
                let stack = resolved.cluster_stack(name, StackKind::Cluster);
                let server = stack.map(|stack| {
                    let output = ResolvedFleet::output(stack, OutputKind::ClusterEndpoint, None);
                    resolved.outputs.text(&output)
                });
                cluster.account = Some(contract.account_id.to_string());
                cluster.account_name = Some(contract.account.to_string());
                cluster.region = Some(contract.region.to_string());
                cluster.tier = resolved
                    .cluster_tier(name)
                    .map(|tier| tier.as_str().to_owned());
                cluster.server = server.and_then(|server| match server {
                    Deferred::Known(server, _) => Some(server),
                    Deferred::Pending(_) => None,
                });
            }
        }
        Ok(deliveries)
    }
}

/// Every Application of a tree on disk: one that was rendered, or a GitOps repository of anybody.
///
/// Tiers, accounts and addresses are not known of it; what cannot be read is left out, as `csoc verify` says.
pub fn deliveries(
    path: impl AsRef<Utf8Path>,
    context: &Context,
) -> Result<Deliveries, VerifyError> {
    let path = path.as_ref();
    context.run(|| {
        let ours = path.join("gitops");
        let root = if ours.is_dir() { ours } else { path.to_owned() };
        let files = read_repository(&root, Taking::Checked)?;
        let mut sources = Sources::default();
        let repository = gitops::read(&files, &mut sources, &mut Diagnostics::default());
        let at = root.join(MANIFEST);
        let objects = match fs_err::read(&at) {
            Ok(text) => {
                let manifest =
                    Manifest::parse(&text, &at).map_err(|source| VerifyError::Manifest {
                        source: Box::new(source),
                    })?;
                let files = manifest.files.into_iter();
                files
                    .map(|(path, entry)| (path.as_str().into(), entry.object.to_string()))
                    .collect()
            }
            // Somebody else's repository has none.
            Err(_) => BTreeMap::new(),
        };
        Ok(Deliveries::of(&repository, &objects))
    })
}

/// The repository that a tree in memory is, and the object of each of its files.
fn read(tree: &Tree) -> (Repository, BTreeMap<Utf8PathBuf, String>) {
    let mut sources = Sources::default();
    // Nothing is reported: any place will do.
    let anywhere = sources.add(SourceFile::new("fleet.yaml", ""));
    let mut objects = BTreeMap::new();
    let mut parsed = Vec::new();
    for file in tree.iter() {
        let Ok(below) = file.path().strip_prefix("gitops") else {
            continue;
        };
        objects.insert(below.to_owned(), file.object().to_owned());
        parsed.push(Parsed::of_ours(below, file, Some(anywhere)));
    }
    (Repository::new(parsed), objects)
}

impl Deliveries {
    fn of(repository: &Repository, objects: &BTreeMap<Utf8PathBuf, String>) -> Self {
        let hub = hub(repository);
        let mut applications: Vec<DeliveredApplication> = repository
            .applications()
            .filter_map(|(deployment, application)| {
                let cluster = match application.instance() {
                    HUB => hub.unwrap_or(HUB),
                    cluster => cluster,
                };
                of_application(cluster, deployment, application, objects)
            })
            .collect();
        applications.sort();
        let names: BTreeSet<&str> = applications
            .iter()
            .flat_map(|application| [&*application.cluster, &*application.deploys_to])
            .collect();
        let clusters = names.into_iter().map(|name| DeliveredCluster {
            name: name.to_owned(),
            account: None,
            account_name: None,
            region: None,
            tier: None,
            server: None,
        });
        Self {
            clusters: clusters.collect(),
            applications,
        }
    }
}

/// The cluster whose Argo CD reads the hub's directory.
fn hub(repository: &Repository) -> Option<&str> {
    let reads_it = |application: &&Application| {
        let mut paths = application
            .sources
            .iter()
            .filter_map(|source| source.path.as_deref());
        application.instance() != HUB
            && paths.any(|path| path.trim_end_matches('/').rsplit('/').next() == Some(HUB))
    };
    repository
        .applications()
        .map(|(_, application)| application)
        .find(reads_it)
        .map(Application::instance)
}

fn of_application(
    cluster: &str,
    deployment: Option<&Deployment>,
    application: &Application,
    objects: &BTreeMap<Utf8PathBuf, String>,
) -> Option<DeliveredApplication> {
    let name = application.name.as_deref()?;
    let text = |path: &[&str]| application.node.path(path).and_then(Node::text);
    let deploys_to = match application.cluster.as_deref() {
        Some(to) if !application.is_here() => to,
        _ => cluster,
    };
    // One of several that a set makes is its values' own; the set itself is of all of them.
    let own = deployment.and_then(|deployment| deployment.files.first().map(|file| &file.path));
    let object = own
        .and_then(|path| objects.get(path))
        .or_else(|| objects.get(&application.path))
        .cloned()
        .or_else(|| deployment.map(Deployment::directory))
        .unwrap_or_else(|| cluster.to_owned());
    let is_gen3 = application.chart().is_some();
    let sources = application.sources.iter().map(|source| DeliveredSource {
        repository: source.repository.as_deref().unwrap_or_default().to_owned(),
        chart: source.chart.as_deref().map(str::to_owned),
        path: source.path.as_deref().map(str::to_owned),
        revision: source.revision.as_deref().map(str::to_owned),
    });
    Some(DeliveredApplication {
        cluster: cluster.to_owned(),
        name: name.to_owned(),
        namespace: text(&["metadata", "namespace"])
            .unwrap_or(ARGO_CD)
            .to_owned(),
        object,
        tier: None,
        deploys_to: deploys_to.to_owned(),
        deploys_into: application.namespace.as_deref().map(str::to_owned),
        sources: sources.collect(),
        images: match deployment.filter(|_| is_gen3) {
            Some(deployment) => image::images(&deployment.values),
            None => BTreeMap::new(),
        },
    })
}
