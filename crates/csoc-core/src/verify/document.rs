//! Texts as documents: read by the name of their file, and compared with what was printed.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8Path;

use crate::catalog::Catalogs;
use crate::catalog::provider::with_blocks;
use crate::diagnostic::{Diagnostics, Finding};
use crate::hcl;
use crate::span::{FileId, SourceFile, Sources, Span};
use crate::tree::{Document, File, is_json};
use crate::value::path::{ModelPath, Step};
use crate::value::walker_finding::duplicate_key;
use crate::value::yaml_write::pending_marker;
use crate::value::{Entry, Kind, Node, json_read, yaml_read};

use super::FILE_UNFORMATTED;

/// The document that a text is by the name of its file; bytes where the name says nothing.
pub(super) fn read(
    path: &Utf8Path,
    text: &Arc<str>,
    file: FileId,
    sink: &mut Diagnostics,
) -> Document {
    let bytes = || Document::Bytes(text.as_bytes().into());
    match path.extension() {
        // A Helm template is YAML only once it is rendered.
        Some("yaml" | "yml") if is_template(path) && text.contains("{{") => bytes(),
        Some("yaml" | "yml") => {
            let (mut nodes, found) =
                yaml_read::documents(text, file, &yaml_read::Limits::default());
            sink.append(found);
            for node in &nodes {
                no_duplicates(node, sink);
            }
            match nodes.len() {
                0 | 1 => nodes.pop().map_or_else(bytes, Document::Yaml),
                _ => bytes(),
            }
        }
        Some("json") => {
            let (node, found) = json_read::read_json(text, file);
            sink.append(found);
            if let Some(node) = &node {
                no_duplicates(node, sink);
            }
            match node {
                Some(node) if is_json(path) => Document::Hcl(native(&node)),
                Some(node) => Document::Json(node),
                None => bytes(),
            }
        }
        Some("tf" | "tfvars" | "hcl") => match hcl::parse(text, file) {
            Ok(body) => {
                if path.file_name() != Some(".terraform.lock.hcl") {
                    sink.extend(unformatted(path, text, &body, file));
                }
                Document::Hcl(body)
            }
            Err(found) => {
                sink.extend(found);
                bytes()
            }
        },
        _ => bytes(),
    }
}

/// A file of Terraform in JSON, with the blocks that it would have in Terraform's own language.
pub(super) fn native(node: &Node) -> hcl::Body {
    with_blocks(hcl::read_json(node), Catalogs::embedded())
}

fn is_template(path: &Utf8Path) -> bool {
    path.components().any(|part| part.as_str() == "templates")
}

/// Keys that are written twice in one map, anywhere in a document.
///
/// The walker says nothing of what an open schema allows, so that it cannot be asked.
pub(super) fn no_duplicates(node: &Node, sink: &mut Diagnostics) {
    fn below(node: &Node, path: &mut ModelPath, sink: &mut Diagnostics) {
        path.push(Step::Item(None));
        for item in node.items() {
            below(item, path, sink);
        }
        path.pop();
        let mut first: BTreeMap<&str, &Entry> = BTreeMap::new();
        for entry in node.entries() {
            path.push(Step::Key(entry.key.clone()));
            match first.get(entry.key.as_str()) {
                Some(before) => sink.push(duplicate_key(before, entry, path)),
                None => {
                    first.insert(entry.key.as_str(), entry);
                }
            }
            below(&entry.node, path, sink);
            path.pop();
        }
    }
    below(node, &mut ModelPath::new(), sink);
}

fn unformatted(path: &Utf8Path, text: &str, body: &hcl::Body, file: FileId) -> Option<Finding> {
    let printed = hcl::print(body);
    if printed == text {
        return None;
    }
    let mut offset = 0;
    let mut lines = printed.split_inclusive('\n');
    for line in text.split_inclusive('\n') {
        if lines.next() != Some(line) {
            break;
        }
        offset += line.len();
    }
    let length = text[offset..].lines().next().map_or(0, str::len);
    Some(
        Finding::warning(
            FILE_UNFORMATTED,
            format!("`{path}` is not laid out as `terraform fmt` would"),
        )
        .help("run `terraform fmt`")
        .label(
            Span::new(file, offset, offset + length),
            "differs from here on",
        ),
    )
}

/// Whether the text of a file reads as its document; else why not.
pub(super) fn reads_back(file: &File) -> Result<(), String> {
    let bytes = file.bytes();
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return match file.document() {
            Document::Bytes(_) => Ok(()),
            _ => Err("it is not UTF-8".to_owned()),
        };
    };
    let mut sources = Sources::default();
    let id = sources.add(SourceFile::new(file.path(), text));
    let first = |found: Diagnostics| {
        found
            .into_vec()
            .into_iter()
            .next()
            .map_or_else(|| "it is empty".to_owned(), |finding| finding.message)
    };
    match file.document() {
        Document::Bytes(_) => Ok(()),
        Document::Yaml(meant) => {
            let (node, found) = yaml_read::read(text, id, &yaml_read::Limits::default());
            let node = node.ok_or_else(|| first(found))?;
            same(&node, meant)
        }
        Document::Json(meant) => {
            let (node, found) = json_read::read_json(text, id);
            let node = node.ok_or_else(|| first(found))?;
            same(&node, meant)
        }
        Document::Hcl(meant) if is_json(file.path()) => {
            let (node, found) = json_read::read_json(text, id);
            let node = node.ok_or_else(|| first(found))?;
            if hcl::sorted(&native(&node)) == hcl::sorted(meant) {
                Ok(())
            } else {
                Err("its text is another tree".to_owned())
            }
        }
        Document::Hcl(meant) => {
            let body = hcl::parse(text, id).map_err(|found| {
                found
                    .into_iter()
                    .next()
                    .map_or_else(String::new, |finding| finding.message)
            })?;
            if body == *meant {
                Ok(())
            } else {
                Err("its text is another tree".to_owned())
            }
        }
    }
}

fn same(read: &Node, meant: &Node) -> Result<(), String> {
    match difference(read, meant, &mut ModelPath::new()) {
        None => Ok(()),
        Some(path) => Err(format!("at `{path}`")),
    }
}

/// The first place where two trees differ; a pending value is the marker that it is printed as.
fn difference(read: &Node, meant: &Node, path: &mut ModelPath) -> Option<String> {
    let equal = match (&read.kind, &meant.kind) {
        (_, Kind::Pending(outputs)) => read.text() == Some(pending_marker(outputs).as_str()),
        (Kind::Map(one), Kind::Map(two)) if one.len() == two.len() => {
            return two.iter().find_map(|entry| {
                path.push(Step::Key(entry.key.clone()));
                let found = match read.get(entry.key.as_str()) {
                    Some(node) => difference(node, &entry.node, path),
                    None => Some(path.to_string()),
                };
                path.pop();
                found
            });
        }
        (Kind::List(one), Kind::List(two)) if one.len() == two.len() => {
            return one.iter().zip(two).find_map(|(one, two)| {
                path.push(Step::Item(None));
                let found = difference(one, two, path);
                path.pop();
                found
            });
        }
        (one, two) => one == two,
    };
    (!equal).then(|| path.to_string())
}
