//! Layers merged, and the difference of two trees as something that can be merged again.

use std::collections::{HashMap, HashSet};

use super::node::{Entry, Key, Kind, Node};
use super::pointer::Pointer;

/// What turns one tree into another: `apply(base, &overlay(base, target)) == target`.
///
/// The law holds for trees without duplicate keys, which the walker refuses.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Overlay {
    /// What is merged; `null` in it is data.
    pub(crate) set: Node,
    /// What is taken away first.
    pub(crate) omit: Vec<Pointer>,
}

/// What `null` means in a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// It takes back what lower layers set, so that the value is derived again.
    Reset,
    /// It is a value. Helm needs it to delete a default of a chart.
    Data,
    #[cfg_attr(not(test), expect(dead_code, reason = "layers merge field by field"))]
    /// It is a value below these keys of the root, and takes back everywhere else.
    DataBelow(&'static [&'static str]),
}

/// What must be merged into `base`, and taken out of it, to make it `target`.
pub(crate) fn overlay(base: &Node, target: &Node) -> Overlay {
    let mut omit = Vec::new();
    let set = match (&base.kind, &target.kind) {
        (Kind::Map(from), Kind::Map(to)) => {
            let set = difference(from, to, &Pointer::default(), &mut omit);
            Node {
                kind: Kind::Map(set),
                origin: target.origin,
            }
        }
        // Anything but a map replaces, so it must be set even if nothing changes.
        _ => target.clone(),
    };
    Overlay { set, omit }
}

fn difference(from: &[Entry], to: &[Entry], at: &Pointer, omit: &mut Vec<Pointer>) -> Vec<Entry> {
    let kept = index(to);
    omit.extend(
        from.iter()
            .filter(|entry| !kept.contains_key(&entry.key))
            .map(|entry| at.join(entry.key.clone())),
    );
    let before: HashMap<&Key, &Node> = from.iter().map(|entry| (&entry.key, &entry.node)).collect();
    let mut set = Vec::new();
    for entry in to {
        let node = match before.get(&entry.key).copied() {
            Some(base) if *base == entry.node => continue,
            Some(Node {
                kind: Kind::Map(from),
                ..
            }) if entry.node.is_map() => {
                let inner = difference(
                    from,
                    entry.node.entries(),
                    &at.join(entry.key.clone()),
                    omit,
                );
                if inner.is_empty() {
                    continue;
                }
                Node {
                    kind: Kind::Map(inner),
                    origin: entry.node.origin,
                }
            }
            _ => entry.node.clone(),
        };
        set.push(Entry {
            key: entry.key.clone(),
            key_origin: entry.key_origin,
            node,
        });
    }
    set
}

/// `base` without what the overlay omits, and with what it sets: the law that proves overlays.
#[cfg(test)]
pub(crate) fn apply(base: &Node, overlay: &Overlay) -> Node {
    let mut node = base.clone();
    for pointer in &overlay.omit {
        pointer.remove(&mut node);
    }
    merge(node, &overlay.set, Nulls::Data)
}

#[cfg(test)]
impl Overlay {
    /// Whether it changes nothing of a map.
    pub(crate) fn is_empty(&self) -> bool {
        self.omit.is_empty() && matches!(&self.set.kind, Kind::Map(entries) if entries.is_empty())
    }
}

/// Lays `over` on `base`: maps merge by key, lists and scalars replace, each keeps the origin of what won.
#[must_use]
pub(crate) fn merge(base: Node, over: &Node, nulls: Nulls) -> Node {
    let Kind::Map(over_entries) = &over.kind else {
        return over.clone();
    };
    let mut entries = match base.kind {
        Kind::Map(entries) => entries,
        // Merged all the same, since a `null` in what is new must not stay.
        _ => Vec::new(),
    };
    let mut at: HashMap<Key, usize> = index(&entries);
    let mut reset = HashSet::new();
    for over in over_entries {
        let below = match nulls {
            Nulls::DataBelow(keys) if keys.contains(&over.key.as_str()) => Nulls::Data,
            Nulls::DataBelow(_) => Nulls::Reset,
            same => same,
        };
        if below == Nulls::Reset && over.node.is_null() {
            reset.insert(&over.key);
            continue;
        }
        reset.remove(&over.key);
        if let Some(entry) = at.get(&over.key).and_then(|at| entries.get_mut(*at)) {
            let base = std::mem::replace(&mut entry.node, Node::null());
            entry.node = merge(base, &over.node, below);
            entry.key_origin = over.key_origin;
        } else {
            at.insert(over.key.clone(), entries.len());
            let node = merge(Node::null(), &over.node, below);
            entries.push(Entry {
                key: over.key.clone(),
                key_origin: over.key_origin,
                node,
            });
        }
    }
    if !reset.is_empty() {
        entries.retain(|entry| !reset.contains(&entry.key));
    }
    Node {
        kind: Kind::Map(entries),
        origin: over.origin,
    }
}

