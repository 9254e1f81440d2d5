//! Roots: one Application that points at all others of a cluster; of what the hub pushes, one for each cluster and one for
//! all commons. They prune nothing.
//!
//! Each cluster has one of its own, since an Application goes wave by wave and waits in each for what is not healthy, and begins
//! nothing else while it waits: clusters in one Application would all wait for the one that cannot be reached. Sets are in none
//! of a cluster, because a commons may be in several. They wait for nothing but projects.

use super::application::destination;
use super::input::{Destination, SharedInput};
use super::project::PLATFORM;
use super::sync::{self, Wave};
use super::{Files, map, object};
use crate::backend::helm::layout;
use crate::contract::ARGO_CD;
use crate::model::fleet::Gitops;
use crate::value::Node;

/// The directory of what the hub pushes, and the name of the Application that reads what of it is of no cluster.
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
    let Some((cluster, pushed)) = &input.hub else {
        return;
    };
    let mut add = |file: &str, name: &str, include: String| {
        let directory = map([("recurse", true.into()), ("include", include.into())]);
        let metadata = map([
            ("name", name.into()),
            ("namespace", ARGO_CD.into()),
            ("annotations", map([Wave::Pushed.annotation()])),
        ]);
        let spec = reading(HUB, directory, &input.gitops);
        files.yaml(
            format!("gitops/{cluster}/argocd/{file}.yaml"),
            object("Application", metadata, spec),
        );
    };
    add(HUB, HUB, "{argocd/*.yaml,commons/*.yaml}".to_owned());
    for pushed in pushed.keys() {
        let include = format!("{{clusters/{pushed}.yaml,{pushed}/*.yaml}}");
        add(
            &format!("pushed-{pushed}"),
            &format!("{pushed}-platform"),
            include,
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
            map([
                (
                    "automated",
                    map([("prune", false.into()), ("selfHeal", true.into())]),
                ),
                ("retry", sync::tries()),
            ]),
        ),
    ])
}
