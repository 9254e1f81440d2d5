//! From bytes to one value tree, every file checked for its shape.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::role::Role;
use super::set::SourceSet;
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::span::{FileId, SourceFile, Sources, Span};
use crate::value::{Entry, Key, Kind, Node, Origin, json_read, yaml_read};

/// A model file without content.
pub(crate) const FILE_EMPTY: Code = Code::new("file-empty");
/// There is no `fleet.yaml`.
pub(crate) const FLEET_MISSING: Code = Code::new("fleet-missing");
/// A file that must be text is not UTF-8.
pub(crate) const FILE_NOT_UTF8: Code = Code::new("file-not-utf8");
/// Two files, or a file and its parent, set the same field.
pub(crate) const FIELD_SET_TWICE: Code = Code::new("field-set-twice");

/// A fleet's files, parsed and sorted by their role.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Every text that spans point into.
    pub(crate) sources: Sources,
    /// Each model file as a partial fleet of its own, in order of path.
    pub(crate) parts: Vec<Node>,
    /// All model files as one tree.
    pub(crate) root: Node,
    /// Content files by their path below `content/`.
    pub(crate) content: BTreeMap<Utf8PathBuf, ContentFile>,
    /// Recorded outputs by the stack's text.
    pub(crate) outputs: BTreeMap<String, Node>,
    /// Recorded imports by the stack's text.
    pub(crate) imports: BTreeMap<String, Node>,
    /// Provider lock files by their path below `locks/`.
    pub(crate) locks: BTreeMap<Utf8PathBuf, Arc<[u8]>>,
    /// The list of known findings.
    pub(crate) baseline: Option<Node>,
    /// The text of `csoc.lock`.
    pub(crate) pins: Option<FileId>,
    /// The catalogs of the fleet by their path, which is below `catalogs/`.
    pub(crate) catalogs: BTreeMap<Utf8PathBuf, Arc<[u8]>>,
}

/// A file below `content/`.
#[derive(Debug, Clone)]
pub(crate) struct ContentFile {
    /// Its bytes.
    pub(crate) bytes: Arc<[u8]>,
    /// Its number, where it is text.
    pub(crate) file: Option<FileId>,
}

impl Loaded {
    fn empty() -> Self {
        Self {
            sources: Sources::default(),
            parts: Vec::new(),
            root: Node::map(),
            content: BTreeMap::new(),
            outputs: BTreeMap::new(),
            imports: BTreeMap::new(),
            locks: BTreeMap::new(),
            baseline: None,
            pins: None,
            catalogs: BTreeMap::new(),
        }
    }
}

