//! From files to a repository.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::application::Application;
use super::applicationset::ApplicationSet;
use super::objects::Objects;
use super::repository::Repository;
use super::role::Role;
use crate::diagnostic::{Diagnostics, Finding};
use crate::source::{FILE_NOT_UTF8, SourceSet};
use crate::span::{FileId, SourceFile, Sources, Span};
use crate::tree::{Document, File};
use crate::value::{Kind, Node, yaml_read};

/// How the marker of a value that is not known yet starts.
const MARKER: &str = "<pending: ";

/// What a file says that holds an ApplicationSet.
const SET: &str = "ApplicationSet";
/// What a file says that registers a cluster.
const CLUSTER: &str = "argocd.argoproj.io/secret-type";

/// Whether a text stands in a file.
fn says(bytes: &[u8], text: &str) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|file| file.contains(text))
}

/// Whether a file holds an ApplicationSet, whatever its path says.
pub(crate) fn holds_set(path: &Utf8Path, bytes: &[u8]) -> bool {
    if !Role::may_matter(path) || !says(bytes, SET) {
        return false;
    }
    let text = String::from_utf8_lossy(bytes);
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(path, &*text));
    let (nodes, _) = yaml_read::documents(&text, file, &yaml_read::Limits::default());
    let is_set = |node: &Node| ApplicationSet::read(node, file, false).is_some();
    nodes.iter().any(is_set)
}

/// A file that was read.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(super) path: Utf8PathBuf,
    pub(super) role: Role,
    pub(super) content: Content,
}

/// What a file holds.
#[derive(Debug)]
pub(super) enum Content {
    /// YAML.
    Text {
        file: FileId,
        nodes: Vec<Node>,
        is_empty: bool,
    },
    /// Objects of an Argo CD.
    Objects(Objects),
    /// Nothing that is read.
    Unread,
    /// A file that only an ApplicationSet looks into, and that cannot be read.
    Broken,
}

impl Content {
    /// The file, where it is text.
    pub(super) fn file(&self) -> Option<FileId> {
        match self {
            Self::Text { file, .. } => Some(*file),
            Self::Objects(_) | Self::Unread | Self::Broken => None,
        }
    }
}

/// Reads a repository. What cannot be read is left out and reported.
pub(crate) fn read(set: &SourceSet, sources: &mut Sources, found: &mut Diagnostics) -> Repository {
    let has_sets = set
        .iter()
        .any(|(path, bytes)| Role::may_matter(path) && says(bytes, SET));
    let files: Vec<(Utf8PathBuf, Role, Option<FileId>)> = set
        .iter()
        .map(|(path, bytes)| {
            let role = Role::of(path);
            let is_read = match role {
                Role::Other => {
                    let matters = has_sets || says(bytes, CLUSTER);
                    matters && !bytes.is_empty() && Role::may_matter(path)
                }
                _ => true,
            };
            let id = match role {
                Role::Other => {
                    let plain = is_read.then(|| std::str::from_utf8(bytes).ok()).flatten();
                    plain.map(|text| sources.add(SourceFile::new(path, text)))
                }
                _ => text(path, bytes, sources, found),
            };
            (path.to_owned(), role, id)
        })
        .collect();
    let texts = &*sources;
    let parsed: Vec<(Parsed, Diagnostics)> = files
        .into_par_iter()
        .map(|(path, role, id)| {
            let mut found = Diagnostics::default();
            let content = match id {
                Some(id) => content(texts.file(id).text(), id, role, &mut found),
                None => Content::Unread,
            };
            (
                Parsed {
                    path,
                    role,
                    content,
                },
                found,
            )
        })
        .collect();
    Repository::new(parsed.into_iter().map(|(parsed, more)| {
        found.append(more);
        parsed
    }))
}

