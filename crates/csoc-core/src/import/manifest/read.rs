//! What a directory of manifests holds: one directory a commons, named by its host.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::diagnostic::{Diagnostics, Severity};
use crate::import::note::{NoteKind, Notes};
use crate::source::SourceSet;
use crate::span::{SourceFile, Sources, Span};
use crate::value::{Kind, Node, json_read, yaml_read};

/// A file that says something as data.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) path: Utf8PathBuf,
    pub(super) node: Node,
}

/// A file that is taken as it is.
#[derive(Debug)]
pub(super) struct Whole {
    /// Its path below the commons' directory.
    pub(super) name: Utf8PathBuf,
    pub(super) path: Utf8PathBuf,
    pub(super) bytes: Arc<[u8]>,
}

/// One commons as cloud-automation describes it.
#[derive(Debug)]
pub(super) struct Commons {
    /// Its directory: the host name.
    pub(super) host: String,
    pub(super) manifest: Part,
    /// `manifests/KEY/KEY.json`: what stands in place of a block of the manifest.
    pub(super) parts: BTreeMap<String, Part>,
    /// Every other file, by its path below the directory.
    pub(super) files: Vec<Whole>,
}

/// Reads every commons; one that cannot be read is noted and left out.
pub(super) fn read(files: &SourceSet, sources: &mut Sources, notes: &mut Notes) -> Vec<Commons> {
    let mut hosts: BTreeSet<Utf8PathBuf> = BTreeSet::new();
    let mut halves: BTreeSet<&str> = BTreeSet::new();
    for (path, _) in files.iter() {
        if path.file_name() == Some("manifest.json") && path.components().count() <= 2 {
            hosts.insert(path.parent().map(Utf8Path::to_owned).unwrap_or_default());
        }
        let mut steps = path.components();
        if let (Some(first), Some(_)) = (steps.next(), steps.next())
            && first.as_str().contains('.')
            && !first.as_str().starts_with('.')
        {
            halves.insert(first.as_str());
        }
    }
    // One commons' own directory is as good as that of all.
    if hosts.contains(Utf8Path::new("")) {
        hosts.retain(|host| host.as_str().is_empty());
        halves.clear();
    }
    if !hosts.is_empty() {
        for half in halves {
            if !hosts.contains(Utf8Path::new(half)) {
                let message = format!("`{half}` is not imported: it has no `manifest.json`");
                notes.file(NoteKind::Unreadable, half, message);
            }
        }
        for (path, _) in files.iter() {
            let is_of_one = hosts.iter().any(|host| path.starts_with(host));
            let top = path.components().next().map_or("", |step| step.as_str());
            if !is_of_one && !top.contains('.') {
                let message = "the file is of no commons";
                notes.file(NoteKind::LeftOut, path, message);
            }
        }
    }
    hosts
        .iter()
        .filter_map(|host| commons(host, files, sources, notes))
        .collect()
}

fn commons(
    directory: &Utf8Path,
    files: &SourceSet,
    sources: &mut Sources,
    notes: &mut Notes,
) -> Option<Commons> {
    let mut reader = Reader {
        sources,
        notes,
        commons: directory,
        is_broken: false,
    };
    let mut manifest = None;
    let mut parts = BTreeMap::new();
    let mut wholes = Vec::new();
    for (path, bytes) in files.iter() {
        let Ok(name) = path.strip_prefix(directory) else {
            continue;
        };
        let steps: Vec<&str> = name.components().map(|step| step.as_str()).collect();
        match steps[..] {
            ["manifest.json"] => manifest = reader.json(path, bytes),
            ["manifests", key, file] if file.strip_suffix(".json") == Some(key) => {
                if let Some(part) = reader.json(path, bytes) {
                    parts.insert(key.to_owned(), part);
                }
            }
            _ => {
                reader.check(name, path, bytes);
                wholes.push(Whole {
                    name: name.to_owned(),
                    path: path.to_owned(),
                    bytes: bytes.clone(),
                });
            }
        }
    }
    if reader.is_broken {
        return None;
    }
    let manifest = manifest?;
    let said = manifest.node.path(&["global", "hostname"]);
    let host = match directory.as_str() {
        "" => said.and_then(Node::text).unwrap_or("commons").to_owned(),
        directory => directory.to_owned(),
    };
    Some(Commons {
        host,
        manifest,
        parts,
        files: wholes,
    })
}

