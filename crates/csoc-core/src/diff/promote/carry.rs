//! One field carried from an environment to another, by one edit of one file.

use super::PromoteOptions;
use super::error::PromoteError;
use crate::context::Context;
use crate::explain::Place;
use crate::fleet::Fleet;
use crate::resolve::{EnvironmentRef, LayerKind, ResolvedEnvironment, ResolvedFleet};
use crate::source::SourceSet;
use crate::source::edit::{self, Written};
use crate::span::SourceFile;
use crate::value::path::{ModelPath, Step};
use crate::value::suggestion::closest;
use crate::value::{Key, Node};

/// Fields that are each environment's own: what they name is there once.
const OWN: [&str; 9] = [
    "tier",
    "cluster",
    "hostname",
    "cutover",
    "previewHostname",
    "identity",
    "lifecycle",
    "management",
    "naming",
];

/// The order in which people write the fields of an environment; others stand before these.
const ORDER: [&str; 16] = [
    "tier",
    "cluster",
    "hostname",
    "release",
    "size",
    "dictionary",
    "frontend",
    "profiles",
    "replicas",
    "registry",
    "images",
    "identity",
    "exposure",
    "users",
    "content",
    "services",
];

/// The fleet with one field carried; of a map each leaf by itself.
pub(super) fn carry(
    fleet: &Fleet,
    from: &EnvironmentRef,
    to: &EnvironmentRef,
    path: &ModelPath,
    options: &PromoteOptions,
    context: &Context,
) -> Result<Fleet, PromoteError> {
    let field = path.to_string();
    let keys: Vec<Key> = path
        .steps()
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.clone()),
            Step::Item(_) => None,
        })
        .collect();
    if keys.is_empty() || keys.len() != path.steps().len() {
        return Err(PromoteError::Path(format!(
            "`{field}` is no field of an environment: keys joined by dots, and no items of lists"
        )));
    }
    if keys
        .first()
        .is_some_and(|first| OWN.contains(&first.as_str()))
    {
        return Err(PromoteError::Own { field });
    }
    let merged = |fleet: &Fleet, at: &EnvironmentRef| {
        fleet
            .resolved()
            .environments
            .get(at)
            .map(|environment| environment.layers.merged.clone())
    };
    let names: Vec<&str> = keys.iter().map(Key::as_str).collect();
    let source = merged(fleet, from).and_then(|merged| merged.path(&names).cloned());
    let Some(value) = source else {
        let parent = merged(fleet, from).and_then(|merged| {
            merged
                .path(
                    names
                        .get(..names.len().saturating_sub(1))
                        .unwrap_or_default(),
                )
                .cloned()
        });
        let known: Vec<String> = parent
            .iter()
            .flat_map(|node| node.entries().iter().map(|entry| entry.key.to_string()))
            .collect();
        let last = names.last().copied().unwrap_or_default();
        let start = field.strip_suffix(last).unwrap_or_default();
        return Err(PromoteError::Absent {
            environment: from.to_string(),
            suggestion: closest(last, known.iter().map(String::as_str))
                .map(|name| format!("{start}{name}")),
            field,
        });
    };
    let sources = &fleet.resolved().loaded.sources;
    let mut leaves = Vec::new();
    collect(&value, &mut keys.clone(), &mut leaves);
    let mut fleet = fleet.clone();
    for (keys, value) in leaves {
        let names: Vec<&str> = keys.iter().map(Key::as_str).collect();
        let there = merged(&fleet, to).and_then(|merged| merged.path(&names).cloned());
        if there.as_ref() != Some(&value) {
            let text = value
                .span()
                .and_then(|span| {
                    sources
                        .file(span.file)
                        .text()
                        .get(span.start as usize..span.end as usize)
                })
                .map(str::trim_end);
            fleet = set(
                &fleet,
                to,
                &keys,
                Written { node: &value, text },
                options,
                context,
            )?;
        }
    }
    Ok(fleet)
}

fn collect(node: &Node, path: &mut Vec<Key>, into: &mut Vec<(Vec<Key>, Node)>) {
    if node.is_map() && !node.entries().is_empty() {
        for entry in node.entries() {
            path.push(entry.key.clone());
            collect(&entry.node, path, into);
            path.pop();
        }
    } else {
        into.push((path.clone(), node.clone()));
    }
}

