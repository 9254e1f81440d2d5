//! A repository as a whole, and what one part of it says of another.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use camino::{Utf8Path, Utf8PathBuf};

use super::application::Application;
use super::applicationset::{ApplicationSet, Expansion, Seen, World, plain_address};
use super::cluster::{AddonFile, Cluster, ClusterValues};
use super::deployment::{Deployment, ValuesFile};
use super::objects::Objects;
use super::project::Project;
use super::read::{Content, Parsed};
use super::registration::Registration;
use super::role::Role;
use crate::value::Node;

/// A repository that Argo CD reads.
#[derive(Debug, Default)]
pub(crate) struct Repository {
    /// The clusters by their directory.
    clusters: BTreeMap<Box<str>, Cluster>,
    /// The deployments in order of directory.
    deployments: Vec<Deployment>,
    /// Applications that read the values of no deployment.
    others: Vec<Application>,
    /// ApplicationSets, and what becomes of each.
    sets: Vec<(ApplicationSet, Expansion)>,
    /// Projects.
    projects: Vec<Project>,
    /// Clusters that are registered in files.
    registrations: Vec<Registration>,
    /// Values of charts beside the commons, by path.
    components: BTreeMap<Utf8PathBuf, Node>,
    /// Whether more of the same repository may lie elsewhere.
    is_partial: bool,
    /// Every file there is.
    paths: BTreeSet<Utf8PathBuf>,
    /// Addresses that it is known by: an Application takes a values file from there that is here.
    addresses: BTreeSet<String>,
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
        let files: Vec<Parsed> = files.into_iter().collect();
        let looks_into_files = files.iter().any(Parsed::looks_into_files);
        let mut found = Found::default();
        let mut seen: BTreeMap<Utf8PathBuf, Seen> = BTreeMap::new();
        for parsed in files {
            if looks_into_files && let Some(content) = looked_into(&parsed) {
                seen.insert(parsed.path.clone(), content);
            }
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
                    let node = match content {
                        Content::Text { mut nodes, .. } if nodes.len() == 1 => nodes.pop(),
                        _ => None,
                    };
                    repository.cluster(cluster).addons.push(AddonFile {
                        addon,
                        path,
                        file,
                        node,
                    });
                }
                (role, Content::Objects(mut objects)) => {
                    for application in &mut objects.applications {
                        application.path.clone_from(&parsed.path);
                    }
                    for project in &mut objects.projects {
                        project.instance = cluster.into();
                    }
                    if role == Role::Application {
                        let key = (cluster.to_owned(), name.to_owned());
                        let own = &mut parts.entry(key).or_default().applications;
                        own.append(&mut objects.applications);
                    }
                    found.add(objects, &parsed.path);
                }
                (Role::Other, Content::Text { file, nodes, .. }) => {
                    found.add(Objects::delivered(&nodes, file), &parsed.path);
                }
                (Role::Component, Content::Text { mut nodes, .. }) => {
                    if let Some(node) = nodes.pop() {
                        repository.components.insert(parsed.path.clone(), node);
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
        repository.deliver(found, seen, &mut parts);
        repository.deployments = parts
            .into_iter()
            .filter(|(_, parts)| !parts.files.is_empty() || !parts.applications.is_empty())
            .map(|((cluster, name), parts)| {
                Deployment::new(&cluster, &name, parts.applications, parts.files)
            })
            .collect();
        repository.addresses = repository.known_addresses();
        repository
    }

    /// The addresses that Applications take values files from which are here.
    fn known_addresses(&self) -> BTreeSet<String> {
        let applications = self.applications();
        let named = applications.filter_map(|(_, application)| {
            let (address, _) = application.values_source()?;
            let mut references = application.references();
            let is_here = references.any(|it| self.referenced(it).is_some());
            is_here.then(|| plain_address(address))
        });
        named.collect()
    }

    /// Makes the Applications of ApplicationSets, and gives each to the deployment whose values it reads.
    fn deliver(
        &mut self,
        found: Found,
        seen: BTreeMap<Utf8PathBuf, Seen>,
        parts: &mut BTreeMap<(String, String), Parts>,
    ) {
        let mut world = World {
            registrations: found.objects.registrations,
            ..World::default()
        };
        if !found.sets.is_empty() {
            let paths = self.paths.iter();
            world.files = paths.map(|path| (path.clone(), Seen::There)).collect();
            world.files.extend(seen);
            let of_parts = parts.values().flat_map(|parts| &parts.applications);
            for application in of_parts.chain(&found.objects.applications) {
                self.own_address(application, &mut world);
            }
        }
        let mut applications = found.objects.applications;
        let mut waiting = Vec::new();
        for (path, set) in found.sets {
            // What lists make says, too, which repository this is: git generators come after them.
            if set.moving().iter().any(|(kind, _)| *kind == "git") {
                waiting.push((path, set, None));
                continue;
            }
            let (expansion, made) = expanded(&path, &set, &world);
            for application in &made {
                self.own_address(application, &mut world);
            }
            waiting.push((path, set, Some((expansion, made))));
        }
        for (path, set, done) in waiting {
            let (expansion, mut more) = done.unwrap_or_else(|| expanded(&path, &set, &world));
            applications.append(&mut more);
            self.sets.push((set, expansion));
        }
        for application in applications {
            // What they read says whose they are.
            match application.reads() {
                Some(key) => parts.entry(key).or_default().applications.push(application),
                None => self.others.push(application),
            }
        }
        self.projects = found.objects.projects;
        self.registrations = world.registrations;
    }

    /// Notes where an Application takes values from, where those are files of this repository.
    fn own_address(&self, application: &Application, world: &mut World) {
        let Some((address, revision)) = application.values_source() else {
            return;
        };
        for reference in application.references() {
            if let Some(path) = self.referenced(reference) {
                world.is_named(address, revision);
                let prefix = reference.strip_suffix(path.as_str());
                prefix.unwrap_or_default().clone_into(&mut world.prefix);
                return;
            }
        }
    }

    /// The same repository, of which only some files are here: what is not in it may still be.
    pub(crate) fn partial(mut self) -> Self {
        self.is_partial = true;
        self
    }

    /// Whether more of the same repository may lie elsewhere.
    pub(crate) fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// Every Application, with its deployment where it has one: those of deployments first.
    pub(crate) fn applications(&self) -> impl Iterator<Item = (Option<&Deployment>, &Application)> {
        let of_deployments = self.deployments.iter().flat_map(|deployment| {
            let applications = deployment.applications.iter();
            applications.map(move |application| (Some(deployment), application))
        });
        of_deployments.chain(self.others.iter().map(|application| (None, application)))
    }

    /// ApplicationSets in order of path, and what becomes of each.
    pub(crate) fn sets(&self) -> impl Iterator<Item = (&ApplicationSet, &Expansion)> {
        self.sets.iter().map(|(set, expansion)| (set, expansion))
    }

    /// The clusters that are registered in files.
    pub(crate) fn registrations(&self) -> &[Registration] {
        &self.registrations
    }

    /// The projects that files describe.
    pub(crate) fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// Whether a directory stands for a cluster.
    pub(crate) fn is_cluster(&self, directory: &str) -> bool {
        self.clusters.contains_key(directory)
            || self
                .deployments
                .iter()
                .any(|deployment| *deployment.cluster == *directory)
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

    /// Whether a values file that an Application lists is one of this repository, be it here or not: others are read from the
    /// same address, or something lies beside it.
    pub(crate) fn is_read_by(&self, application: &Application, reference: &str) -> bool {
        let source = application.values_source();
        let is_known =
            source.is_some_and(|(address, _)| self.addresses.contains(&plain_address(address)));
        let beside = reference.rsplit_once('/').map(|(directory, _)| directory);
        is_known || beside.is_some_and(|directory| self.has_directory(directory))
    }

    /// The values in a file that is no deployment's: of an add-on, or of another chart beside the commons.
    pub(crate) fn beside(&self, path: &Utf8Path) -> Option<&Node> {
        let of_addon = || {
            let mut addons = self.clusters().flat_map(|cluster| &cluster.addons);
            addons.find(|addon| addon.path == path)?.node.as_ref()
        };
        self.components.get(path).or_else(of_addon)
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
        self.clusters.is_empty()
            && self.deployments.is_empty()
            && self.others.is_empty()
            && self.sets.is_empty()
    }
}

/// Objects of all files, with the path of those that need it.
#[derive(Default)]
struct Found {
    objects: Objects,
    sets: Vec<(Utf8PathBuf, ApplicationSet)>,
}

impl Found {
    fn add(&mut self, mut more: Objects, path: &Utf8Path) {
        let sets = more.sets.drain(..);
        self.sets.extend(sets.map(|set| (path.to_owned(), set)));
        self.objects.applications.append(&mut more.applications);
        self.objects.projects.append(&mut more.projects);
        self.objects.registrations.append(&mut more.registrations);
    }
}

/// What becomes of an ApplicationSet, and the Applications in it.
fn expanded(path: &Utf8Path, set: &ApplicationSet, world: &World) -> (Expansion, Vec<Application>) {
    let expansion = set.expand(world);
    let mut applications = Vec::new();
    for made in &expansion.made {
        if let Some(mut application) = Application::of_document(&made.node, set.file) {
            path.clone_into(&mut application.path);
            application.set = Some(set.named().into());
            application.causes.clone_from(&made.causes);
            applications.push(application);
        }
    }
    (expansion, applications)
}

/// What an ApplicationSet sees of a file that is read for its own sake, or only for that of ApplicationSets.
fn looked_into(parsed: &Parsed) -> Option<Seen> {
    match &parsed.content {
        Content::Text { file, nodes, .. } => Some(Seen::Read(*file, nodes.clone())),
        Content::Broken => Some(Seen::Unreadable),
        Content::Objects(_) | Content::Unread => None,
    }
}