struct Reader<'a> {
    sources: &'a mut Sources,
    notes: &'a mut Notes,
    commons: &'a Utf8Path,
    is_broken: bool,
}

impl Reader<'_> {
    /// A JSON file; the commons is broken where it cannot be read.
    fn json(&mut self, path: &Utf8Path, bytes: &[u8]) -> Option<Part> {
        let text = self.text(path, bytes)?;
        let file = self.sources.add(SourceFile::new(path, text));
        let (node, found) = json_read::read_json(text, file);
        self.problems(path, found);
        match node {
            Some(node) if node.is_map() || matches!(node.kind, Kind::List(_)) => {
                self.doubles(&node);
                Some(Part {
                    path: path.to_owned(),
                    node,
                })
            }
            Some(_) => {
                self.broken(path, Some(Span::file_start(file)), "it is no JSON object");
                None
            }
            None => {
                if !self.is_broken {
                    self.broken(path, Some(Span::file_start(file)), "it is empty");
                }
                None
            }
        }
    }

    /// Files that are taken as they are and that something reads as data.
    fn check(&mut self, name: &Utf8Path, path: &Utf8Path, bytes: &[u8]) {
        match name.as_str() {
            "etlMapping.yaml" | "manifests/fence/fence-config-public.yaml" => {
                let Some(text) = self.text(path, bytes) else {
                    return;
                };
                let file = self.sources.add(SourceFile::new(path, text));
                let (node, found) = yaml_read::read(text, file, &yaml_read::Limits::default());
                self.problems(path, found);
                if node.is_some_and(|node| !node.is_map()) {
                    self.broken(path, Some(Span::file_start(file)), "it is no YAML map");
                }
            }
            "portal/gitops.json" | "metadata/aggregate_config.json" => {
                self.json(path, bytes);
            }
            _ => {}
        }
    }

    fn text<'b>(&mut self, path: &Utf8Path, bytes: &'b [u8]) -> Option<&'b str> {
        let text = std::str::from_utf8(bytes).ok();
        if text.is_none() {
            self.broken(path, None, "it is not text");
        }
        text
    }

    fn problems(&mut self, path: &Utf8Path, found: Diagnostics) {
        for finding in found.into_vec() {
            if finding.severity == Severity::Error {
                let span = finding.labels.first().map(|(span, _)| *span);
                self.broken(path, span, &finding.message);
            }
        }
    }

    fn broken(&mut self, path: &Utf8Path, span: Option<Span>, reason: &str) {
        self.is_broken = true;
        let message = match self.commons.as_str() {
            "" => format!("the commons is not imported: {reason}"),
            commons => format!("`{commons}` is not imported: {reason}"),
        };
        match span {
            Some(span) => {
                self.notes
                    .place(NoteKind::Unreadable, Some(span), self.sources, message);
            }
            None => self.notes.file(NoteKind::Unreadable, path, message),
        }
    }

    /// Notes keys that stand twice.
    fn doubles(&mut self, node: &Node) {
        let mut seen = BTreeSet::new();
        for entry in node.entries() {
            if !seen.insert(entry.key.as_str()) {
                let span = entry.key_origin.span();
                let message = "the key stands twice, and only the last one holds";
                self.notes.place(NoteKind::Odd, span, self.sources, message);
            }
            self.doubles(&entry.node);
        }
        for item in node.items() {
            self.doubles(item);
        }
    }
}
