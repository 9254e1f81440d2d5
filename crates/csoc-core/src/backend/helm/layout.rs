//! Where an environment's files lie in the GitOps repository.

use crate::contract::EnvironmentContract;
use crate::model::fleet::Gitops;
use crate::model::name::FileName;
use crate::value::{Kind, Node};

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
    ("portal.yaml", &["portal-config", "portal-css"]),
    ("sower.yaml", &["sower-jobs"]),
];

/// The values files of an environment in order of precedence, the strongest last.
pub(crate) fn values_files(contract: &EnvironmentContract) -> Vec<String> {
    let named = &contract.spec.application.values_files;
    if !named.is_empty() {
        return with_values(named);
    }
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
        .map(str::to_owned)
        .collect()
}

/// The files that were named, `values.yaml` behind them where it was not.
fn with_values(named: &[FileName]) -> Vec<String> {
    let mut files: Vec<String> = named.iter().map(ToString::to_string).collect();
    if !files.iter().any(|file| file == VALUES) {
        files.push(VALUES.to_owned());
    }
    files
}

/// Values over the files that were named: each takes the key that its name says, `values.yaml` all others.
///
/// No two files say anything of the same key, so that their order changes nothing.
pub(crate) fn split(values: Node, named: &[FileName]) -> Vec<(String, Node)> {
    let mut files: Vec<(String, Node)> = with_values(named)
        .into_iter()
        .map(|file| (file, Node::map()))
        .collect();
    let Kind::Map(entries) = values.kind else {
        return files;
    };
    for entry in entries {
        let own = format!("{}.yaml", entry.key);
        let at = files
            .iter()
            .position(|(file, _)| *file == own && own != VALUES)
            .or_else(|| files.iter().position(|(file, _)| file == VALUES));
        if let Some((
            _,
            Node {
                kind: Kind::Map(taken),
                ..
            },
        )) = at.and_then(|at| files.get_mut(at))
        {
            taken.push(entry);
        }
    }
    files
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
