//! The layout of uc-cdis/gen3-gitops: a directory a cluster, in it one a deployment.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use camino::{Utf8Path, Utf8PathBuf};

use super::foreign::{Beside, Foreign, ForeignCluster, ForeignEnvironment, ForeignFile, Layout};
use super::note::{NoteKind, Notes};
use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::gitops::{self, Application, Deployment, Repository};
use crate::source::SourceSet;
use crate::span::{SourceFile, Sources, Span};
use crate::value::overlay::{Nulls, merge};
use crate::value::{Key, Kind, Node, yaml_read};

/// The directory of a cluster's own values.
const CLUSTER_VALUES: &str = "cluster-values";

/// The layout itself.
pub(super) struct Gen3Gitops;

impl Layout for Gen3Gitops {
    fn read(&self, files: &SourceSet, sources: &mut Sources, notes: &mut Notes) -> Option<Foreign> {
        let mut found = Diagnostics::default();
        let repository = gitops::read(files, sources, &mut found);
        if repository.is_empty() {
            return None;
        }
        let broken = broken(&found, sources, notes);
        let mut reader = Reader {
            files,
            sources,
            notes,
            broken,
            taken: BTreeSet::new(),
            names: BTreeMap::new(),
        };
        let foreign = reader.foreign(&repository);
        reader.rest();
        Some(foreign)
    }
}

/// The files that could not be read, each noted with its place.
fn broken(found: &Diagnostics, sources: &Sources, notes: &mut Notes) -> BTreeSet<Utf8PathBuf> {
    let mut broken = BTreeSet::new();
    for finding in found.iter() {
        let Finding {
            severity,
            message,
            labels,
            ..
        } = finding;
        let span = labels.first().map(|(span, _)| *span);
        let kind = if *severity == Severity::Error {
            if let Some(span) = span {
                broken.insert(sources.file(span.file).path().to_owned());
            }
            NoteKind::Unreadable
        } else {
            NoteKind::Odd
        };
        notes.place(kind, span, sources, message.clone());
    }
    broken
}

struct Reader<'a> {
    files: &'a SourceSet,
    sources: &'a mut Sources,
    notes: &'a mut Notes,
    broken: BTreeSet<Utf8PathBuf>,
    /// Files that are in what was read.
    taken: BTreeSet<Utf8PathBuf>,
    /// The directory of each Application, by its cluster and name.
    names: BTreeMap<(String, String), String>,
}

