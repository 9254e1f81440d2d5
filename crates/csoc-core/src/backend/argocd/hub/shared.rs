//! What documents have in common, so that it is written once.

use crate::value::{Kind, Node};

/// What two documents have in common: entries of maps that are equal. Nothing where they have nothing.
///
/// Text that a template would read stays apart: in a list of parameters it is what it is.
pub(super) fn of(one: &Node, other: &Node) -> Option<Node> {
    if !(one.is_map() && other.is_map()) {
        return (one == other && !is_templated(one)).then(|| one.clone());
    }
    if one.entries().is_empty() && other.entries().is_empty() {
        return Some(Node::map());
    }
    let mut same = Node::map();
    for entry in one.entries() {
        let theirs = other.get(entry.key.as_str());
        if let Some(node) = theirs.and_then(|theirs| of(&entry.node, theirs)) {
            same.insert(entry.key.clone(), node);
        }
    }
    (!same.entries().is_empty()).then_some(same)
}

/// A document without what it has in common with others.
pub(super) fn without(node: &Node, same: &Node) -> Node {
    let mut rest = Node::map();
    for entry in node.entries() {
        let Some(shared) = same.get(entry.key.as_str()) else {
            rest.insert(entry.key.clone(), entry.node.clone());
            continue;
        };
        let differs = entry.node.is_map() && shared.is_map();
        let left = without(&entry.node, shared);
        if differs && !left.entries().is_empty() {
            rest.insert(entry.key.clone(), left);
        }
    }
    rest
}

/// Whether a template would find something to do in it.
fn is_templated(node: &Node) -> bool {
    match &node.kind {
        Kind::Scalar(scalar) => scalar.text.contains("{{"),
        Kind::List(items) => items.iter().any(is_templated),
        Kind::Map(entries) => entries
            .iter()
            .any(|entry| entry.key.as_str().contains("{{") || is_templated(&entry.node)),
        Kind::Pending(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::overlay::{Nulls, merge};

    fn map(entries: &[(&'static str, Node)]) -> Node {
        let mut node = Node::map();
        for (key, value) in entries {
            node.insert(*key, value.clone());
        }
        node
    }

    #[test]
    fn what_is_shared_and_what_is_left_are_the_whole() {
        let list = |text: &str| Node::list([text.into()]);
        let one = map(&[
            ("a", map(&[("x", "1".into()), ("y", "2".into())])),
            ("b", list("same")),
            ("c", "{{ raw }}".into()),
            ("e", Node::map()),
        ]);
        let other = map(&[
            ("a", map(&[("x", "1".into())])),
            ("b", list("same")),
            ("c", "{{ raw }}".into()),
            ("d", "4".into()),
        ]);
        let same = of(&one, &other).unwrap();
        assert_eq!(
            same,
            map(&[("a", map(&[("x", "1".into())])), ("b", list("same"))])
        );
        for whole in [&one, &other] {
            let merged = merge(same.clone(), &without(whole, &same), Nulls::Data);
            for entry in whole.entries() {
                assert_eq!(merged.get(entry.key.as_str()), Some(&entry.node));
            }
            assert_eq!(merged.entries().len(), whole.entries().len());
        }
    }
}