/// Parses all files of a set. Files that cannot be read are left out and reported.
pub(crate) fn load(set: &SourceSet) -> (Loaded, Diagnostics) {
    let mut sink = Diagnostics::default();
    let mut loaded = Loaded::empty();
    let mut texts = Vec::new();
    for (path, bytes) in set.iter() {
        let role = Role::of(path);
        match role {
            Role::Ignored | Role::Unexpected => {}
            Role::Lock => {
                loaded.locks.insert(below(path), bytes.clone());
            }
            Role::Pins => loaded.pins = text(path, bytes, &mut loaded.sources, &mut sink),
            Role::Catalog => {
                loaded.catalogs.insert(path.to_owned(), bytes.clone());
            }
            Role::Content => {
                let file = std::str::from_utf8(bytes)
                    .ok()
                    .map(|text| loaded.sources.add(SourceFile::new(path, text)));
                loaded.content.insert(
                    below(path),
                    ContentFile {
                        bytes: bytes.clone(),
                        file,
                    },
                );
            }
            Role::Model(_) | Role::Outputs | Role::Imports | Role::Baseline => {
                if let Some(id) = text(path, bytes, &mut loaded.sources, &mut sink) {
                    texts.push((role, id));
                }
            }
        }
    }
    let sources = &loaded.sources;
    let parsed: Vec<_> = texts
        .into_par_iter()
        .map(|(role, id)| {
            let text = sources.file(id).text();
            let (node, found) = match role {
                Role::Outputs | Role::Imports => json_read::read_json(text, id),
                _ => yaml_read::read(text, id, &yaml_read::Limits::default()),
            };
            (role, id, node, found)
        })
        .collect();
    let mut has_fleet = false;
    for (role, id, node, found) in parsed {
        let silent = found.is_empty();
        sink.append(found);
        match (role, node) {
            (Role::Model(path), Some(node)) => {
                has_fleet |= path.is_empty();
                loaded.parts.push(nest(&path, node, id));
            }
            (role @ (Role::Outputs | Role::Imports), Some(node)) => {
                let stack = below(sources.file(id).path()).with_extension("");
                let of_stacks = match role {
                    Role::Imports => &mut loaded.imports,
                    _ => &mut loaded.outputs,
                };
                of_stacks.insert(stack.into_string(), node);
            }
            (Role::Baseline, Some(node)) => loaded.baseline = Some(node),
            (role, None) => {
                has_fleet |= matches!(&role, Role::Model(path) if path.is_empty());
                if silent && role != Role::Baseline {
                    let path = sources.file(id).path();
                    sink.push(
                        Finding::error(FILE_EMPTY, format!("`{path}` is empty"))
                            .help("write the object that its path names, or remove the file")
                            .label(Span::file_start(id), "nothing stands here"),
                    );
                }
            }
            _ => {}
        }
    }
    if !has_fleet && set.get(Utf8Path::new("fleet.yaml")).is_none() {
        sink.push(
            Finding::error(
                FLEET_MISSING,
                "there is no `fleet.yaml` in the fleet directory",
            )
            .help("write one with `csoc init DIR`, or name the directory that holds it"),
        );
    }
    for part in &loaded.parts {
        graft(&mut loaded.root, part, &mut sink);
    }
    (loaded, sink)
}

fn below(path: &Utf8Path) -> Utf8PathBuf {
    path.components()
        .skip(1)
        .map(|part| part.as_str())
        .collect()
}

fn text(
    path: &Utf8Path,
    bytes: &Arc<[u8]>,
    sources: &mut Sources,
    sink: &mut Diagnostics,
) -> Option<FileId> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(sources.add(SourceFile::new(path, text))),
        Err(error) => {
            let good = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            let id = sources.add(SourceFile::new(path, good));
            sink.push(
                Finding::error(
                    FILE_NOT_UTF8,
                    format!(
                        "`{path}` is not UTF-8: byte {} is not text",
                        error.valid_up_to()
                    ),
                )
                .help("save it as UTF-8")
                .label(Span::new(id, good.len(), good.len()), "the text ends here"),
            );
            None
        }
    }
}

/// The node below a row of keys.
fn nest(path: &[Key], node: Node, file: FileId) -> Node {
    let origin = Origin::Text(Span::file_start(file));
    path.iter().rev().fold(node, |node, key| Node {
        kind: Kind::Map(vec![Entry {
            key: key.clone(),
            key_origin: origin,
            node,
        }]),
        origin,
    })
}

/// Puts one file's tree into the whole. Files may share maps, never a field.
fn graft(into: &mut Node, part: &Node, sink: &mut Diagnostics) {
    for entry in part.entries() {
        let Some(there) = into.get_mut(entry.key.as_str()) else {
            if let Kind::Map(entries) = &mut into.kind {
                entries.push(entry.clone());
            }
            continue;
        };
        if there.is_map() && entry.node.is_map() {
            graft(there, &entry.node, sink);
            continue;
        }
        let same_file =
            matches!((there.span(), entry.node.span()), (Some(a), Some(b)) if a.file == b.file);
        if !same_file {
            sink.push(
                Finding::error(
                    FIELD_SET_TWICE,
                    format!("`{}` is set in two files", entry.key),
                )
                .help("keep one of the two")
                .label(entry.node.span(), "set here")
                .label(there.span(), "and here"),
            );
        }
    }
}
