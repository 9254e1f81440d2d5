//! What must hold of any YAML and any JSON: places lie in the text, and printing keeps the data.

use super::node::{Kind, Node, Origin};
use super::{json_read, json_write, yaml_block, yaml_read, yaml_write};
use crate::span::{FileId, SourceFile, Sources};

/// Checks a text as YAML.
pub(crate) fn yaml(text: &str) {
    let limits = yaml_read::Limits::default();
    let file = file(text);
    let (nodes, found) = yaml_read::documents(text, file, &limits);
    for node in &nodes {
        places(node, text);
    }
    if let Some(node) = yaml_block::read(text, file, &limits) {
        let (parsed, found) = yaml_read::parse(text, file, &limits);
        assert!(
            found.is_empty(),
            "read at once, and refused by the parser: {text:?}"
        );
        assert!(
            matches!(&*parsed, [parsed] if alike(&node, parsed)),
            "read at once as {node:?}, by the parser as {parsed:?}: {text:?}"
        );
    }
    if !found.is_empty() {
        return;
    }
    for node in &nodes {
        let mut printed = String::new();
        yaml_write::write(node, &mut printed);
        let (again, found) = yaml_read::read(&printed, file, &limits);
        assert!(
            found.is_empty() && again.as_ref().is_none_or(|again| again == node),
            "{node:?} reads as {again:?} from {printed:?}: {found:?}"
        );
        assert!(
            again.is_some() || node.is_null(),
            "nothing is left of {node:?} in {printed:?}"
        );
        let mut printed = String::new();
        json_write::write_json(node, &mut printed);
        let (again, found) = json_read::read_json(&printed, file);
        assert!(
            found.is_empty() && again.is_some(),
            "{node:?} is no JSON as {printed:?}: {found:?}"
        );
    }
}

/// Checks a text as JSON.
pub(crate) fn json(text: &str) {
    let file = file(text);
    let (node, found) = json_read::read_json(text, file);
    let is_json =
        serde_json::from_str::<serde::de::IgnoredAny>(text.trim_start_matches('\u{feff}'));
    let Some(node) = node else {
        let is_deep = found.iter().any(|finding| finding.code == json_read::DEPTH);
        assert!(
            is_json.is_err() || is_deep,
            "{text:?} is JSON, and was refused: {found:?}"
        );
        return;
    };
    assert!(is_json.is_ok(), "{text:?} is no JSON, and was read");
    places(&node, text);
    let mut printed = String::new();
    json_write::write_json(&node, &mut printed);
    let (again, found) = json_read::read_json(&printed, file);
    assert!(
        again.as_ref() == Some(&node),
        "{node:?} reads as {again:?} from {printed:?}: {found:?}"
    );
}

fn file(text: &str) -> FileId {
    Sources::default().add(SourceFile::new("any", text))
}

/// Every key and value stands somewhere in the text, between characters.
fn places(node: &Node, text: &str) {
    let check = |origin: Origin| {
        if let Some(span) = origin.span() {
            let place = span.start as usize..span.end as usize;
            assert!(
                text.get(place.clone()).is_some(),
                "{place:?} is no place in {text:?}"
            );
        }
    };
    check(node.origin);
    for entry in node.entries() {
        check(entry.key_origin);
        places(&entry.node, text);
    }
    for item in node.items() {
        places(item, text);
    }
}

/// Whether two trees are the same, places and quotes included.
fn alike(one: &Node, two: &Node) -> bool {
    let is_same = match (&one.kind, &two.kind) {
        (Kind::Scalar(one), Kind::Scalar(two)) => one.style == two.style && one.text == two.text,
        (Kind::List(one), Kind::List(two)) => {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| alike(one, two))
        }
        (Kind::Map(one), Kind::Map(two)) => {
            let mut pairs = one.iter().zip(two);
            one.len() == two.len()
                && pairs.all(|(one, two)| {
                    one.key == two.key
                        && one.key_origin == two.key_origin
                        && alike(&one.node, &two.node)
                })
        }
        _ => false,
    };
    is_same && one.origin == two.origin
}