/// The fleet with one field set: where it stands, or in the environment itself.
fn set(
    fleet: &Fleet,
    at: &EnvironmentRef,
    keys: &[Key],
    value: Written<'_>,
    options: &PromoteOptions,
    context: &Context,
) -> Result<Fleet, PromoteError> {
    let names: Vec<&str> = keys.iter().map(Key::as_str).collect();
    let field = keys.iter().cloned().collect::<ModelPath>().to_string();
    let resolved = fleet.resolved();
    let edited = match standing(resolved, at, &names, options)? {
        Some(node) => {
            file_of(resolved, &node).map(|file| (file, edit::replace(file.text(), &node, value)))
        }
        None => inserted(resolved, at, keys, value),
    };
    let text = |file: String| PromoteError::Text {
        field: field.clone(),
        file,
    };
    let (file, edited) = edited.ok_or_else(|| text(at.to_string()))?;
    let path = file.path().to_owned();
    let edited = edited.ok_or_else(|| text(path.to_string()))?;
    let mut set: SourceSet = fleet.sources().clone();
    set.insert(path.clone(), edited.into_bytes());
    let changed =
        Fleet::from_sources(set, context).map_err(|error| PromoteError::Fleet(Box::new(error)))?;
    if is_only(fleet, &changed, at, &names, value.node) {
        Ok(changed)
    } else {
        Err(PromoteError::More {
            field,
            file: path.to_string(),
        })
    }
}

/// The node to be replaced: the field where the environment sets it, or a layer that nobody else has.
fn standing(
    resolved: &ResolvedFleet,
    at: &EnvironmentRef,
    names: &[&str],
    options: &PromoteOptions,
) -> Result<Option<Node>, PromoteError> {
    let layers = resolved
        .environments
        .get(at)
        .map(|environment| &environment.layers.layers);
    let setting = layers.and_then(|layers| {
        layers.iter().rev().find_map(|layer| {
            Some((
                layer.kind,
                layer.node.path(names)?.clone(),
                layer.node.span(),
            ))
        })
    });
    let Some((kind, node, span)) = setting else {
        return Ok(None);
    };
    let shares = |environment: &ResolvedEnvironment| {
        environment
            .layers
            .layers
            .iter()
            .any(|layer| layer.kind == kind && layer.node.span() == span)
    };
    let others = resolved
        .environments
        .iter()
        .filter(|(other, environment)| *other != at && shares(environment))
        .count();
    match kind {
        LayerKind::Environment => Ok(Some(node)),
        LayerKind::Edition | LayerKind::EditionTier => Ok(None),
        _ if others == 0 => Ok(Some(node)),
        _ if options.override_shared => Ok(None),
        kind => Err(PromoteError::Shared {
            field: names.iter().copied().collect::<ModelPath>().to_string(),
            environment: at.to_string(),
            layer: kind.describe(),
            others,
            place: node
                .span()
                .map(|span| Place::new(&resolved.loaded.sources, span)),
        }),
    }
}

/// The file of the environment, and its text with the field in it; no text where it cannot be put in.
fn inserted<'f>(
    resolved: &'f ResolvedFleet,
    at: &EnvironmentRef,
    keys: &[Key],
    value: Written<'_>,
) -> Option<(&'f SourceFile, Option<String>)> {
    let mut map = resolved.root.path(&[
        "commons",
        at.commons.as_str(),
        "environments",
        at.environment.as_str(),
    ])?;
    let mut rest = keys;
    while let Some((first, behind)) = rest.split_first()
        && let Some(below) = map.get(first.as_str()).filter(|below| below.is_map())
    {
        map = below;
        rest = behind;
    }
    let file = map
        .entries()
        .last()
        .and_then(|entry| file_of(resolved, &entry.node))
        .or_else(|| file_of(resolved, map))?;
    Some((file, edit::insert(file.text(), map, rest, value, &ORDER)))
}

fn file_of<'f>(resolved: &'f ResolvedFleet, node: &Node) -> Option<&'f SourceFile> {
    node.span()
        .map(|span| resolved.loaded.sources.file(span.file))
}

/// Whether that field of that environment is all that is different: an alias or a merge key may share a text.
fn is_only(old: &Fleet, new: &Fleet, at: &EnvironmentRef, names: &[&str], value: &Node) -> bool {
    let (before, after) = (&old.resolved().environments, &new.resolved().environments);
    let (root, now) = (&old.resolved().root, &new.resolved().root);
    let is_same = |key: &&str| root.get(key) == now.get(key);
    before.len() == after.len()
        && [
            "accounts",
            "clusters",
            "hub",
            "gitops",
            "charts",
            "terraform",
            "network",
            "policy",
        ]
        .iter()
        .all(is_same)
        && before.iter().all(|(other, environment)| {
            let Some(now) = after.get(other) else {
                return false;
            };
            if other != at {
                return environment.layers.merged == now.layers.merged;
            }
            let mut meant = (*environment.layers.merged).clone();
            let keys: Vec<Key> = names.iter().copied().map(Key::from).collect();
            meant.set(&keys, value.clone());
            meant == *now.layers.merged
        })
}
