//! Charts of others that Argo CD installs in a cluster: an Application each, its values, and objects that stand beside it.
//!
//! A kind of component is a file here that gives [`Component`]s; how one reaches its cluster is decided once, below.

mod addons;
mod entrance;
mod hub;
mod observability;

use std::sync::Arc;

use super::application::destination;
use super::input::{Destination, Input};
use super::project::PLATFORM;
use super::{Files, map, object, source, sync};
use crate::backend::helm::layout;
use crate::backend::{FleetView, Unit};
use crate::catalog::{ComponentCatalog, ComponentFacts, Ignored};
use crate::contract::ARGO_CD;
use crate::model::fleet::Gitops;
use crate::value::{Exact, Node};

/// What is written of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
enum Parts {
    /// An Application, its values, and objects in a directory of their own.
    Application,
    /// Only objects, which the cluster's own Argo CD takes as they are.
    Objects,
}

/// A chart of somebody else, in a cluster.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Component {
    /// Its name in the catalog of components, and that of its Application where the cluster's own Argo CD installs it.
    pub(super) name: String,
    /// Its cluster.
    pub(super) cluster: String,
    /// The cluster as its Argo CD names it.
    pub(super) destination: Destination,
    /// What of it is written.
    parts: Parts,
    /// Where its chart comes from; its version may be the fleet's.
    pub(super) facts: ComponentFacts,
    /// The chart's values.
    pub(super) values: Exact,
    /// Kubernetes objects beside it, by file name without `.yaml`.
    pub(super) objects: Vec<(String, Exact)>,
    /// The repository that the values are in.
    pub(super) gitops: Gitops,
}

impl Component {
    /// A component of the catalog with these values; none where the catalog has no such.
    pub(super) fn new(
        name: &str,
        cluster: &str,
        destination: Destination,
        gitops: &Gitops,
        values: Node,
    ) -> Option<Self> {
        Some(Self {
            name: name.to_owned(),
            cluster: cluster.to_owned(),
            destination,
            parts: Parts::Application,
            facts: ComponentCatalog::embedded().get(name)?.clone(),
            values: Exact(values),
            objects: Vec::new(),
            gitops: gitops.clone(),
        })
    }

    /// Objects without a chart, for the cluster's own Argo CD.
    pub(super) fn objects(
        name: &str,
        cluster: &str,
        gitops: &Gitops,
        objects: Vec<(String, Node)>,
    ) -> Self {
        let objects = objects.into_iter();
        Self {
            name: name.to_owned(),
            cluster: cluster.to_owned(),
            destination: Destination::Here,
            parts: Parts::Objects,
            facts: ComponentFacts::default(),
            values: Exact(Node::map()),
            objects: objects.map(|(name, node)| (name, Exact(node))).collect(),
            gitops: gitops.clone(),
        }
    }

    /// Where its values and objects lie, in the repository.
    fn directory(&self) -> String {
        format!("{}/platform/{}", self.cluster, self.name)
    }
}

/// The components of each cluster whose applications are ours; none where no repository is named.
pub(in crate::backend) fn components(view: &FleetView<'_>) -> Vec<Arc<Component>> {
    let Some(gitops) = &view.fleet.spec.gitops else {
        return Vec::new();
    };
    let mut components = addons::components(view, gitops);
    components.extend(observability::components(view, gitops));
    hub::add(view, gitops, &mut components);
    components.extend(entrance::components(view, gitops));
    components.into_iter().map(Arc::new).collect()
}

/// A unit for each of them.
pub(super) fn units<'v>(view: &'v FleetView<'_>) -> impl Iterator<Item = Unit<Input>> + 'v {
    view.components().iter().map(|component| {
        let object = format!("clusters.{}", component.cluster);
        Unit {
            id: format!("{object}/{}", component.name),
            object,
            input: Input::Component(Arc::clone(component)),
        }
    })
}

/// The Application, the values, and the objects.
pub(super) fn compile(component: &Component, files: &mut Files<'_>) {
    if component.parts == Parts::Objects {
        for (name, node) in &component.objects {
            let path = format!("gitops/{}/argocd/{name}.yaml", component.cluster);
            files.yaml(path, node.0.clone());
        }
        return;
    }
    let directory = component.directory();
    files.yaml(
        format!("gitops/{directory}/values.yaml"),
        component.values.0.clone(),
    );
    for (name, node) in &component.objects {
        files.yaml(
            format!("gitops/{directory}/objects/{name}.yaml"),
            node.0.clone(),
        );
    }
    let (path, name) = match &component.destination {
        Destination::Here => (
            format!(
                "gitops/{}/argocd/{}.yaml",
                component.cluster, component.name
            ),
            component.name.clone(),
        ),
        Destination::Named(cluster) => (
            format!("gitops/hub/{cluster}/{}.yaml", component.name),
            format!("{cluster}-{}", component.name),
        ),
    };
    files.yaml(path, application(component, name, &directory));
}

fn application(component: &Component, name: String, directory: &str) -> Node {
    let facts = &component.facts;
    let metadata = map([
        ("name", name.into()),
        ("namespace", ARGO_CD.into()),
        (
            "annotations",
            map([(
                "argocd.argoproj.io/sync-wave",
                facts.wave.to_string().into(),
            )]),
        ),
    ]);
    let helm = map([
        ("releaseName", component.name.as_str().into()),
        (
            "valueFiles",
            Node::list([source::values_file(
                &component.gitops,
                &format!("{directory}/values.yaml"),
            )]),
        ),
    ]);
    let place = match &facts.path {
        Some(path) => ("path", path.as_str().into()),
        None => ("chart", facts.chart.as_str().into()),
    };
    let chart = map([
        place,
        ("repoURL", facts.repository.as_str().into()),
        ("targetRevision", facts.version.as_str().into()),
        ("helm", helm),
    ]);
    let mut values = source::values(&component.gitops);
    if !component.objects.is_empty() {
        // A source that is a reference may be read, too.
        let path = layout::in_repository(&component.gitops, &format!("{directory}/objects"));
        values.insert("path", path.into());
    }
    let policy = map([
        (
            "automated",
            map([("prune", true.into()), ("selfHeal", true.into())]),
        ),
        ("retry", sync::tries()),
        (
            "syncOptions",
            Node::list(
                [
                    "CreateNamespace=true",
                    "RespectIgnoreDifferences=true",
                    "ServerSideApply=true",
                ]
                .map(Node::from),
            ),
        ),
    ]);
    let mut spec = map([
        ("project", PLATFORM.into()),
        ("sources", Node::list([chart, values])),
        (
            "destination",
            destination(&component.destination, &facts.namespace),
        ),
        ("syncPolicy", policy),
    ]);
    if !facts.ignores.is_empty() {
        spec.insert(
            "ignoreDifferences",
            Node::list(facts.ignores.iter().map(ignored)),
        );
    }
    object("Application", metadata, spec)
}

/// What Argo CD leaves as it is in the cluster.
fn ignored(part: &Ignored) -> Node {
    let mut node = map([
        ("group", part.group.as_str().into()),
        ("kind", part.kind.as_str().into()),
        ("name", part.name.as_str().into()),
    ]);
    let texts = |texts: &[String]| Node::list(texts.iter().map(|text| text.as_str().into()));
    if !part.pointers.is_empty() {
        node.insert("jsonPointers", texts(&part.pointers));
    }
    if !part.paths.is_empty() {
        node.insert("jqPathExpressions", texts(&part.paths));
    }
    node
}
