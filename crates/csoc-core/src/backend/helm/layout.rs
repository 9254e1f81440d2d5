//! Where an environment's files lie in the GitOps repository.

use crate::contract::EnvironmentContract;
use crate::model::fleet::Gitops;

/// The file that carries everything but large content; it comes last, so that it wins.
pub(crate) const VALUES: &str = "values.yaml";

/// Values files of content, in the order in which Argo CD merges them, with the content that each holds.
pub(crate) const CONTENT_FILES: [(&str, &[&str]); 8] = [
    ("etl.yaml", &["etl-mapping"]),
    ("fence.yaml", &["fence-config-public", "user-yaml"]),
    ("guppy.yaml", &["guppy-indices"]),
    ("hatchery.yaml", &["hatchery"]),
    ("metadata.yaml", &["aggregate-metadata"]),
    ("ohif-viewer.yaml", &["ohif-config"]),
    ("portal.yaml", &["portal-config"]),
    ("sower.yaml", &["sower-jobs"]),
];

/// The values files of an environment in order of precedence, the strongest last.
pub(crate) fn values_files(contract: &EnvironmentContract) -> Vec<&'static str> {
    let has = |names: &[&str]| {
        names
            .iter()
            .any(|name| contract.spec.content.contains_key(*name))
    };
    CONTENT_FILES
        .iter()
        .filter(|(_, names)| has(names))
        .map(|(file, _)| *file)
        .chain([VALUES])
        .collect()
}

/// The environment's directory below the output root `gitops`.
pub(crate) fn directory(contract: &EnvironmentContract) -> String {
    format!("{}/{}", contract.cluster, contract.application.directory)
}

/// A path as it reads inside the repository, which may hold the tree in a directory of its own.
pub(crate) fn in_repository(gitops: &Gitops, path: &str) -> String {
    match gitops
        .path
        .as_deref()
        .map(|prefix| prefix.trim_matches('/'))
    {
        Some(prefix) if !prefix.is_empty() => format!("{prefix}/{path}"),
        _ => path.to_owned(),
    }
}
