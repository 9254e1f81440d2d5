//! Images that values name.

use std::collections::{BTreeMap, BTreeSet};

use crate::value::{Kind, Node};

/// The images that values name, by repository, each with its tags.
///
/// Charts take an image as a map of `repository` and `tag`, or as one text under a key that says so. What is named may
/// be of a service that does not run; then no cluster has it.
pub(super) fn images(values: &Node) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    below(values, "", &mut found);
    found
}

fn below(node: &Node, key: &str, found: &mut BTreeMap<String, BTreeSet<String>>) {
    let mut add = |repository: &str, tag: &str| {
        let tags: &mut BTreeSet<String> = found.entry(repository.to_owned()).or_default();
        tags.insert(tag.to_owned());
    };
    match &node.kind {
        Kind::Map(entries) => {
            let text = |key: &str| {
                node.get(key)
                    .and_then(Node::text)
                    .filter(|text| !text.is_empty())
            };
            if let Some((repository, tag)) = text("repository").zip(text("tag")) {
                add(repository, tag);
            }
            for entry in entries {
                below(&entry.node, entry.key.as_str(), found);
            }
        }
        Kind::List(items) => items.iter().for_each(|item| below(item, key, found)),
        Kind::Scalar(scalar) => {
            if key.to_ascii_lowercase().ends_with("image")
                && let Some((repository, tag)) = scalar.text.rsplit_once(':')
                && repository.contains('/')
                && !tag.is_empty()
                && !tag.contains('/')
            {
                add(repository, tag);
            }
        }
        Kind::Pending(_) => {}
    }
}
