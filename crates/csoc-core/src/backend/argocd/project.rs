//! One project a commons and Argo CD instance: what its applications may take and where they may deploy.

use super::application::destination;
use super::input::{Destination, Project, SharedInput};
use super::{Files, map, object};
use crate::contract::ARGO_CD;
use crate::value::Node;

/// Cluster-wide kinds that the chart gen3 makes.
const CLUSTER_KINDS: [(&str, &str); 5] = [
    ("", "Namespace"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("scheduling.k8s.io", "PriorityClass"),
    ("", "PersistentVolume"),
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
            document(commons, project, &input.repositories),
        );
    }
}

fn document(commons: &str, project: &Project, repositories: &[String]) -> Node {
    let metadata = map([("name", commons.into()), ("namespace", ARGO_CD.into())]);
    let destinations = project
        .destinations
        .iter()
        .map(|(to, namespace)| destination(to, namespace));
    let kinds =
        CLUSTER_KINDS.map(|(group, kind)| map([("group", group.into()), ("kind", kind.into())]));
    let spec = map([
        (
            "description",
            format!("The environments of the commons {commons}").into(),
        ),
        (
            "sourceRepos",
            Node::list(
                repositories
                    .iter()
                    .map(|repository| repository.as_str().into()),
            ),
        ),
        ("destinations", Node::list(destinations)),
        ("clusterResourceWhitelist", Node::list(kinds)),
    ]);
    object("AppProject", metadata, spec)
}
