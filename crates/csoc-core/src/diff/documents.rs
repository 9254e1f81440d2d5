//! Rendered documents side by side: which file of one side is which of the other, and what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::Utf8Path;

use super::change::Action;
use super::classify::{self, About};
use super::danger::Danger;
use super::kind::ChangeKind;
use super::leaf;
use super::raw::Raw;
use super::redact;
use super::terraform::{self, Root};
use crate::tree::{BackendName, Document, File};
use crate::value::overlay::{Nulls, merge};
use crate::value::pointer::Pointer;
use crate::value::{Key, Node, Origin};
use crate::verify;

/// Deletes what an Application made when the Application goes.
const CASCADE: &str = "resources-finalizer.argocd.argoproj.io";
/// The name of the values file that wins.
const VALUES: &str = "values/values.yaml";

/// The documents of one object on one side.
#[derive(Debug, Clone, Default)]
pub(super) struct Documents {
    /// Files of Terraform by root.
    pub(super) roots: BTreeMap<String, Vec<Arc<File>>>,
    /// Other files, by their path below the object's directory.
    pub(super) files: BTreeMap<String, Arc<File>>,
}

/// Files by object.
pub(super) fn by_object(files: impl IntoIterator<Item = Arc<File>>) -> BTreeMap<String, Documents> {
    let mut objects: BTreeMap<String, Documents> = BTreeMap::new();
    for file in files {
        let name = file.path().file_name().unwrap_or_default();
        if matches!(name, "README.md" | "stacks.json" | "Chart.yaml") {
            continue;
        }
        let documents = objects.entry(file.object().to_owned()).or_default();
        if file.backend() == BackendName::Terraform {
            let root = file.path().parent().unwrap_or(file.path()).to_string();
            documents.roots.entry(root).or_default().push(file);
        } else {
            let slot = slot(file.object(), file.path());
            if !((is_values(&slot) || slot == "values.yaml") && says_nothing(&file)) {
                documents.files.insert(slot, file);
            }
        }
    }
    objects
}

/// Where a file lies below its object's directory, so that a directory that got another name is the same.
fn slot(object: &str, path: &Utf8Path) -> String {
    let parts: Vec<&str> = path.as_str().split('/').collect();
    let skip = match parts[..] {
        ["gitops", "hub", _, name] if object.starts_with("commons.") => {
            let _ = name;
            return "templates/app.yaml".to_owned();
        }
        ["gitops", _, "app.yaml"] => 2,
        ["gitops", _, _, "app.yaml"] => return "templates/app.yaml".to_owned(),
        ["gitops", ..] if object.starts_with("clusters.") => 2,
        ["gitops", _, "cluster-values" | "argocd", ..] => 2,
        ["gitops", _, _, ..] if !object.starts_with("fleet") => 3,
        _ => 0,
    };
    parts.get(skip..).unwrap_or_default().join("/")
}

/// What is different between the documents of an object.
pub(super) fn compare(object: &str, old: &Documents, new: &Documents, into: &mut Vec<Raw>) {
    let roots: BTreeSet<&String> = old.roots.keys().chain(new.roots.keys()).collect();
    let labels = labels(&roots);
    for root in roots {
        let read = |side: &Documents| {
            side.roots
                .get(root)
                .map(|files| Root::new(&files.iter().map(AsRef::as_ref).collect::<Vec<_>>()))
        };
        let label = labels
            .get(root.as_str())
            .map_or(root.as_str(), String::as_str);
        terraform::compare(object, label, read(old).as_ref(), read(new).as_ref(), into);
    }
    let values = |side: &Documents| -> BTreeSet<String> {
        side.files
            .keys()
            .filter(|slot| is_values(slot))
            .cloned()
            .collect()
    };
    let (before, after) = (values(old), values(new));
    let split_alike = before == after;
    if !split_alike && !before.is_empty() && !after.is_empty() {
        let (before, after) = (merged(old), merged(new));
        leaf::compare(Some(&before), Some(&after), &mut |path, old, new| {
            let raw = raw(object, classify::values(path), "values", path, old, new);
            if raw.place.old != raw.place.new || raw.place.old.as_deref() == Some(redact::REDACTED)
            {
                into.push(raw);
            }
        });
    }
    // Of files that say the same key one wins: what the others say of it is no matter.
    let wins = (split_alike && before.len() > 1).then(|| winning(old, new));
    let slots: BTreeSet<&String> = old.files.keys().chain(new.files.keys()).collect();
    for slot in slots {
        if is_values(slot) && !split_alike && !before.is_empty() && !after.is_empty() {
            continue;
        }
        let found = into.len();
        file(
            object,
            slot,
            old.files.get(slot).map(AsRef::as_ref),
            new.files.get(slot).map(AsRef::as_ref),
            into,
        );
        if let Some(wins) = wins.as_ref().filter(|_| is_values(slot)) {
            let mut kept = into.split_off(found);
            kept.retain(|raw| {
                let pointer = raw
                    .place
                    .at
                    .split_once('#')
                    .map_or("", |(_, pointer)| pointer);
                wins.iter()
                    .any(|won| is_below(pointer, won) || is_below(won, pointer))
            });
            into.append(&mut kept);
        }
    }
}

