//! One `ApplicationSet` a commons: a list of its environments, each with all that it is. It deletes nothing.

use std::collections::BTreeSet;

use super::super::application;
use super::super::input::{Destination, EnvironmentInput, rolls};
use super::super::sync::Wave;
use super::super::{Files, map, object};
use super::shared;
use crate::backend::FleetView;
use crate::backend::helm::values::remove;
use crate::contract::ARGO_CD;
use crate::diagnostic::Diagnostics;
use crate::model::Tier;
use crate::model::commons::Rollout;
use crate::model::environment::SyncMode;
use crate::value::overlay::{Nulls, merge};
use crate::value::{Key, Node};

/// The labels that a rolling sync finds Applications by.
const TIER: &str = "gen3-tier";
const SYNC: &str = "gen3-sync";
/// The value of [`SYNC`] of what Argo CD syncs by itself.
const AUTOMATED: &str = "automated";
/// Fields of an element that are texts of the template; all others are in its `application`.
const TEXTS: [&str; 4] = ["name", "project", "cluster", "namespace"];

/// The environments of a commons that the hub pushes.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Set {
    pub(crate) commons: String,
    pub(crate) rollout: Rollout,
    pub(crate) environments: Vec<EnvironmentInput>,
}

/// The sets of all commons that have such environments; takes those out of the inputs.
pub(crate) fn sets(view: &FleetView<'_>, inputs: &mut Vec<EnvironmentInput>) -> Vec<Set> {
    let mut sets: Vec<Set> = Vec::new();
    let is_pushed = |input: &mut EnvironmentInput| input.destination != Destination::Here;
    for input in inputs.extract_if(.., is_pushed) {
        match sets.last_mut().filter(|set| set.commons == input.commons) {
            Some(set) => set.environments.push(input),
            None => sets.push(Set {
                rollout: rollout(view, &input.commons),
                commons: input.commons.clone(),
                environments: vec![input],
            }),
        }
    }
    sets
}

fn rollout(view: &FleetView<'_>, commons: &str) -> Rollout {
    let commons = view.fleet.commons.get(commons);
    commons.map(|commons| commons.rollout).unwrap_or_default()
}

impl Set {
    /// The environments in it.
    pub(crate) fn objects(&self) -> Vec<String> {
        let objects = self.environments.iter();
        objects.map(|input| input.object.clone()).collect()
    }

    /// The tiers whose environments are synced one after the other; none where there is nothing to wait for.
    fn steps(&self) -> Vec<Tier> {
        let rolling = self.environments.iter();
        let rolling = rolling.filter(|input| rolls(input, self.rollout));
        let tiers: BTreeSet<Tier> = rolling.map(|input| input.tier).collect();
        if tiers.len() < 2 {
            return Vec::new();
        }
        tiers.into_iter().collect()
    }
}

/// The set without some of its environments.
pub(crate) fn compile(
    set: &Set,
    absent: &BTreeSet<String>,
    files: &mut Files<'_>,
    found: &mut Diagnostics,
) {
    for input in &set.environments {
        application::check(input, &input.object, found);
    }
    let environments = set.environments.iter();
    let mut elements: Vec<(Node, Node)> = environments
        .filter(|input| !absent.contains(&input.object))
        .map(element)
        .collect();
    let same = same_of_all(elements.iter().map(|(_, application)| application));
    for (_, application) in &mut elements {
        *application = shared::without(application, &same);
    }
    let elements = elements.into_iter().map(|(mut element, application)| {
        element.insert("application", application);
        element
    });
    let list = map([("elements", Node::list(elements))]);
    let mut spec = map([
        ("goTemplate", true.into()),
        ("goTemplateOptions", Node::list(["missingkey=error".into()])),
        ("generators", Node::list([map([("list", list)])])),
        (
            "syncPolicy",
            map([
                ("applicationsSync", "create-update".into()),
                ("preserveResourcesOnDeletion", true.into()),
            ]),
        ),
    ]);
    let steps = set.steps();
    if !steps.is_empty() {
        spec.insert("strategy", strategy(&steps));
    }
    let template = merge(template(&set.commons), &same, Nulls::Data);
    spec.insert("template", template);
    spec.insert("templatePatch", "{{ toJson .application }}".into());
    // All sets have the same turn: one that rolls is healthy only once its last environment is, and none is to wait for that.
    let metadata = map([
        ("name", set.commons.as_str().into()),
        ("namespace", ARGO_CD.into()),
        ("annotations", map([Wave::Environments.annotation()])),
    ]);
    files.yaml(
        format!("gitops/hub/commons/{}.yaml", set.commons),
        object("ApplicationSet", metadata, spec),
    );
}

