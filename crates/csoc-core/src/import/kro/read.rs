//! What a gen3-kro repository holds: a directory a spoke, and the variables of the hub.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::diagnostic::{Diagnostics, Severity};
use crate::import::foreign::ForeignFile;
use crate::import::gitops::each_once;
use crate::import::note::{NoteKind, Notes};
use crate::source::SourceSet;
use crate::span::{FileId, SourceFile, Sources};
use crate::value::{Node, json_read, yaml_read};

/// The directory of all spokes.
const SPOKES: &str = "argocd/spokes";
/// The variables of the hub, and the example that stands in a repository without them.
pub(super) const VARIABLES: [&str; 2] = [
    "config/shared.auto.tfvars.json",
    "config/shared.auto.tfvars.json.example",
];
/// What the hub's chart says where no spoke does.
const DEFAULTS: &str = "argocd/csoc/helm/kro-aws-instances/values.yaml";
/// Its name in some documentation; Argo CD reads the other one.
const MISSPELLED: &str = "infrastucture-values.yaml";

/// A file by its path.
type Bytes<'f> = (&'f Utf8Path, &'f Arc<[u8]>);

/// One spoke.
#[derive(Debug)]
pub(super) struct Spoke {
    pub(super) alias: String,
    /// `infrastructure-values.yaml`.
    pub(super) infrastructure: Part,
    /// `cluster-resources/cluster-values.yaml`.
    pub(super) cluster: Option<Part>,
    /// `HOST/gen3-values.yaml` by host.
    pub(super) hosts: BTreeMap<String, ForeignFile>,
}

/// A file as data.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) path: Utf8PathBuf,
    pub(super) node: Node,
}

