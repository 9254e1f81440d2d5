//! Values of a layer by the row of keys that leads to each.

use std::collections::BTreeMap;

use crate::value::{Key, Kind, Node};

/// A row of keys.
pub(super) type Path = Vec<Key>;

/// The scalars, lists and empty maps of a tree by their path; a later tree's win, and end what they stand in the way of.
pub(super) fn leaves(node: &Node, path: &mut Path, into: &mut BTreeMap<Path, Node>) {
    match &node.kind {
        Kind::Map(entries) if !entries.is_empty() && !is_ordered(path) => {
            for entry in entries {
                path.push(entry.key.clone());
                leaves(&entry.node, path, into);
                path.pop();
            }
        }
        _ => {
            into.insert(path.clone(), node.clone());
        }
    }
}

/// Whether the order of entries below a path says something.
pub(super) fn is_ordered(path: &[Key]) -> bool {
    matches!(path, [services, _, env] if *services == "services" && *env == "env")
}

/// The value below a row of keys.
pub(super) fn find<'n>(node: &'n Node, path: &[Key]) -> Option<&'n Node> {
    path.iter()
        .try_fold(node, |node, key| node.get(key.as_str()))
}

/// The same, to be changed.
pub(super) fn deep_mut<'n>(node: &'n mut Node, path: &[&str]) -> Option<&'n mut Node> {
    path.iter().try_fold(node, |node, key| node.get_mut(key))
}

/// Takes a value out, and maps that are empty without it.
pub(super) fn take(node: &mut Node, path: &[Key]) {
    crate::backend::helm::values::remove(node, path);
}
