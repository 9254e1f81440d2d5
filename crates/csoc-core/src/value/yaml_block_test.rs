//! What is read at once is what the parser reads, places included.

use proptest::prelude::*;

use super::node::{Entry, Kind, Node, Origin};
use super::yaml_read::{Limits, parse};
use super::{yaml_block, yaml_write};
use crate::span::{FileId, SourceFile, Sources};

fn file() -> FileId {
    Sources::default().add(SourceFile::new("a.yaml", ""))
}

/// Everything of a node, places included, in few words.
fn shape(node: &Node) -> String {
    let place = |origin: Origin| {
        origin.span().map_or(String::new(), |span| {
            format!("@{}-{}", span.start, span.end)
        })
    };
    let inner = match &node.kind {
        Kind::Scalar(scalar) => format!("{:?} {:?}", scalar.style, scalar.text),
        Kind::List(items) => format!(
            "[{}]",
            items.iter().map(shape).collect::<Vec<_>>().join(", ")
        ),
        Kind::Map(entries) => {
            let entry = |entry: &Entry| {
                format!(
                    "{}{}: {}",
                    entry.key,
                    place(entry.key_origin),
                    shape(&entry.node)
                )
            };
            format!(
                "{{{}}}",
                entries.iter().map(entry).collect::<Vec<_>>().join(", ")
            )
        }
        Kind::Pending(_) => "pending".to_owned(),
    };
    format!("{inner}{}", place(node.origin))
}

/// Fails where both read the text and differ; says whether it was read at once.
fn same(text: &str) -> bool {
    let Some(node) = yaml_block::read(text, file(), &Limits::default()) else {
        return false;
    };
    let (nodes, found) = parse(text, file(), &Limits::default());
    assert!(found.is_empty(), "{text}");
    let [parsed] = nodes.as_slice() else {
        panic!("{} documents: {text}", nodes.len())
    };
    assert_eq!(shape(&node), shape(parsed), "{text}");
    true
}

#[test]
fn plain_documents_are_read_at_once() {
    for text in [
        "a: b\n",
        "a: b",
        "a:\n  b: c\n  d: e f g\n",
        "a:\n- b\n- c: d\n  e: 'f: g'\nh: \"i # j\"\n",
        "a:\n  -   b: c\n      d: e\n  -   f\n",
        "- a\n- b: c\n",
        "\n# comment\na:\n\n    # more\n    b: 1.0\n\nc: 2026-11-24\nd: a:b#c\n",
        "a: x\na: y\n",
        "a: ''\nb: +1\nc: -x\nd: .5\ne: 0x10\n",
        "a: b, c\nd: e (f)\n",
    ] {
        assert!(same(text), "{text}");
    }
}

#[test]
fn everything_else_is_left_to_the_parser() {
    for text in [
        "",
        "a",
        "a:\n",
        "a: b\n c: d\n",
        "a: b\n  c\n",
        "a: [b]\n",
        "a: |\n  b\n",
        "a: &b c\n",
        "a: b: c\n",
        "a: b #c\n",
        "a: b:\n",
        "a: \"b\\n\"\n",
        "a: 'b''c'\n",
        "a: 'b' 'c'\n",
        "- - a\n",
        "-\n  a: b\n",
        "a: b\n- c\n",
        "a: b \n",
        "a:\tb\n",
        "a: b\r\n",
        "---\na: b\n",
        "on: push\n",
        "1: a\n",
        "<<: a\n",
        "a: é\n",
        "a:\n    b: c\n  d: e\n",
        "- a\n  b\n",
        "- a: b\n   c: d\n",
    ] {
        assert!(!same(text), "{text}");
    }
}

#[test]
fn examples_are_read_alike() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut texts = Vec::new();
    for directory in [
        "examples",
        "tests/fleets",
        "crates/csoc-core/tests/fixtures",
    ] {
        collect(&root.join(directory), &mut texts);
    }
    let at_once = texts.iter().filter(|text| same(text)).count();
    assert!(at_once * 3 > texts.len(), "{at_once} of {}", texts.len());
}

fn collect(directory: &std::path::Path, texts: &mut Vec<String>) {
    for entry in fs_err::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, texts);
        } else if path.extension().is_some_and(|end| end == "yaml") {
            texts.extend(fs_err::read_to_string(path).ok());
        }
    }
}

fn node() -> impl Strategy<Value = Node> {
    let scalar = prop_oneof![
        "[a-z0-9 :#/.,-]{0,8}".prop_map(Node::string),
        "[a-z]{1,6}".prop_map(Node::string),
        any::<i32>().prop_map(Node::integer),
        any::<bool>().prop_map(Node::bool),
    ];
    scalar.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Node::list),
            prop::collection::vec(("[a-z_][a-z0-9._-]{0,4}", inner), 1..4).prop_map(|entries| {
                let mut map = Node::map();
                for (key, node) in entries {
                    map.insert(key, node);
                }
                map
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_we_write_is_read_alike(node in node()) {
        if matches!(node.kind, Kind::Map(_)) {
            let mut text = String::new();
            yaml_write::write(&node, &mut text);
            same(&text);
        }
    }

    #[test]
    fn whatever_is_written_is_read_alike(
        lines in prop::collection::vec("( {0,6})(- {1,2}){0,2}([a-c]{1,2}:( |  )?)?([a-z0-9#:'\"&*!|>,.+-]{0,3})", 1..7)
    ) {
        same(&lines.join("\n"));
    }

    #[test]
    fn an_edit_anywhere_is_read_alike(at in 0..80_usize, with in "[ \n:#'\"a\\-\\[|]{0,2}", cut in 0..3_usize) {
        let text = "a:\n  b: c d\n  e:\n  - f: 'g'\n    h: 1\n  - i\nj:\n    - k: l/m\n# n\no: p\n";
        let at = at.min(text.len());
        let end = (at + cut).min(text.len());
        same(&format!("{}{with}{}", &text[..at], &text[end..]));
    }
}