/// The place of each key; the last where it is written twice.
fn index(entries: &[Entry]) -> HashMap<Key, usize> {
    entries
        .iter()
        .enumerate()
        .map(|(at, entry)| (entry.key.clone(), at))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::super::yaml_read::{Limits, read};
    use super::*;
    use crate::span::{SourceFile, Sources};

    fn node(text: &str) -> Node {
        let file = Sources::default().add(SourceFile::new("a.yaml", text));
        read(text, file, &Limits::default()).0.unwrap()
    }

    #[rstest]
    #[case::maps(
        "{a: {b: 1, c: 2}, d: [1]}",
        "{a: {b: 3}, d: [2, 3], e: 4}",
        "{a: {b: 3, c: 2}, d: [2, 3], e: 4}"
    )]
    #[case::scalar("{a: {b: 1}}", "{a: x}", "{a: x}")]
    #[case::map_over_scalar("{a: x}", "{a: {b: 1}}", "{a: {b: 1}}")]
    #[case::reset(
        "{a: 1, b: 2, c: {d: 3}}",
        "{a: ~, c: {d: ~}, e: {f: ~}}",
        "{b: 2, c: {}, e: {}}"
    )]
    #[case::reset_then_set("{a: 1, b: 2}", "{a: ~, values: {x: ~}}", "{b: 2, values: {x: ~}}")]
    #[case::data_in_lists("{a: 1}", "{a: [~]}", "{a: [~]}")]
    fn layers_merge(#[case] base: &str, #[case] over: &str, #[case] expected: &str) {
        assert_eq!(
            merge(node(base), &node(over), Nulls::DataBelow(&["values"])),
            node(expected)
        );
    }

    #[test]
    fn the_winner_keeps_its_place() {
        let (base, over) = (
            node("{a: {b: 1, c: 2}}"),
            node("                    {a: {b: 3}}"),
        );
        let merged = merge(base.clone(), &over, Nulls::Reset);
        assert_eq!(
            merged.path(&["a", "b"]).unwrap().origin,
            over.path(&["a", "b"]).unwrap().origin
        );
        assert_eq!(
            merged.path(&["a", "c"]).unwrap().origin,
            base.path(&["a", "c"]).unwrap().origin
        );
    }

    #[test]
    fn overlays_say_only_what_differs() {
        let overlay = overlay(
            &node("{a: {b: 1, c: 2, e: [1]}, f: 1}"),
            &node("{a: {c: 2, e: [1], d: ~}, f: 1}"),
        );
        assert_eq!(overlay.set, node("{a: {d: ~}}"));
        assert_eq!(
            overlay
                .omit
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
            ["/a/b"]
        );
        assert!(super::overlay(&node("{a: 1}"), &node("{a: 1}")).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn an_overlay_applied_is_the_target(
            base in super::super::yaml_test::node(),
            target in super::super::yaml_test::node(),
        ) {
            prop_assert_eq!(apply(&base, &overlay(&base, &target)), target);
        }

        #[test]
        fn related_trees_keep_the_law(base in related(), target in related()) {
            prop_assert_eq!(apply(&base, &overlay(&base, &target)), target.clone());
            prop_assert_eq!(apply(&target, &overlay(&target, &target)), target);
        }
    }

    /// Trees over few keys, so that two of them have much in common.
    fn related() -> impl Strategy<Value = Node> {
        let leaf = prop_oneof![
            Just(Node::null()),
            (0..2u32).prop_map(Node::from),
            Just(Node::list([]))
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            proptest::collection::vec(
                (proptest::sample::select(&["a", "b", "c~/", ""][..]), inner),
                0..4,
            )
            .prop_map(|entries| {
                let mut map = Node::map();
                for (key, node) in entries {
                    map.insert(key, node);
                }
                map
            })
        })
    }
}