/// Where the values of a deployment differ as Helm merges them.
fn winning(old: &Documents, new: &Documents) -> BTreeSet<String> {
    let mut wins = BTreeSet::new();
    leaf::compare(Some(&merged(old)), Some(&merged(new)), &mut |path, _, _| {
        wins.insert(path.iter().cloned().collect::<Pointer>().to_string());
    });
    wins
}

/// Whether one pointer is another or lies below it.
fn is_below(pointer: &str, other: &str) -> bool {
    pointer
        .strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Short names of roots: their kind, where no other root of the object has it.
fn labels<'a>(roots: &BTreeSet<&'a String>) -> BTreeMap<&'a str, String> {
    let kind = |root: &str| root.split('/').nth(3).unwrap_or(root).to_owned();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for root in roots {
        *counts.entry(kind(root)).or_default() += 1;
    }
    roots
        .iter()
        .map(|root| {
            let short = kind(root);
            let label = if counts.get(&short) == Some(&1) {
                short
            } else {
                root.strip_prefix("terraform/").unwrap_or(root).to_owned()
            };
            (root.as_str(), label)
        })
        .collect()
}

fn is_values(slot: &str) -> bool {
    slot.strip_prefix("values/").is_some_and(|name| {
        !name.contains('/') && matches!(Utf8Path::new(name).extension(), Some("yaml" | "yml"))
    })
}

/// Whether a values file is empty, or nothing but comments.
fn says_nothing(file: &File) -> bool {
    let Document::Bytes(bytes) = file.document() else {
        return false;
    };
    std::str::from_utf8(bytes).is_ok_and(|text| {
        text.lines()
            .map(str::trim_start)
            .all(|line| line.is_empty() || line.starts_with('#') || line == "---")
    })
}

/// The values of a deployment as Helm merges them: in the order of the Application, else by name.
fn merged(side: &Documents) -> Node {
    let mut order: Vec<String> = Vec::new();
    if let Some(node) = side
        .files
        .get("templates/app.yaml")
        .and_then(|file| node(file))
    {
        let sources = node
            .path(&["spec", "sources"])
            .map(Node::items)
            .unwrap_or_default();
        let single = node.path(&["spec", "source"]);
        for source in sources.iter().chain(single) {
            let files = source
                .path(&["helm", "valueFiles"])
                .map(Node::items)
                .unwrap_or_default();
            order.extend(files.iter().filter_map(|file| {
                file.text()?
                    .rsplit('/')
                    .next()
                    .map(|name| format!("values/{name}"))
            }));
        }
    }
    order.retain(|slot| side.files.contains_key(slot));
    // What an Application does not list nobody reads; where none lists anything, all of it counts.
    if order.is_empty() {
        order.extend(side.files.keys().filter(|slot| is_values(slot)).cloned());
    }
    order
        .iter()
        .filter_map(|slot| node(side.files.get(slot)?))
        .fold(Node::map(), |merged, over| merge(merged, over, Nulls::Data))
}

fn node(file: &File) -> Option<&Node> {
    match file.document() {
        Document::Yaml(node) | Document::Json(node) => Some(node),
        Document::Hcl(_) | Document::Bytes(_) => None,
    }
}

