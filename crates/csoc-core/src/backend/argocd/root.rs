//! The root of a cluster's Argo CD: one Application that points at all others, and prunes none.

use super::application::destination;
use super::input::{Destination, SharedInput};
use super::{Files, map, object};
use crate::backend::helm::layout;
use crate::contract::ARGO_CD;
use crate::model::fleet::Gitops;
use crate::value::Node;

pub(super) fn compile(input: &SharedInput, files: &mut Files<'_>) {
    for cluster in input.clusters.keys() {
        let (name, spec) = root(cluster, &input.gitops);
        let metadata = map([("name", name.into()), ("namespace", ARGO_CD.into())]);
        files.yaml(
            format!("gitops/{cluster}/argocd/root.yaml"),
            object("Application", metadata, spec),
        );
    }
}

/// The name and the specification of a cluster's root: the tree holds it, and Terraform makes the first one, which reads the tree.
pub(in crate::backend) fn root(cluster: &str, gitops: &Gitops) -> (String, Node) {
    let source = map([
        ("path", layout::in_repository(gitops, cluster).into()),
        ("repoURL", gitops.repository.as_str().into()),
        ("targetRevision", gitops.revision.as_str().into()),
        (
            "directory",
            map([
                ("recurse", true.into()),
                ("include", "{argocd/*.yaml,*/templates/app.yaml}".into()),
            ]),
        ),
    ]);
    let spec = map([
        ("project", "default".into()),
        ("source", source),
        ("destination", destination(&Destination::Here, ARGO_CD)),
        (
            "syncPolicy",
            map([(
                "automated",
                map([("prune", false.into()), ("selfHeal", true.into())]),
            )]),
        ),
    ]);
    (format!("{cluster}-root"), spec)
}
