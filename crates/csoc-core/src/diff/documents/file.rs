//! One file of both sides: a document by what it says, anything else by its bytes.

use super::super::classify::{self, About};
use super::super::kind::ChangeKind;
use super::super::leaf;
use super::super::raw::Raw;
use super::super::redact;
use super::application::{Placed, application};
use super::values::{Merged, is_values};
use crate::tree::{Document, File};
use crate::value::pointer::Pointer;
use crate::value::{Key, Node, Origin};
use crate::verify;

/// The object whose files are compared.
pub(super) struct Pair<'a> {
    pub(super) object: &'a str,
    pub(super) values: &'a Merged<'a>,
}

/// What a file says, where it is a document.
pub(super) fn node(file: &File) -> Option<&Node> {
    match file.document() {
        Document::Yaml(node) | Document::Json(node) => Some(node),
        Document::Hcl(_) | Document::Bytes(_) => None,
    }
}

/// An Application with its place.
fn placed(file: Option<&File>) -> Option<Placed<'_>> {
    let file = file?;
    Some(Placed::new(node(file)?, file.path()))
}

impl Pair<'_> {
    /// What is different between a file and the one that stands for it on the other side.
    pub(super) fn file(
        &self,
        slot: &str,
        old: Option<&File>,
        new: Option<&File>,
        into: &mut Vec<Raw>,
    ) {
        let object = self.object;
        // Content is bytes to a fleet, and a document to who reads it from a disk.
        let read = (old.and_then(parsed), new.and_then(parsed));
        let (old, new) = (read.0.as_ref().or(old), read.1.as_ref().or(new));
        let nodes = (old.and_then(node), new.and_then(node));
        let is_application = |node: Option<&Node>| {
            node.and_then(|node| node.get("kind")).and_then(Node::text) == Some("Application")
        };
        if is_application(nodes.0) || is_application(nodes.1) {
            application(self, slot, placed(old), placed(new), into);
            return;
        }
        let is_structured =
            |file: Option<&File>, node: Option<&Node>| file.is_none() || node.is_some();
        if !is_structured(old, nodes.0) || !is_structured(new, nodes.1) {
            let shown = |file: Option<&File>| {
                file.map(|file| {
                    let bytes = file.bytes();
                    match std::str::from_utf8(&bytes) {
                        Ok(text) if text.contains('\n') => leaf::show_text(text),
                        _ => format!(
                            "{} bytes ({})",
                            bytes.len(),
                            leaf::digest(&String::from_utf8_lossy(&bytes))
                        ),
                    }
                })
            };
            let (before, after) = (shown(old), shown(new));
            if before != after {
                into.push(Raw::new(
                    object,
                    ChangeKind::Content,
                    content_name(slot),
                    slot,
                    before,
                    after,
                ));
            }
            return;
        }
        let about = subject_of(slot);
        leaf::compare(nodes.0, nodes.1, &mut |path, before, after| {
            let mut raw = self.raw(about(path), slot, path, before, after);
            for (file, node) in [(old, before), (new, after)] {
                if let (Some(file), Some(Origin::Made(number))) =
                    (file, node.map(|node| node.origin))
                    && let Some(made) = file.made_by(number)
                {
                    raw.inputs.extend(made.inputs.iter().cloned());
                }
            }
            raw.inputs.sort();
            raw.inputs.dedup();
            if is_values(slot) {
                into.extend(self.values.telling(raw, path, before, after));
            } else if raw.place.old != raw.place.new
                || raw.place.old.as_deref() == Some(redact::REDACTED)
            {
                into.push(raw);
            }
        });
    }

    /// One leaf that is different.
    pub(super) fn raw(
        &self,
        (kind, subject): About,
        slot: &str,
        path: &[Key],
        old: Option<&Node>,
        new: Option<&Node>,
    ) -> Raw {
        let object = self.object;
        let pointer: Pointer = path.iter().cloned().collect();
        let key = path.last().map_or("", |key| key.as_str());
        let (old, new) = leaf::show_both(old, new);
        let shown = |text: Option<String>| text.map(|text| redact::shown(key, text));
        let (old, new) = switched(kind, shown(old), shown(new));
        Raw::new(object, kind, subject, format!("{slot}#{pointer}"), old, new)
    }
}

/// What a value is about, by the keys to it.
type Subjects<'s> = dyn Fn(&[Key]) -> About + 's;

/// What the values of a file are about, by where it lies.
fn subject_of(slot: &str) -> Box<Subjects<'_>> {
    if is_values(slot) {
        Box::new(classify::values)
    } else if slot == "cluster-values/cluster-values.yaml" {
        Box::new(classify::cluster_values)
    } else if let Some(name) = slot.strip_prefix("cluster-values/") {
        let subject = format!("{} values", name.trim_end_matches(".yaml"));
        Box::new(move |_| (ChangeKind::Addon, subject.clone()))
    } else if slot.starts_with("argocd/") || slot.starts_with("gitops/") {
        let name = slot.rsplit('/').next().unwrap_or(slot);
        let subject = name
            .trim_end_matches(".yaml")
            .replacen("project-", "project ", 1);
        Box::new(move |_| (ChangeKind::Application, subject.clone()))
    } else {
        Box::new(|_| (ChangeKind::Content, content_name(slot)))
    }
}

/// Bytes as the document that their name says.
fn parsed(file: &File) -> Option<File> {
    let Document::Bytes(bytes) = file.document() else {
        return None;
    };
    Some(verify::read_file(
        file.path(),
        file.object(),
        file.backend(),
        bytes,
    ))
}

/// What a content file is for, by where it lies.
fn content_name(slot: &str) -> String {
    slot.strip_prefix("values/").unwrap_or(slot).to_owned()
}

/// Whether a service runs, in words. One that is not named does not.
pub(super) fn switched(
    kind: ChangeKind,
    old: Option<String>,
    new: Option<String>,
) -> (Option<String>, Option<String>) {
    if kind != ChangeKind::Service {
        return (old, new);
    }
    let word = |text: Option<String>| {
        Some(
            if text.as_deref() == Some("true") {
                "on"
            } else {
                "off"
            }
            .to_owned(),
        )
    };
    (word(old), word(new))
}
