//! Where Applications take charts and values from.

use super::map;
use crate::backend::helm::layout;
use crate::model::fleet::{Chart, Gitops};
use crate::value::Node;

/// A chart of a chart repository or of a directory in git, at its pinned revision.
pub(super) fn chart(chart: &Chart, name: &'static str, helm: Node) -> Node {
    let place = match &chart.path {
        Some(path) => ("path", Node::string(path.as_str())),
        None => ("chart", name.into()),
    };
    map([
        place,
        ("repoURL", chart.repository.as_str().into()),
        ("targetRevision", chart.revision.as_str().into()),
        ("helm", helm),
    ])
}

/// The repository that values files are in, as `$values`.
pub(super) fn values(gitops: &Gitops) -> Node {
    map([
        ("repoURL", gitops.repository.as_str().into()),
        ("targetRevision", gitops.revision.as_str().into()),
        ("ref", "values".into()),
    ])
}

/// A values file as an Application names it.
pub(super) fn values_file(gitops: &Gitops, path: &str) -> Node {
    format!("$values/{}", layout::in_repository(gitops, path)).into()
}
