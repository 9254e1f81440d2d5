//! A repository as a whole, and what one part of it says of another.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use camino::{Utf8Path, Utf8PathBuf};

use super::application::Application;
use super::cluster::{AddonFile, Cluster, ClusterValues};
use super::deployment::{Deployment, ValuesFile};
use super::read::{Content, Parsed};
use super::role::Role;
use crate::value::Node;

/// A repository that Argo CD reads.
#[derive(Debug, Default)]
pub(crate) struct Repository {
    /// The clusters by their directory.
    clusters: BTreeMap<Box<str>, Cluster>,
    /// The deployments in order of directory.
    deployments: Vec<Deployment>,
    /// Every file there is.
    paths: BTreeSet<Utf8PathBuf>,
}

/// What belongs to one deployment, while files are sorted.
#[derive(Default)]
struct Parts {
    applications: Vec<Application>,
    files: Vec<ValuesFile>,
}

impl Repository {
    /// A repository of these files, in order of path.
    pub(crate) fn new(files: impl IntoIterator<Item = Parsed>) -> Self {
        let mut repository = Self::default();
        let mut parts: BTreeMap<(String, String), Parts> = BTreeMap::new();
        for parsed in files {
            let mut names = parsed.path.as_str().split('/');
            let (cluster, name) = (
                names.next().unwrap_or_default(),
                names.next().unwrap_or_default(),
            );
            match (parsed.role, parsed.content) {
                (
                    Role::ClusterValues,
                    Content::Text {
                        file, mut nodes, ..
                    },
                ) => {
                    repository.cluster(cluster).values = Some(ClusterValues {
                        file,
                        node: nodes.pop().unwrap_or_else(Node::map),
                    });
                }
                (Role::Addon, content) => {
                    let addon = parsed.path.file_stem().unwrap_or_default().into();
                    let file = content.file();
                    let path = parsed.path.clone();
                    repository
                        .cluster(cluster)
                        .addons
                        .push(AddonFile { addon, path, file });
                }
                (Role::Application, Content::Applications(applications)) => {
                    let key = (cluster.to_owned(), name.to_owned());
                    parts
                        .entry(key)
                        .or_default()
                        .applications
                        .extend(applications);
                }
                (Role::Hub, Content::Applications(applications)) => {
                    for application in applications {
                        // What they read says whose they are.
                        if let Some(key) = application.reads() {
                            parts.entry(key).or_default().applications.push(application);
                        }
                    }
                }
                (
                    Role::Values,
                    Content::Text {
                        file,
                        mut nodes,
                        is_empty,
                    },
                ) => {
                    let key = (cluster.to_owned(), name.to_owned());
                    parts.entry(key).or_default().files.push(ValuesFile {
                        path: parsed.path.clone(),
                        file,
                        node: nodes.pop(),
                        is_empty,
                    });
                }
                _ => {}
            }
            repository.paths.insert(parsed.path);
        }
        repository.deployments = parts
            .into_iter()
            .filter(|(_, parts)| !parts.files.is_empty() || !parts.applications.is_empty())
            .map(|((cluster, name), parts)| {
                Deployment::new(&cluster, &name, parts.applications, parts.files)
            })
            .collect();
        repository
    }

    fn cluster(&mut self, directory: &str) -> &mut Cluster {
        self.clusters
            .entry(directory.into())
            .or_insert_with(|| Cluster {
                directory: directory.into(),
                values: None,
                addons: Vec::new(),
            })
    }

    /// The clusters in order.
    pub(crate) fn clusters(&self) -> impl Iterator<Item = &Cluster> {
        self.clusters.values()
    }

    /// All deployments in order, also those that say nothing or that nobody deploys.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Deployment> {
        self.deployments.iter()
    }

    /// The deployments that somebody deploys and that say something, in order.
    ///
    /// Values without an Application and without a cluster are of a test.
    pub(crate) fn deployments(&self) -> impl Iterator<Item = &Deployment> {
        self.deployed().filter(|deployment| deployment.has_values())
    }

    /// The deployments that somebody deploys, in order, also those that say nothing.
    pub(crate) fn deployed(&self) -> impl Iterator<Item = &Deployment> {
        self.deployments.iter().filter(|deployment| {
            let is_deployed =
                !deployment.applications.is_empty() || self.values_of(deployment).is_some();
            is_deployed && !deployment.files.is_empty()
        })
    }

    /// The cluster of a deployment, where its values are known.
    pub(crate) fn values_of(&self, deployment: &Deployment) -> Option<&Cluster> {
        self.clusters
            .get(&deployment.cluster)
            .filter(|cluster| cluster.values.is_some())
    }

    /// The account of a deployment: its cluster's, else its own word.
    pub(crate) fn account<'a>(&'a self, deployment: &'a Deployment) -> Option<&'a str> {
        self.values_of(deployment)
            .and_then(Cluster::account)
            .or_else(|| deployment.text(&["global", "aws", "account"]))
    }

    /// The file that a reference of an Application leads to; the repository may lie in a directory of a larger one.
    pub(crate) fn referenced(&self, reference: &str) -> Option<&Utf8Path> {
        let mut rest = reference;
        loop {
            if let Some(path) = self.paths.get(Utf8Path::new(rest)) {
                return Some(path);
            }
            rest = &rest[rest.find('/')? + 1..];
        }
    }

    /// Whether anything lies below a directory.
    pub(crate) fn has_directory(&self, directory: &str) -> bool {
        let start = format!("{}/", directory.trim_end_matches('/'));
        self.paths
            .range::<Utf8Path, _>((Bound::Included(Utf8Path::new(&start)), Bound::Unbounded))
            .next()
            .is_some_and(|path| path.as_str().starts_with(&start))
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.clusters.is_empty() && self.deployments.is_empty()
    }
}
