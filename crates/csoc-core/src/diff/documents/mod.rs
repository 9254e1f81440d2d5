//! Rendered documents side by side: which file of one side is which of the other, and what they say.

mod application;
mod file;
mod holdings;
mod sets;
mod values;

pub(super) use holdings::holdings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::Utf8Path;

use super::classify;
use super::leaf;
use super::raw::Raw;
use super::terraform::{self, Root};
use crate::catalog::chart::ChartCatalog;
use crate::tree::{BackendName, File};
use file::Pair;
use values::{Merged, is_values, says_nothing};

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
    let files: Vec<Arc<File>> = files.into_iter().collect();
    let owners: BTreeMap<&Utf8Path, &str> = files
        .iter()
        .map(|file| (file.path(), file.object()))
        .collect();
    let owner = |path: &Utf8Path| owners.get(path).map(|object| (*object).to_owned());
    of_owners(files.iter().cloned(), &owner)
}

/// The same of some files only: `owner` gives the object of any file that there is.
pub(super) fn of_owners(
    files: impl IntoIterator<Item = Arc<File>>,
    owner: &dyn Fn(&Utf8Path) -> Option<String>,
) -> BTreeMap<String, Documents> {
    let mut objects: BTreeMap<String, Documents> = BTreeMap::new();
    for file in sets::with_applications(files.into_iter().collect(), owner) {
        let name = file.path().file_name().unwrap_or_default();
        if matches!(
            name,
            "CUTOVER.md" | "README.md" | "stacks.json" | "Chart.yaml"
        ) {
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
        // What Argo CD's own objects are of shows nowhere below a directory.
        ["gitops", "hub", "argocd" | "clusters" | "commons", ..] => 0,
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
///
/// Of the chart only what it does by itself counts: a value that says just that is none.
pub(super) fn compare(
    object: &str,
    old: &Documents,
    new: &Documents,
    chart: Option<ChartCatalog<'_>>,
    into: &mut Vec<Raw>,
) {
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
        let slots = side.files.keys().filter(|slot| is_values(slot));
        slots.cloned().collect()
    };
    let (before, after) = (values(old), values(new));
    let split_alike = before == after || before.is_empty() || after.is_empty();
    let merged = Merged::new(old, new, before.len().max(after.len()) > 1, chart);
    let pair = Pair {
        object,
        values: &merged,
    };
    if !split_alike {
        leaf::compare(
            Some(&merged.old),
            Some(&merged.new),
            &mut |path, old, new| {
                let raw = pair.raw(classify::values(path), "values", path, old, new);
                into.extend(merged.telling(raw, path, old, new));
            },
        );
    }
    // Of files that say the same key one wins: what the others say of it is no matter.
    let wins = (before == after && before.len() > 1).then(|| merged.winning());
    let slots: BTreeSet<&String> = old.files.keys().chain(new.files.keys()).collect();
    for slot in slots {
        if is_values(slot) && !split_alike {
            continue;
        }
        let found = into.len();
        pair.file(
            slot,
            old.files.get(slot).map(AsRef::as_ref),
            new.files.get(slot).map(AsRef::as_ref),
            into,
        );
        if let Some(wins) = wins.as_ref().filter(|_| is_values(slot)) {
            let mut kept = into.split_off(found);
            kept.retain(|raw| {
                let pointer = raw.place.at.split_once('#').map_or("", |(_, after)| after);
                let meets = |won: &String| is_below(pointer, won) || is_below(won, pointer);
                wins.iter().any(meets)
            });
            into.append(&mut kept);
        }
    }
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
