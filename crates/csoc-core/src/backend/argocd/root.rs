//! Roots: one Application that points at all others of a cluster, one at all that the hub pushes. They prune nothing.

use super::application::destination;
use super::input::{Destination, SharedInput};
use super::project::PLATFORM;
use super::sync::Wave;
use super::{Files, map, object};
use crate::backend::helm::layout;
use crate::contract::ARGO_CD;
use crate::model::fleet::Gitops;
use crate::value::Node;

/// The directory of what the hub pushes, and the name of the Application that reads it.
pub(super) const HUB: &str = "hub";

pub(super) fn compile(input: &SharedInput, files: &mut Files<'_>) {
    for cluster in input.clusters.keys() {
        let (name, spec) = root(cluster, &input.gitops);
        let metadata = map([("name", name.into()), ("namespace", ARGO_CD.into())]);
        files.yaml(
            format!("gitops/{cluster}/argocd/root.yaml"),
            object("Application", metadata, spec),
        );
    }
    if let Some((cluster, _)) = &input.hub {
        let directory = map([("recurse", true.into())]);
        let metadata = map([
            ("name", HUB.into()),
            ("namespace", ARGO_CD.into()),
            ("annotations", map([Wave::Environments.annotation()])),
        ]);
        files.yaml(
            format!("gitops/{cluster}/argocd/{HUB}.yaml"),
            object(
                "Application",
                metadata,
                reading(HUB, directory, &input.gitops),
            ),
        );
    }
}

/// The name and the specification of a cluster's root: the tree holds it, and Terraform makes the first one, which reads the tree.
pub(in crate::backend) fn root(cluster: &str, gitops: &Gitops) -> (String, Node) {
    let directory = map([
        ("recurse", true.into()),
        ("include", "{argocd/*.yaml,*/templates/app.yaml}".into()),
    ]);
    (
        format!("{cluster}-root"),
        reading(cluster, directory, gitops),
    )
}

/// What an Application is that applies the files of a directory as they are.
fn reading(path: &str, directory: Node, gitops: &Gitops) -> Node {
    let source = map([
        ("path", layout::in_repository(gitops, path).into()),
        ("repoURL", gitops.repository.as_str().into()),
        ("targetRevision", gitops.revision.as_str().into()),
        ("directory", directory),
    ]);
    map([
        ("project", PLATFORM.into()),
        ("source", source),
        ("destination", destination(&Destination::Here, ARGO_CD)),
        (
            "syncPolicy",
            map([(
                "automated",
                map([("prune", false.into()), ("selfHeal", true.into())]),
            )]),
        ),
    ])
}