impl Reader<'_> {
    fn foreign(&mut self, repository: &Repository) -> Foreign {
        let mut foreign = Foreign::default();
        for cluster in repository.clusters() {
            let values = cluster.values.as_ref().and_then(|values| {
                let path = self.sources.file(values.file).path().to_owned();
                if self.broken.contains(&path) {
                    return None;
                }
                self.taken.insert(path);
                Some(self.each_once(&values.node))
            });
            let directory = cluster.directory.to_string();
            let place = format!("{directory}/{CLUSTER_VALUES}");
            if let Some(values) = values {
                let beside = self.beside(Utf8Path::new(&place));
                foreign.clusters.push(ForeignCluster {
                    directory,
                    values: Some(values),
                    beside,
                });
            }
        }
        self.sets(repository);
        for deployment in repository.all() {
            if let Some(environment) = self.environment(deployment, repository) {
                let known = foreign
                    .clusters
                    .iter()
                    .any(|cluster| cluster.directory == environment.cluster);
                if !known {
                    foreign.clusters.push(ForeignCluster {
                        directory: environment.cluster.clone(),
                        values: None,
                        beside: Vec::new(),
                    });
                }
                foreign.environments.push(environment);
            }
        }
        foreign
            .clusters
            .sort_by(|one, two| one.directory.cmp(&two.directory));
        foreign
    }

    fn environment(
        &mut self,
        deployment: &Deployment,
        repository: &Repository,
    ) -> Option<ForeignEnvironment> {
        let directory = deployment.directory();
        let below = format!("{directory}/");
        let unreadable: Vec<&Utf8PathBuf> = self
            .broken
            .iter()
            .filter(|path| path.as_str().starts_with(&below))
            .collect();
        if !unreadable.is_empty() {
            for path in unreadable {
                let message = format!("`{directory}` is not imported: this file cannot be read");
                self.notes.file(NoteKind::Unreadable, path, message);
            }
            self.taken.extend(
                self.files
                    .iter()
                    .map(|(path, _)| path.to_owned())
                    .filter(|path| path.as_str().starts_with(&below)),
            );
            return None;
        }
        let mut files = Vec::new();
        for file in deployment.ordered() {
            let name = file.path.file_name().unwrap_or_default().to_owned();
            if files
                .iter()
                .any(|known: &ForeignFile| known.path == file.path)
            {
                continue;
            }
            self.taken.insert(file.path.clone());
            let node = file.node.as_ref().filter(|_| !file.is_empty);
            let node = node.map(|node| self.each_once(node));
            files.push(ForeignFile {
                name,
                path: file.path.clone(),
                node,
            });
        }
        for file in &deployment.files {
            if self.taken.insert(file.path.clone()) {
                let message =
                    "no Application lists this values file, so that nothing of it is deployed";
                self.notes.file(NoteKind::LeftOut, &file.path, message);
            }
        }
        let values = (!deployment.files.is_empty()).then(|| {
            let nodes = files.iter().filter_map(|file| file.node.as_ref());
            nodes.fold(Node::map(), |base, over| merge(base, over, Nulls::Data))
        });
        let application = self.application(deployment);
        self.odd(deployment, repository);
        if values.is_none() {
            let message = format!("`{directory}` has an Application, and its values are not here");
            self.notes.file(NoteKind::Odd, &directory, message);
        }
        if application.is_none() && values.is_none() {
            return None;
        }
        let place = format!("{directory}/values");
        Some(ForeignEnvironment {
            cluster: deployment.cluster.to_string(),
            directory: deployment.name.to_string(),
            values,
            files,
            application,
            beside: self.beside(Utf8Path::new(&place)),
        })
    }

    /// Notes what is odd about an Application, and kept: values files of others, a name that is taken.
    fn odd(&mut self, deployment: &Deployment, repository: &Repository) {
        let Some(application) = deployment.application() else {
            return;
        };
        let own = format!("{}/values/", deployment.directory());
        for placed in application.values() {
            let path = placed.strip_prefix("$values/").unwrap_or(placed);
            let message = match repository.referenced(path) {
                None => format!("the values file `{path}` is not here"),
                Some(there) if !there.as_str().starts_with(&own) => {
                    format!(
                        "the values file `{path}` is another environment's; the Application keeps listing it, and its values are not read for this one"
                    )
                }
                Some(_) => continue,
            };
            self.notes
                .place(NoteKind::Odd, placed.span, self.sources, message);
        }
        if let Some(name) = &application.name {
            let key = (deployment.cluster.to_string(), name.text.to_string());
            match self.names.get(&key) {
                Some(first) => {
                    let message = format!(
                        "the Application `{}` is also that of `{first}`; both keep the name",
                        &**name
                    );
                    self.notes
                        .place(NoteKind::Odd, name.span, self.sources, message);
                }
                None => {
                    self.names.insert(key, deployment.directory());
                }
            }
        }
    }

    /// The Application that installs the chart; all others are noted.
    fn application(&mut self, deployment: &Deployment) -> Option<Node> {
        let mut chosen: Option<&Application> = None;
        for application in &deployment.applications {
            // Its set is noted as a whole.
            if application.set.is_some() {
                continue;
            }
            let path = self.sources.file(application.file).path().to_owned();
            let is_whole = application.chart().is_some()
                && application.name.is_some()
                && !self.sources.file(application.file).text().contains("{{");
            let message = match (is_whole, chosen) {
                (true, None) => {
                    chosen = Some(application);
                    self.taken.insert(path);
                    continue;
                }
                (true, Some(_)) => "a second Application of the chart gen3 in one directory",
                (false, _) if application.chart().is_none() => {
                    "an Application of another chart than gen3"
                }
                (false, _) => "an Application that only Helm can read",
            };
            self.taken.insert(path);
            let span = Some(Span::file_start(application.file));
            self.notes
                .place(NoteKind::LeftOut, span, self.sources, message);
        }
        chosen.map(|application| self.each_once(&application.node))
    }

    /// Notes ApplicationSets: a fleet says which environments there are, and they are not read into it.
    fn sets(&mut self, repository: &Repository) {
        for (set, expansion) in repository.sets() {
            let path = self.sources.file(set.file).path().to_owned();
            self.taken.insert(path);
            let message = format!(
                "the ApplicationSet `{}` is not imported, nor are the {} Applications that it makes",
                set.named(),
                expansion.made.len()
            );
            self.notes
                .place(NoteKind::LeftOut, Some(set.start()), self.sources, message);
        }
    }

    /// The files below a directory that were not taken yet.
    fn beside(&mut self, directory: &Utf8Path) -> Vec<Beside> {
        let mut beside = Vec::new();
        for (path, bytes) in self.files.iter() {
            let Ok(name) = path.strip_prefix(directory) else {
                continue;
            };
            if self.taken.contains(path) || self.broken.contains(path) {
                continue;
            }
            self.taken.insert(path.to_owned());
            let node = (name.components().count() == 1)
                .then(|| self.map_of(path, bytes))
                .flatten();
            beside.push(Beside {
                name: name.to_owned(),
                path: path.to_owned(),
                bytes: bytes.clone(),
                node,
            });
        }
        beside
    }

    /// What a file says, where it is a YAML map.
    fn map_of(&mut self, path: &Utf8Path, bytes: &[u8]) -> Option<Node> {
        let text = std::str::from_utf8(bytes).ok()?;
        let id = self.sources.add(SourceFile::new(path, text));
        match yaml_read::read(text, id, &yaml_read::Limits::default()) {
            (Some(node), found) if !found.has_errors() && node.is_map() => Some(node),
            _ => None,
        }
    }

    /// A tree in which every key stands once: the last wins, as Helm reads it.
    fn each_once(&mut self, node: &Node) -> Node {
        each_once(node, &mut |span| {
            let message = "the key is written again below, and only the last one holds";
            self.notes
                .place(NoteKind::LeftOut, span, self.sources, message);
        })
    }

    /// Notes what is in no cluster and in no deployment.
    fn rest(&mut self) {
        for (path, _) in self.files.iter() {
            if self.taken.contains(path) || self.broken.contains(path) {
                continue;
            }
            let depth = path.components().count();
            let message = match path.file_name() {
                Some("Chart.yaml") if depth == 3 => continue,
                Some("values.yaml") if depth == 3 => {
                    "values of the wrapper chart, which reads none"
                }
                _ if depth == 1 => continue,
                _ => "the file belongs to no cluster and to no values",
            };
            self.notes.file(NoteKind::LeftOut, path, message);
        }
    }
}

/// A tree in which every key stands once, the last of each.
pub(super) fn each_once(node: &Node, lost: &mut impl FnMut(Option<Span>)) -> Node {
    let kind = match &node.kind {
        Kind::Map(entries) => {
            let newest: HashMap<&Key, usize> = entries
                .iter()
                .enumerate()
                .map(|(at, entry)| (&entry.key, at))
                .collect();
            let mut kept = Vec::with_capacity(newest.len());
            for (at, entry) in entries.iter().enumerate() {
                if newest.get(&entry.key) != Some(&at) {
                    lost(entry.key_origin.span());
                    continue;
                }
                let mut entry = entry.clone();
                entry.node = each_once(&entry.node, lost);
                kept.push(entry);
            }
            Kind::Map(kept)
        }
        Kind::List(items) => Kind::List(items.iter().map(|item| each_once(item, lost)).collect()),
        kind => kind.clone(),
    };
    Node {
        kind,
        origin: node.origin,
    }
}
