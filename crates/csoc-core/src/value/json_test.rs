//! Tests of JSON in and out, against `serde_json`.

use proptest::prelude::*;
use rstest::rstest;

use super::json_read::read_json;
use super::json_write::write_json;
use super::node::{Kind, Node, Scalar};
use crate::span::{SourceFile, Sources};

fn parse(text: &str) -> (Option<Node>, Vec<String>) {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("a.json", text));
    let (node, sink) = read_json(text, file);
    let lines = sink.into_vec().into_iter().map(|finding| {
        let at = sources.file(file).position(finding.labels[0].0.start);
        format!(
            "{} {}:{} {}",
            finding.code, at.line, at.column, finding.message
        )
    });
    (node, lines.collect())
}

fn printed(node: &Node) -> String {
    let mut out = String::new();
    write_json(node, &mut out);
    out
}

#[rstest]
#[case::trailing_comma("[1,]", "json-syntax 1:4 a comma stands before the end")]
#[case::no_comma("{\"a\": 1\n\"b\": 2}", "json-syntax 2:1 a comma is missing")]
#[case::bare_key("{a: 1}", "json-syntax 1:2 a key is not quoted")]
#[case::single("['a']", "json-syntax 1:2 a value starts with a single quote")]
#[case::comment("{} // x", "json-syntax 1:4 something follows the value")]
#[case::word("[True]", "json-syntax 1:2 a word stands where a value must")]
#[case::zero("[01]", "json-syntax 1:2 a number is malformed")]
#[case::point("1.", "json-syntax 1:1 a number is malformed")]
#[case::open("{\"a\": [1, 2\n", "json-syntax 1:12 a bracket is not closed")]
#[case::unclosed("[\"a", "json-syntax 1:2 a string is not closed")]
#[case::control(
    "[\"a\nb\"]",
    "json-syntax 1:4 a line break or control character stands in a string"
)]
#[case::escape("\"\\x\"", "json-syntax 1:2 an escape is unknown")]
#[case::surrogate("\"\\ud800\"", "json-syntax 1:2 an escape names no character")]
#[case::half_of_a_pair("\"\\ud83d\\u0041\"", "json-syntax 1:2 an escape names no character")]
#[case::pair_turned("\"\\ude00\\ud83d\"", "json-syntax 1:2 an escape names no character")]
#[case::plus("\"\\u+123\"", "json-syntax 1:2 an escape names no character")]
#[case::colon("{\"a\" 1}", "json-syntax 1:6 a colon is missing behind the key")]
fn is_refused(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(parse(text), (None, vec![expected.to_owned()]));
    assert!(serde_json::from_str::<serde_json::Value>(text).is_err());
}

#[test]
fn pairs_of_escapes_are_one_character() {
    let (node, found) = parse("\"a\\ud83d\\ude00\\udbff\\udfffb\"");
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(
        node.as_ref().and_then(Node::text),
        Some("a\u{1f600}\u{10ffff}b")
    );
}

#[test]
fn depth_is_limited() {
    assert!(parse(&"[".repeat(100_000)).1[0].starts_with("json-depth 1:101"));
    assert_eq!(
        parse(&format!("{}{}", "[".repeat(100), "]".repeat(100))).1,
        Vec::<String>::new()
    );
}

#[test]
fn keys_twice_and_numbers_stay_as_written() {
    let text = "{\n  \"a\": 1.50,\n  \"a\": 10000000000000000000000000,\n  \"b\": -0\n}";
    assert_eq!(
        printed(&parse(&format!("\u{feff}{text}\r\n")).0.unwrap()),
        text
    );
    assert_eq!(parse(" \n"), (None, vec![]));
}

#[test]
fn places_are_those_of_the_text() {
    let text = " {\"ä\": [\"x\", 12]}";
    let node = parse(text).0.unwrap();
    let slice = |span: crate::span::Span| &text[span.start as usize..span.end as usize];
    let entry = &node.entries()[0];
    assert_eq!(slice(node.span().unwrap()), text.trim());
    assert_eq!(slice(entry.key_origin.span().unwrap()), "\"ä\"");
    assert_eq!(slice(entry.node.items()[0].span().unwrap()), "\"x\"");
    assert_eq!(slice(entry.node.items()[1].span().unwrap()), "12");
}

#[test]
fn numbers_of_yaml_become_numbers_of_json() {
    let plain = |text: &str| printed(&Node::new(Kind::Scalar(Scalar::plain(text))));
    assert_eq!(
        [
            "0x1F", "1_000", ".5", "+1.", "1e400", ".nan", "off", "~", "012"
        ]
        .map(plain),
        [
            "31", "1000", "0.5", "1.0", "1e400", "\".nan\"", "false", "null", "10"
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(node in super::yaml_test::node()) {
        let text = printed(&node);
        let (read, findings) = parse(&text);
        prop_assert_eq!(findings, Vec::<String>::new());
        prop_assert_eq!(read, Some(node.clone()));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&value, &serde_json::to_value(&node).unwrap());
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        prop_assert_eq!(printed(&parse(&pretty).0.unwrap()), pretty);
    }

    #[test]
    fn it_accepts_what_serde_json_accepts(text in "[\\[\\]{}\",:0-9.eE+\\-\\\\untrfalse \n\u{e9}]{0,12}") {
        let ours = parse(&text);
        prop_assert_eq!(ours.0.is_some(), serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok(), "{}", text);
    }
}