/// What all Applications have.
fn same_of_all<'n>(mut applications: impl Iterator<Item = &'n Node>) -> Node {
    let first = applications.next().cloned().unwrap_or_else(Node::map);
    // One alone has all in common with itself, but for what a template would read.
    let first = shared::of(&first, &first).unwrap_or_else(Node::map);
    applications.fold(first, |same, application| {
        shared::of(&same, application).unwrap_or_else(Node::map)
    })
}

/// An environment: what the template takes as texts, and the rest of its Application as it is.
fn element(input: &EnvironmentInput) -> (Node, Node) {
    let mut application = application::application(input);
    let mut take = |path: &[&str]| {
        let text = application.path(path).and_then(Node::text)?.to_owned();
        let path: Vec<Key> = path.iter().map(|key| Key::from(*key)).collect();
        remove(&mut application, &path);
        Some(text)
    };
    let name = take(&["metadata", "name"]);
    let project = take(&["spec", "project"]);
    let cluster = take(&["spec", "destination", "name"]);
    let namespace = take(&["spec", "destination", "namespace"]);
    for path in [&["metadata", "namespace"][..], &["apiVersion"], &["kind"]] {
        take(path);
    }
    // Argo CD takes a name or an address, never both.
    if application.path(&["spec", "destination"]).is_some() && cluster.is_none() {
        application.set(&["spec", "destination", "name"], Node::null());
    }
    let sync = match input.sync.mode {
        SyncMode::SelfHeal | SyncMode::Automated => AUTOMATED,
        SyncMode::Manual => "manual",
    };
    let text = |given: Option<String>, ours: &str| given.unwrap_or_else(|| ours.to_owned()).into();
    let [name_key, project_key, cluster_key, namespace_key] = TEXTS;
    let element = map([
        (name_key, text(name, &input.name)),
        (project_key, text(project, &input.project)),
        (cluster_key, text(cluster, &input.cluster)),
        (namespace_key, text(namespace, &input.namespace)),
        ("environment", input.environment.as_str().into()),
        ("tier", input.tier.as_str().into()),
        ("sync", sync.into()),
    ]);
    (element, application)
}

/// What all Applications of the set have.
fn template(commons: &str) -> Node {
    let field = |name: &str| Node::from(format!("{{{{ .{name} }}}}"));
    let [name, project, cluster, namespace] = TEXTS.map(field);
    let labels = map([
        ("gen3-commons", commons.into()),
        ("gen3-environment", field("environment")),
        (SYNC, field("sync")),
        (TIER, field("tier")),
    ]);
    let metadata = map([
        ("name", name),
        ("namespace", ARGO_CD.into()),
        ("labels", labels),
    ]);
    let spec = map([
        ("project", project),
        (
            "destination",
            map([("name", cluster), ("namespace", namespace)]),
        ),
    ]);
    map([("metadata", metadata), ("spec", spec)])
}

/// Tier by tier; what a person syncs is in no step, and so waits for a person.
fn strategy(tiers: &[Tier]) -> Node {
    let is = |key: &'static str, value: &'static str| {
        map([
            ("key", key.into()),
            ("operator", "In".into()),
            ("values", Node::list([value.into()])),
        ])
    };
    let steps = tiers.iter().map(|tier| {
        let expressions = Node::list([is(TIER, tier.as_str()), is(SYNC, AUTOMATED)]);
        let mut step = map([("matchExpressions", expressions)]);
        if *tier == Tier::Prod {
            step.insert("maxUpdate", Node::integer(1));
        }
        step
    });
    map([
        ("type", "RollingSync".into()),
        ("rollingSync", map([("steps", Node::list(steps))])),
    ])
}