/// All of a repository.
#[derive(Debug, Default)]
pub(super) struct Repository {
    pub(super) spokes: Vec<Spoke>,
    pub(super) variables: Option<Part>,
    pub(super) defaults: Option<Part>,
    /// Files that are not taken, and why.
    pub(super) rest: Vec<(Utf8PathBuf, &'static str)>,
}

/// Reads a repository; nothing where it has no spokes.
pub(super) fn read(
    files: &SourceSet,
    sources: &mut Sources,
    notes: &mut Notes,
) -> Option<Repository> {
    let mut by: BTreeMap<&str, Vec<Bytes<'_>>> = BTreeMap::new();
    for (path, bytes) in files.iter() {
        let below = path.strip_prefix(SPOKES).ok();
        let alias = below
            .filter(|below| below.components().count() > 1)
            .and_then(|below| below.components().next());
        if let Some(alias) = alias {
            by.entry(alias.as_str()).or_default().push((path, bytes));
        }
    }
    if by.is_empty() {
        return None;
    }
    let mut reader = Reader {
        sources,
        notes,
        rest: Vec::new(),
    };
    let mut repository = Repository::default();
    for (alias, files) in by {
        repository.spokes.extend(reader.spoke(alias, &files));
    }
    for name in VARIABLES {
        let Some(bytes) = files.get(Utf8Path::new(name)) else {
            continue;
        };
        if repository.variables.is_some() {
            let reason = "an example beside the variables themselves";
            reader.rest.push((name.into(), reason));
            continue;
        }
        let mut problems = Problems::default();
        let node = reader.json(Utf8Path::new(name), bytes, &mut problems);
        if problems.is_broken {
            reader.broken(name, "the variables are not imported", problems);
        }
        repository.variables = node.map(|node| Part {
            path: name.into(),
            node,
        });
    }
    if let Some(bytes) = files.get(Utf8Path::new(DEFAULTS)) {
        let mut problems = Problems::default();
        let node = reader.yaml(Utf8Path::new(DEFAULTS), bytes, &mut problems);
        repository.defaults = node.map(|node| Part {
            path: DEFAULTS.into(),
            node,
        });
    }
    for (path, _) in files.iter() {
        let is_known = path.starts_with(SPOKES) || VARIABLES.contains(&path.as_str());
        if !is_known {
            let reason = "it is the hub's, and the same for every spoke";
            reader.rest.push((path.to_owned(), reason));
        }
    }
    repository.rest = reader.rest;
    repository.rest.sort();
    Some(repository)
}

/// What went wrong with a file.
#[derive(Default)]
struct Problems {
    is_broken: bool,
    found: Diagnostics,
    reason: Option<&'static str>,
}

struct Reader<'a> {
    sources: &'a mut Sources,
    notes: &'a mut Notes,
    rest: Vec<(Utf8PathBuf, &'static str)>,
}

impl Reader<'_> {
    fn spoke(&mut self, alias: &str, files: &[Bytes<'_>]) -> Option<Spoke> {
        let directory = Utf8Path::new(SPOKES).join(alias);
        let mut infrastructure = None;
        let mut cluster = None;
        let mut hosts = BTreeMap::new();
        let mut is_broken = false;
        for (path, bytes) in files {
            let below = path.strip_prefix(&directory).unwrap_or(path);
            let steps: Vec<&str> = below.components().map(|step| step.as_str()).collect();
            let mut problems = Problems::default();
            match steps[..] {
                ["infrastructure-values.yaml"] => {
                    infrastructure = self.part(path, bytes, &mut problems);
                }
                [MISSPELLED] => {
                    let message = "the hub reads `infrastructure-values.yaml`, and not this file";
                    self.notes.file(NoteKind::LeftOut, path, message);
                    self.rest
                        .push(((*path).to_owned(), "no one reads a file of this name"));
                }
                ["cluster-resources", "cluster-values.yaml"] => {
                    cluster = self.part(path, bytes, &mut problems);
                }
                [host, "gen3-values.yaml"] => {
                    let node = self.yaml(path, bytes, &mut problems);
                    let file = ForeignFile {
                        name: "values.yaml".to_owned(),
                        path: (*path).to_owned(),
                        node,
                    };
                    hosts.insert(host.to_owned(), file);
                }
                _ if below.as_str().contains("secret") => {
                    self.rest
                        .push(((*path).to_owned(), "it is meant for secret material"));
                }
                _ => self
                    .rest
                    .push(((*path).to_owned(), "no one reads such a file")),
            }
            if problems.is_broken {
                is_broken = true;
                let message = format!("`{alias}` is not imported");
                self.broken(path.as_str(), &message, problems);
            }
        }
        if is_broken {
            return None;
        }
        let Some(infrastructure) = infrastructure else {
            let message =
                format!("`{alias}` is not imported: it has no `infrastructure-values.yaml`");
            self.notes.file(NoteKind::Unreadable, directory, message);
            return None;
        };
        Some(Spoke {
            alias: alias.to_owned(),
            infrastructure,
            cluster,
            hosts,
        })
    }

    fn part(&mut self, path: &Utf8Path, bytes: &[u8], problems: &mut Problems) -> Option<Part> {
        let node = self.yaml(path, bytes, problems)?;
        Some(Part {
            path: path.to_owned(),
            node,
        })
    }

    /// A YAML map, each key once.
    fn yaml(&mut self, path: &Utf8Path, bytes: &[u8], problems: &mut Problems) -> Option<Node> {
        let (text, file) = self.text(path, bytes, problems)?;
        let (node, found) = yaml_read::read(text, file, &yaml_read::Limits::default());
        self.map(node, found, problems)
    }

    fn json(&mut self, path: &Utf8Path, bytes: &[u8], problems: &mut Problems) -> Option<Node> {
        let (text, file) = self.text(path, bytes, problems)?;
        let (node, found) = json_read::read_json(text, file);
        self.map(node, found, problems)
    }

    fn text<'b>(
        &mut self,
        path: &Utf8Path,
        bytes: &'b [u8],
        problems: &mut Problems,
    ) -> Option<(&'b str, FileId)> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            problems.is_broken = true;
            problems.reason = Some("it is not text");
            return None;
        };
        Some((text, self.sources.add(SourceFile::new(path, text))))
    }

    fn map(
        &mut self,
        node: Option<Node>,
        found: Diagnostics,
        problems: &mut Problems,
    ) -> Option<Node> {
        problems.is_broken = found.has_errors();
        problems.found = found;
        let node = node?;
        if !node.is_map() {
            problems.is_broken = true;
            problems.reason = Some("it is no map");
            return None;
        }
        let (notes, sources) = (&mut *self.notes, &*self.sources);
        Some(each_once(&node, &mut |span| {
            let message = "the key is written again below, and only the last one holds";
            notes.place(NoteKind::LeftOut, span, sources, message);
        }))
    }

    fn broken(&mut self, path: &str, what: &str, problems: Problems) {
        if let Some(reason) = problems.reason {
            let message = format!("{what}: {reason}");
            self.notes.file(NoteKind::Unreadable, path, message);
        }
        for finding in problems.found.into_vec() {
            if finding.severity == Severity::Error {
                let span = finding.labels.first().map(|(span, _)| *span);
                let message = format!("{what}: {}", finding.message);
                self.notes
                    .place(NoteKind::Unreadable, span, self.sources, message);
            }
        }
    }
}
