//! From files to a repository.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::application::Application;
use super::repository::Repository;
use super::role::Role;
use crate::diagnostic::{Diagnostics, Finding};
use crate::source::{FILE_NOT_UTF8, SourceSet};
use crate::span::{FileId, SourceFile, Sources, Span};
use crate::tree::{Document, File};
use crate::value::{Kind, Node, yaml_read};

/// How the marker of a value that is not known yet starts.
const MARKER: &str = "<pending: ";

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
    /// Applications.
    Applications(Vec<Application>),
    /// Nothing that is read.
    Unread,
}

impl Content {
    /// The file, where it is text.
    pub(super) fn file(&self) -> Option<FileId> {
        match self {
            Self::Text { file, .. } => Some(*file),
            Self::Applications(_) | Self::Unread => None,
        }
    }
}

/// Reads a repository. What cannot be read is left out and reported.
pub(crate) fn read(set: &SourceSet, sources: &mut Sources, found: &mut Diagnostics) -> Repository {
    let files: Vec<(Utf8PathBuf, Role, Option<FileId>)> = set
        .iter()
        .map(|(path, bytes)| {
            let role = Role::of(path);
            let id = (role != Role::Other)
                .then(|| text(path, bytes, sources, found))
                .flatten();
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
    if matches!(role, Role::Application | Role::Hub) {
        return Content::Applications(Application::read(text, file, found));
    }
    let is_empty = text.lines().all(|line| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('#') || line == "---"
    });
    let limits = yaml_read::Limits::default();
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
    /// A file of ours that was read as a document, by its path below the repository.
    pub(crate) fn of_ours(path: &Utf8Path, file: &File, text: Option<FileId>) -> Self {
        let role = Role::of(path);
        let content = match (role, file.document(), text) {
            (Role::Other, ..) | (_, _, None) => Content::Unread,
            (Role::Application | Role::Hub, Document::Yaml(node), Some(id)) => {
                Content::Applications(
                    Application::of_document(node.clone(), id)
                        .into_iter()
                        .collect(),
                )
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
