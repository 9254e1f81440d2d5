//! A chart's keys as the tree that a catalog holds.
//!
//! ```text
//! catalog  { files: [path], charts: { key: [[condition]] }, notes: [text], values: key }
//! key      { k: { name: key }, e: key, t: types, d: default, n: items of the default,
//!            at: [file, line], by: [file, line], o: open, w: whole, u: unused, g: [[flag]] }
//! flag     { k: [[name]], h: holds }
//! ```

use super::keys::{DefaultValue, Flag, KeyFacts, KeyId, KeyTree, When};
use super::reader::ReadChart;
use super::walk::Place;
use crate::value::{Kind, Node, Reading, Scalar};

/// Characters of a default that are kept: enough to be shown.
const SHOWN: usize = 120;

/// The tree of a chart, with what is to be said of it.
pub(super) fn tree(chart: &ReadChart, notes: &[String]) -> Node {
    let mut map = Node::map();
    map.append(
        "files",
        Node::list(chart.files.iter().map(|path| Node::string(path.as_str()))),
    );
    let mut charts = Node::map();
    for (key, conditions) in &chart.below {
        let path = |path: &Vec<_>| Node::list(path.iter().map(name));
        charts.append(key.clone(), Node::list(conditions.iter().map(path)));
    }
    map.append("charts", charts);
    let notes = notes.iter().map(|note| Node::string(note.as_str()));
    map.append("notes", Node::list(notes));
    map.append("values", key(&chart.keys, KeyTree::ROOT).0);
    map
}

fn name(key: &crate::value::Key) -> Node {
    Node::string(key.as_str())
}

/// A key with all below it, and whether a template reads any of it.
fn key(tree: &KeyTree, id: KeyId) -> (Node, bool) {
    let facts = tree.facts(id);
    let mut is_used = facts.read.is_some();
    let mut map = Node::map();
    if !facts.children.is_empty() {
        let mut below = Node::map();
        for (name, child) in &facts.children {
            let (child, used) = key(tree, *child);
            is_used |= used;
            below.append(name.clone(), child);
        }
        map.append("k", below);
    }
    if let Some(element) = facts.element {
        let (element, used) = key(tree, element);
        is_used |= used;
        map.append("e", element);
    }
    if !facts.types.is_empty() {
        map.append("t", Node::integer(facts.types.bits()));
    }
    default(facts, &mut map);
    place("at", facts.declared, &mut map);
    place("by", facts.read, &mut map);
    for (name, holds) in [
        ("o", facts.is_open()),
        ("w", facts.is_whole()),
        ("u", !is_used),
    ] {
        if holds {
            map.append(name, Node::bool(true));
        }
    }
    if let When::Any(sets) = &facts.when {
        let sets = sets.iter().map(|set| Node::list(set.iter().map(flag)));
        map.append("g", Node::list(sets));
    }
    (map, is_used)
}

fn default(facts: &KeyFacts, map: &mut Node) {
    match &facts.default {
        Some(DefaultValue::Count(count)) => map.append("n", Node::integer(*count as u64)),
        Some(DefaultValue::Scalar(scalar)) => {
            let value = match scalar.reading() {
                Reading::Text(text) if text.chars().count() > SHOWN => {
                    let shown: String = text.chars().take(SHOWN).collect();
                    Scalar::string(format!("{shown}…"))
                }
                _ => scalar.clone(),
            };
            map.append("d", Node::new(Kind::Scalar(value)));
        }
        None => {}
    }
}

fn place(name: &'static str, place: Option<Place>, map: &mut Node) {
    if let Some(place) = place {
        let numbers = [place.file, place.line].map(Node::from);
        map.append(name, Node::list(numbers));
    }
}

fn flag(flag: &Flag) -> Node {
    let mut map = Node::map();
    let path = |path: &Vec<_>| Node::list(path.iter().map(name));
    map.append("k", Node::list(flag.keys.iter().map(path)));
    map.append("h", Node::bool(flag.holds));
    map
}