fn file(object: &str, slot: &str, old: Option<&File>, new: Option<&File>, into: &mut Vec<Raw>) {
    // Content is bytes to a fleet, and a document to who reads it from a disk.
    let read = (old.and_then(parsed), new.and_then(parsed));
    let (old, new) = (read.0.as_ref().or(old), read.1.as_ref().or(new));
    let nodes = (old.and_then(node), new.and_then(node));
    let is_application = |node: Option<&Node>| {
        node.and_then(|node| node.get("kind")).and_then(Node::text) == Some("Application")
    };
    if is_application(nodes.0) || is_application(nodes.1) {
        application(object, slot, nodes.0, nodes.1, into);
        return;
    }
    let is_structured = |file: Option<&File>, node: Option<&Node>| file.is_none() || node.is_some();
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
    let about: &dyn Fn(&[Key]) -> About = if is_values(slot) {
        &classify::values
    } else if slot == "cluster-values/cluster-values.yaml" {
        &classify::cluster_values
    } else if let Some(name) = slot.strip_prefix("cluster-values/") {
        &move |_: &[Key]| {
            (
                ChangeKind::Addon,
                format!("{} values", name.trim_end_matches(".yaml")),
            )
        }
    } else if slot.starts_with("argocd/") || slot.starts_with("gitops/") {
        &|_: &[Key]| {
            let name = slot
                .rsplit('/')
                .next()
                .unwrap_or(slot)
                .trim_end_matches(".yaml");
            (
                ChangeKind::Application,
                name.replacen("project-", "project ", 1),
            )
        }
    } else {
        &|_: &[Key]| (ChangeKind::Content, content_name(slot))
    };
    leaf::compare(nodes.0, nodes.1, &mut |path, before, after| {
        let mut raw = raw(object, about(path), slot, path, before, after);
        for (file, node) in [(old, before), (new, after)] {
            if let (Some(file), Some(Origin::Made(number))) = (file, node.map(|node| node.origin))
                && let Some(made) = file.made_by(number)
            {
                raw.inputs.extend(made.inputs.iter().cloned());
            }
        }
        raw.inputs.sort();
        raw.inputs.dedup();
        if raw.place.old != raw.place.new || raw.place.old.as_deref() == Some(redact::REDACTED) {
            into.push(raw);
        }
    });
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

fn raw(
    object: &str,
    (kind, subject): About,
    slot: &str,
    path: &[Key],
    old: Option<&Node>,
    new: Option<&Node>,
) -> Raw {
    let pointer: Pointer = path.iter().cloned().collect();
    let key = path.last().map_or("", |key| key.as_str());
    let (old, new) = leaf::show_both(old, new);
    let shown = |text: Option<String>| text.map(|text| redact::shown(key, text));
    let (old, new) = switched(kind, shown(old), shown(new));
    Raw::new(object, kind, subject, format!("{slot}#{pointer}"), old, new)
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

fn application(
    object: &str,
    slot: &str,
    old: Option<&Node>,
    new: Option<&Node>,
    into: &mut Vec<Raw>,
) {
    let name = |node: &Node| {
        node.path(&["metadata", "name"])
            .and_then(Node::text)
            .unwrap_or_default()
            .to_owned()
    };
    match (old, new) {
        (Some(gone), None) => {
            let (danger, reason) = if cascades(gone) {
                (
                    Danger::DataLoss,
                    "once it is deleted its finalizer deletes everything that it made",
                )
            } else {
                (
                    Danger::Outage,
                    "nobody keeps in step what it made; without a cascading finalizer that goes on running",
                )
            };
            into.push(
                Raw::presence(
                    object,
                    ChangeKind::Application,
                    name(gone),
                    slot,
                    Action::Removed,
                )
                .verdict(danger, reason),
            );
        }
        (None, Some(new)) => {
            into.push(
                Raw::presence(
                    object,
                    ChangeKind::Application,
                    name(new),
                    slot,
                    Action::Added,
                )
                .verdict(Danger::Cost, "Argo CD starts what it names"),
            );
        }
        _ => {
            leaf::compare(old, new, &mut |path, before, after| {
                let mut raw = raw(
                    object,
                    classify::application(path),
                    slot,
                    path,
                    before,
                    after,
                );
                if path.iter().any(|key| key == "finalizers") {
                    let cascaded = old.is_some_and(cascades);
                    raw = if new.is_some_and(cascades) && !cascaded {
                        raw.verdict(
                            Danger::DataLoss,
                            "from now on deleting the Application deletes everything that it made",
                        )
                    } else {
                        raw.verdict(
                            Danger::Harmless,
                            "deleting the Application leaves what it made",
                        )
                    };
                }
                into.push(raw);
            });
        }
    }
}

/// Whether deleting an Application deletes what it made.
pub(super) fn cascades(application: &Node) -> bool {
    let finalizers = application
        .path(&["metadata", "finalizers"])
        .map(Node::items)
        .unwrap_or_default();
    finalizers
        .iter()
        .any(|finalizer| finalizer.text() == Some(CASCADE))
}

/// What there is of an object on the only side that has it, for what follows from its coming or going.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    /// Resources that hold data, by type.
    pub(super) stateful: BTreeMap<String, usize>,
    /// The Application's name, its namespace, and whether it cascades.
    pub(super) application: Option<(String, String, bool)>,
    /// The host name.
    pub(super) host: Option<String>,
    /// How many roots.
    pub(super) roots: usize,
}

/// What there is of an object.
pub(super) fn holdings(documents: &Documents) -> Holdings {
    let mut holdings = Holdings {
        roots: documents.roots.len(),
        ..Holdings::default()
    };
    for files in documents.roots.values() {
        Root::new(&files.iter().map(AsRef::as_ref).collect::<Vec<_>>())
            .holdings(&mut holdings.stateful);
    }
    let text = |node: &Node, path: &[&str]| {
        node.path(path)
            .and_then(Node::text)
            .unwrap_or_default()
            .to_owned()
    };
    holdings.application = documents
        .files
        .get("templates/app.yaml")
        .and_then(|file| node(file))
        .map(|node| {
            (
                text(node, &["metadata", "name"]),
                text(node, &["spec", "destination", "namespace"]),
                cascades(node),
            )
        });
    holdings.host = documents
        .files
        .get(VALUES)
        .and_then(|file| node(file))
        .map(|node| text(node, &["global", "hostname"]))
        .filter(|host| !host.is_empty());
    holdings
}