fn content(text: &str, file: FileId, role: Role, found: &mut Diagnostics) -> Content {
    let limits = yaml_read::Limits::default();
    match role {
        Role::Application => {
            let (nodes, applications) = Application::read(text, file, found);
            let mut objects = Objects {
                applications,
                ..Objects::default()
            };
            let sets = nodes.iter();
            objects.sets = sets
                .filter_map(|node| ApplicationSet::read(node, file, text.contains("{{")))
                .collect();
            return Content::Objects(objects);
        }
        Role::Delivery => {
            let (nodes, problems) = yaml_read::documents(text, file, &limits);
            found.append(problems);
            return Content::Objects(Objects::read(&nodes, file));
        }
        Role::Other => {
            let (nodes, problems) = yaml_read::documents(text, file, &limits);
            if problems.has_errors() {
                return Content::Broken;
            }
            return Content::Text {
                file,
                nodes,
                is_empty: false,
            };
        }
        Role::ClusterValues | Role::Addon | Role::Values | Role::Component => {}
    }
    let is_empty = text.lines().all(|line| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('#') || line == "---"
    });
    // A stream of manifests is no defect of an add-on's file.
    let nodes = if role == Role::Addon {
        yaml_read::documents(text, file, &limits)
    } else {
        let (node, problems) = yaml_read::read(text, file, &limits);
        (node.into_iter().collect(), problems)
    };
    found.append(nodes.1);
    Content::Text {
        file,
        nodes: nodes.0,
        is_empty,
    }
}

/// The number of a text; a finding where it is none.
fn text(
    path: &Utf8Path,
    bytes: &Arc<[u8]>,
    sources: &mut Sources,
    found: &mut Diagnostics,
) -> Option<FileId> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(sources.add(SourceFile::new(path, text))),
        Err(error) => {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
            let end = good.len();
            let id = sources.add(SourceFile::new(path, good));
            found.push(
                Finding::error(
                    FILE_NOT_UTF8,
                    format!("`{path}` is not UTF-8: byte {end} is not text"),
                )
                .help("save it as UTF-8")
                .label(Span::new(id, end, end), "the text ends here"),
            );
            None
        }
    }
}

impl Parsed {
    /// Whether there may be an ApplicationSet in it that makes Applications of files.
    pub(super) fn looks_into_files(&self) -> bool {
        let looks = |set: &ApplicationSet| set.moving().iter().any(|(kind, _)| *kind == "git");
        match &self.content {
            Content::Objects(objects) => objects.sets.iter().any(looks),
            Content::Text { nodes, .. } => self.role == Role::Other && !nodes.is_empty(),
            Content::Unread | Content::Broken => false,
        }
    }

    /// A file of ours that was read as a document, by its path below the repository.
    pub(crate) fn of_ours(path: &Utf8Path, file: &File, text: Option<FileId>) -> Self {
        let role = Role::of(path);
        let content = match (role, file.document(), text) {
            (Role::Other, ..) | (_, _, None) => Content::Unread,
            (Role::Application | Role::Delivery, Document::Yaml(node), Some(id)) => {
                let node = with_pending(node.clone());
                Content::Objects(Objects::read(std::slice::from_ref(&node), id))
            }
            (_, Document::Yaml(node), Some(id)) => Content::Text {
                file: id,
                nodes: vec![with_pending(node.clone())],
                is_empty: false,
            },
            (_, _, Some(id)) => Content::Text {
                file: id,
                nodes: Vec::new(),
                is_empty: false,
            },
        };
        Self {
            path: path.to_owned(),
            role,
            content,
        }
    }
}

/// A document with what its markers stand for: values that only the cloud can give.
fn with_pending(mut node: Node) -> Node {
    node.kind = match node.kind {
        Kind::Scalar(scalar) if scalar.text.contains(MARKER) => Kind::Pending([].into()),
        Kind::List(items) => Kind::List(items.into_iter().map(with_pending).collect()),
        Kind::Map(mut entries) => {
            for entry in &mut entries {
                let value = std::mem::replace(&mut entry.node, Node::null());
                entry.node = with_pending(value);
            }
            Kind::Map(entries)
        }
        kind => kind,
    };
    node
}
