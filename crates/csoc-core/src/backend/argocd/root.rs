//! The root of a cluster's Argo CD: one Application that points at all others, and prunes none.

use super::application::{ARGO_CD, destination};
use super::input::{Destination, SharedInput};
use super::{Files, map, object};
use crate::backend::helm::layout;

pub(super) fn compile(input: &SharedInput, files: &mut Files<'_>) {
    for cluster in input.clusters.keys() {
        let metadata = map([
            ("name", format!("{cluster}-root").into()),
            ("namespace", ARGO_CD.into()),
        ]);
        let source = map([
            ("path", layout::in_repository(&input.gitops, cluster).into()),
            ("repoURL", input.gitops.repository.as_str().into()),
            ("targetRevision", input.gitops.revision.as_str().into()),
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
        files.yaml(
            format!("gitops/{cluster}/argocd/root.yaml"),
            object("Application", metadata, spec),
        );
    }
}
