//! What rules about repositories look at, with short ways to say where something stands.

use super::super::rule::Rule;
use crate::catalog::GitRefs;
use crate::diagnostic::Finding;
use crate::gitops::{Cluster, Deployment, Repository};
use crate::value::path::{ModelPath, Step};

/// A repository as a rule sees it.
pub(crate) struct GitopsContext<'a> {
    /// The rule that runs.
    pub(crate) rule: &'static Rule,
    /// The repository.
    pub(crate) repository: &'a Repository,
    /// Branches and tags that are known to exist.
    pub(crate) refs: Option<&'a GitRefs>,
}

impl<'a> GitopsContext<'a> {
    /// The deployments that somebody deploys and that say something, in order.
    pub(crate) fn deployments(&self) -> impl Iterator<Item = &'a Deployment> {
        self.repository.deployments()
    }

    /// A finding that concerns a directory.
    pub(crate) fn finding(&self, directory: impl ToString, message: impl Into<String>) -> Finding {
        Finding::new(self.rule.code, self.rule.severity.unknown, message).object(directory)
    }

    /// A finding about a value of a deployment, at its place; `label` says what stands there.
    pub(crate) fn value(
        &self,
        deployment: &Deployment,
        path: &[&str],
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Finding {
        self.finding(deployment.directory(), message)
            .path(dotted(path))
            .label(deployment.place(path), label)
    }

    /// A finding about a value of a cluster, at its place.
    pub(crate) fn cluster_value(
        &self,
        cluster: &Cluster,
        path: &[&str],
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Finding {
        self.finding(&cluster.directory, message)
            .path(dotted(path))
            .label(cluster.place(path), label)
    }
}

/// Keys as people write a path.
pub(super) fn dotted(path: &[&str]) -> ModelPath {
    let mut dotted = ModelPath::new();
    for key in path {
        dotted.push(match *key {
            "[]" => Step::Item(None),
            key => Step::Key(key.into()),
        });
    }
    dotted
}
