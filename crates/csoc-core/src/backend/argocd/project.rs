//! Projects: what applications may take, where they may deploy, who runs them and when.
//!
//! One a commons and Argo CD instance, and one an instance for all that is no
//! commons'. Argo CD's own, `default`, allows everything: of ours only what
//! cluster-level-resources itself makes is in it, since the chart names no other.

use super::application::destination;
use super::input::{Destination, Platform, Project, SharedInput, Window};
use super::sync::Wave;
use super::{Files, map, object};
use crate::contract::ARGO_CD;
use crate::model::delivery::GroupName;
use crate::value::Node;

/// The project of all that is no commons'.
pub(in crate::backend) const PLATFORM: &str = "platform";

/// Cluster-wide kinds that the chart gen3 makes.
const CLUSTER_KINDS: [(&str, &str); 5] = [
    ("", "Namespace"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("scheduling.k8s.io", "PriorityClass"),
    ("", "PersistentVolume"),
];
/// Kinds in a namespace that are the platform's to make: bounds of what runs in it, and Argo CD's own.
const PLATFORM_KINDS: [(&str, &str); 5] = [
    ("", "LimitRange"),
    ("", "ResourceQuota"),
    ("argoproj.io", "AppProject"),
    ("argoproj.io", "Application"),
    ("argoproj.io", "ApplicationSet"),
];
/// What operators may do with applications besides looking.
const OPERATOR_ACTIONS: [&str; 4] = [
    "sync",
    "action/apps/Deployment/restart",
    "action/apps/DaemonSet/restart",
    "action/apps/StatefulSet/restart",
];

pub(super) fn compile(input: &SharedInput, files: &mut Files<'_>) {
    for ((instance, commons), project) in &input.projects {
        // An instance that pulls has its own, whoever owns its root.
        let pulls = project
            .destinations
            .iter()
            .all(|(to, _)| *to == Destination::Here);
        let directory = if pulls || input.clusters.contains_key(instance) {
            format!("gitops/{instance}/argocd")
        } else {
            "gitops/hub/argocd".to_owned()
        };
        files.yaml(
            format!("{directory}/project-{commons}.yaml"),
            object(
                "AppProject",
                metadata(commons),
                of_commons(commons, project),
            ),
        );
    }
    for (instance, platform) in &input.platforms {
        files.yaml(
            format!("gitops/{instance}/argocd/project-{PLATFORM}.yaml"),
            object("AppProject", metadata(PLATFORM), of_platform(platform)),
        );
    }
}

fn metadata(name: &str) -> Node {
    map([
        ("name", name.into()),
        ("namespace", ARGO_CD.into()),
        ("annotations", map([Wave::Projects.annotation()])),
    ])
}

fn of_commons(commons: &str, project: &Project) -> Node {
    let destinations = project
        .destinations
        .iter()
        .map(|(to, namespace)| destination(to, namespace));
    let mut spec = map([
        (
            "description",
            format!("The environments of the commons {commons}").into(),
        ),
        ("sourceRepos", texts(&project.repositories)),
        ("destinations", Node::list(destinations)),
        ("clusterResourceWhitelist", kinds(&CLUSTER_KINDS)),
        ("namespaceResourceBlacklist", kinds(&PLATFORM_KINDS)),
        // What nobody renders any more is told of, and stays.
        ("orphanedResources", map([("warn", true.into())])),
    ]);
    let access = &project.access;
    let roles: Vec<Node> = [
        (
            "operator",
            "Syncs and restarts",
            &OPERATOR_ACTIONS[..],
            &access.operators,
        ),
        ("reader", "Looks", &[], &access.readers),
    ]
    .into_iter()
    .filter(|(.., groups)| !groups.is_empty())
    .map(|(name, description, actions, groups)| role(commons, name, description, actions, groups))
    .collect();
    if !roles.is_empty() {
        spec.insert("roles", Node::list(roles));
    }
    if !project.windows.is_empty() {
        spec.insert(
            "syncWindows",
            Node::list(project.windows.iter().map(window)),
        );
    }
    spec
}

/// A role of a project: whoever has it may look, also at logs.
fn role(
    project: &str,
    name: &str,
    description: &str,
    actions: &[&str],
    groups: &[GroupName],
) -> Node {
    let policy = |resource: &str, action: &str| {
        format!("p, proj:{project}:{name}, {resource}, {action}, {project}/*, allow").into()
    };
    let mut policies = vec![policy("applications", "get"), policy("logs", "get")];
    policies.extend(actions.iter().map(|action| policy("applications", action)));
    map([
        ("name", name.into()),
        ("description", description.into()),
        ("policies", Node::list(policies)),
        (
            "groups",
            Node::list(groups.iter().map(|group| group.as_str().into())),
        ),
    ])
}

fn window(window: &Window) -> Node {
    let settings = &window.settings;
    let mut node = map([
        ("kind", settings.kind.as_str().into()),
        ("schedule", settings.schedule.as_str().into()),
        ("duration", settings.duration.as_str().into()),
        (
            "applications",
            Node::list([window.application.as_str().into()]),
        ),
        ("manualSync", window.lets_people.into()),
    ]);
    if let Some(zone) = &settings.time_zone {
        node.insert("timeZone", zone.as_str().into());
    }
    node
}

/// The specification of an instance's own project: the tree holds it, and Terraform makes the first one.
pub(in crate::backend) fn of_platform(platform: &Platform) -> Node {
    let destinations = platform.destinations.iter().map(|to| destination(to, "*"));
    map([
        (
            "description",
            "What clusters have beside their commons, and the roots".into(),
        ),
        ("sourceRepos", texts(&platform.repositories)),
        ("destinations", Node::list(destinations)),
        ("clusterResourceWhitelist", kinds(&[("*", "*")])),
    ])
}

fn kinds(kinds: &[(&'static str, &'static str)]) -> Node {
    let kinds = kinds
        .iter()
        .map(|(group, kind)| map([("group", (*group).into()), ("kind", (*kind).into())]));
    Node::list(kinds)
}

fn texts<'a>(texts: impl IntoIterator<Item = &'a String>) -> Node {
    Node::list(texts.into_iter().map(|text| text.as_str().into()))
}
