//! Terraform as anyone writes it.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::{parts, show};
use crate::context::Context;
use crate::diagnostic::Diagnostics;
use crate::hcl::{self, Body};
use crate::span::{FileId, SourceFile, Sources};
use crate::value::{self, Node, json_read};
use crate::verify::terraform::{Directories, Part, add, check};

/// A root and the modules below it: each file read and printed, all of them checked.
///
/// The first file is `main.tf`; behind a line `%%% PATH` stands the next.
pub fn terraform(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut sources = Sources::default();
    let mut found = Diagnostics::default();
    let mut bodies: Vec<(Utf8PathBuf, Body)> = Vec::new();
    let mut nodes: Vec<(Utf8PathBuf, Node)> = Vec::new();
    for (path, text) in parts(text, "main.tf") {
        let id = sources.add(SourceFile::new(path, text));
        if Utf8Path::new(path).extension() == Some("json") {
            value::fuzzing::json(text);
            let (node, more) = json_read::read_json(text, id);
            found.append(more);
            if let Some(node) = node {
                json(&node, id);
                nodes.push((path.into(), node));
            }
        } else {
            match hcl::parse(text, id) {
                Ok(body) => {
                    native(&body, id);
                    bodies.push((path.into(), body));
                }
                Err(more) => found.extend(more),
            }
        }
    }
    let mut directories = Directories::new();
    for (path, body) in &bodies {
        add(&mut directories, path, Part::Native(body));
    }
    for (path, node) in &nodes {
        add(&mut directories, path, Part::Json(node));
    }
    let (more, _) = check(&directories, &Context::default());
    found.append(more);
    show((found, sources));
}

/// What was read is read again from its text.
fn native(body: &Body, id: FileId) {
    let printed = hcl::print(body);
    match hcl::parse(&printed, id) {
        Ok(again) => assert!(
            again == *body,
            "the text reads as another tree:\n{body:#?}\n{printed}\n{again:#?}"
        ),
        // Parentheses that the printer adds may be one level too many.
        Err(found) => assert!(
            found[0].message.contains("expected at most"),
            "{}:\n{printed}",
            found[0].message
        ),
    }
}

/// Values of JSON are the same values in Terraform's own language.
fn json(node: &Node, id: FileId) {
    let _ = hcl::print(&hcl::read_json(node));
    if has_keys_twice(node) {
        return;
    }
    native(&Body::new().attribute("value", hcl::value_of(node)), id);
}

/// Whether a key is written twice, which is said of JSON elsewhere and no text in Terraform's own language.
fn has_keys_twice(node: &Node) -> bool {
    let mut keys = BTreeSet::new();
    let mut entries = node.entries().iter();
    entries.any(|entry| !keys.insert(entry.key.as_str()) || has_keys_twice(&entry.node))
        || node.items().iter().any(has_keys_twice)
}
