//! Tests of YAML in and out, against other readers where they are at hand.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rstest::rstest;

use super::node::{Kind, Node, Origin, Reading, Scalar};
use super::yaml_read::{Limits, documents, read};
use super::yaml_write::{pending_marker, write};
use crate::diagnostic::Severity;
use crate::span::{SourceFile, Sources};

fn parse(text: &str) -> (Option<Node>, Vec<String>) {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("a.yaml", text));
    let (node, sink) = read(text, file, &Limits::default());
    let findings = sink
        .into_vec()
        .into_iter()
        .map(|finding| {
            let place = finding.labels.first().map(|(span, _)| {
                let at = sources.file(file).position(span.start);
                format!("{}:{}", at.line, at.column)
            });
            format!(
                "{} {} {}",
                finding.code,
                place.unwrap_or_default(),
                finding.message
            )
        })
        .collect();
    (node, findings)
}

fn good(text: &str) -> Node {
    let (node, findings) = parse(text);
    assert_eq!(findings, Vec::<String>::new(), "{text}");
    node.unwrap()
}

fn printed(node: &Node) -> String {
    let mut out = String::new();
    write(node, &mut out);
    out
}

/// Each scalar and key with the text that its span covers.
fn places(text: &str) -> Vec<String> {
    fn walk(node: &Node, text: &str, out: &mut Vec<String>) {
        let slice = |origin: Origin| {
            let span = origin.span().unwrap();
            text.get(span.start as usize..span.end as usize)
                .unwrap_or("?")
                .to_owned()
        };
        match &node.kind {
            Kind::Map(entries) => {
                for entry in entries {
                    out.push(format!("{} <{}>", entry.key, slice(entry.key_origin)));
                    walk(&entry.node, text, out);
                }
            }
            Kind::List(items) => items.iter().for_each(|item| walk(item, text, out)),
            _ => out.push(format!("= <{}>", slice(node.origin))),
        }
    }
    let mut out = Vec::new();
    walk(&good(text), text, &mut out);
    out
}

#[test]
fn every_key_and_value_knows_its_bytes() {
    let text =
        "\u{feff}é: \"ü\\n\"\r\nb:\r\n- 'x'\r\n- {c: ä}\r\nempty:\r\nd: |\r\n  two\r\n  lines\r\n";
    insta::assert_debug_snapshot!(places(text), @r#"
    [
        "é <é>",
        "= <\"ü\\n\">",
        "b <b>",
        "= <'x'>",
        "c <c>",
        "= <ä>",
        "empty <empty>",
        "= <>",
        "d <d>",
        "= <two\r\n  lines\r\n>",
    ]
    "#);
}

#[test]
fn line_breaks_of_windows_are_line_breaks() {
    assert_eq!(
        good("a: |\r\n  x\r\n  y\r\nb: 1\r\n"),
        good("a: |\n  x\n  y\nb: 1\n")
    );
}

#[test]
fn aliases_keep_the_place_of_their_definition() {
    let text = "a: &x {k: v}\nb: *x\n";
    let node = good(text);
    assert_eq!(node.get("a"), node.get("b"));
    assert_eq!(node.get("b").unwrap().span(), node.get("a").unwrap().span());
}

#[test]
fn merge_keys_bring_what_is_not_set() {
    let node = good("p: &x {a: 1, b: 2}\nq: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  a: 9\n");
    assert_eq!(node.get("z"), Some(&good("{b: 2, c: 4, a: 9}")));
    assert_eq!(good("'<<': 1").get("<<"), Some(&Node::integer(1)));
}

#[rstest]
#[case::tab("a:\n\tb: 1\n", &["yaml-tab 2:1 a tab indents this line"])]
#[case::tab_later("a:\n  b: 1\n  \tc: 2\n", &["yaml-tab 3:3 a tab indents this line"])]
#[case::tab_after_dash("-\t- a\n", &["yaml-tab 1:2 a tab indents this line"])]
#[case::two_documents("a: 1\n---\nb: 2\n", &["yaml-documents 3:1 the file holds more than one document, and must hold one"])]
#[case::number_key("8080: a\n", &["yaml-key 1:1 key `8080` is a whole number, and must be a string"])]
#[case::bool_key("on: a\n", &["yaml-key 1:1 key `on` is a boolean, and must be a string"])]
#[case::null_key("~: a\n", &["yaml-key 1:1 key `~` is null, and must be a string"])]
#[case::complex_key("? [a]\n: b\n", &["yaml-key 1:3 a key is a list, and must be a string"])]
#[case::template("a: {{ .Values.b }}\n", &["yaml-key 1:5 a key is a map, and must be a string"])]
#[case::tag("a: !Ref b\n", &["yaml-tag 1:4 tag `!Ref` does not apply here"])]
#[case::wrong_tag("a: !!int b\n", &["yaml-tag 1:4 tag `!!int` stands at `b`, but means a whole number"])]
#[case::no_anchor("a: *b\n", &["yaml-alias 1:4 alias `*b` names no anchor"])]
#[case::cycle("a: &a [*a]\n", &["yaml-alias 1:8 an alias stands inside the value that it stands for"])]
#[case::merge_of_text("<<: a\n", &["yaml-merge 1:1 `<<` brings something other than maps"])]
#[case::unclosed("a: 'b\n", &["yaml-syntax 1:4 unclosed quote"])]
#[case::colon("a: b: c\n", &["yaml-syntax 1:5 mapping values are not allowed in this context"])]
fn is_refused(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(parse(text).1, expected);
}

#[test]
fn empty_files_hold_nothing() {
    for text in ["", "\n", "# comment\n", "---\n", "\u{feff}", "---\n---\n"] {
        assert_eq!(parse(text), (None, vec![]), "{text:?}");
    }
    assert_eq!(good("a: 1\n---\n"), good("a: 1"));
    assert!(good("null").is_null());
    assert_eq!(
        documents(
            "a\n---\nb\n",
            crate::span::Sources::default().add(SourceFile::new("a", "")),
            &Limits::default()
        )
        .0
        .len(),
        2
    );
}

#[test]
fn tags_of_our_kinds_are_honoured() {
    assert_eq!(good("!!str 1"), Node::string("1"));
    assert_eq!(good("! 1"), Node::string("1"));
    assert_eq!(good("!!int \"1\""), Node::integer(1));
    assert_eq!(good("!!map {}"), Node::map());
}

#[test]
fn bombs_are_refused_quickly() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let below = level - 1;
        let _ = writeln!(
            text,
            "a{level}: &a{level} [{}]",
            vec![format!("*a{below}"); 9].join(", ")
        );
    }
    assert!(parse(&text).1[0].starts_with("yaml-budget"));
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1 << 20),
        vec!["*a"; 5000].join(",")
    );
    assert!(parse(&long).1[0].starts_with("yaml-budget"));
}

#[test]
fn depth_is_limited() {
    for deep in [
        "[".repeat(200),
        "{a: ".repeat(200),
        "- ".repeat(200),
        "[".repeat(100_000),
    ] {
        let (node, findings) = parse(&deep);
        assert_eq!(node, None);
        assert!(findings[0].starts_with("yaml-depth"), "{findings:?}");
    }
    let mut blocks = String::new();
    for level in 0..200 {
        let _ = writeln!(blocks, "{:width$}a:", "", width = level * 2);
    }
    assert!(parse(&blocks).1[0].starts_with("yaml-depth"));
    good(&format!("{}{}", "[".repeat(100), "]".repeat(100)));
    let mut chain = String::new();
    for at in 1..60 {
        let _ = writeln!(chain, "a{at}: &a{at} [[*a{}]]", at - 1);
    }
    assert!(parse(&format!("a0: &a0 x\n{chain}")).1[0].starts_with("yaml-depth"));
}

#[test]
fn lists_stand_below_their_key_and_blocks_are_exact() {
    let node = good(
        "{a: [1, {b: c, d: [[], {}]}, [x, y]], e: '2026.07', f: \"x\\ny\\n\", g: \"  x\\n\\n y\\n\\n\", h: ~, i: , j: \"a\\tb\", k: off, l: 'off', m: [\"a\\nb\"]}",
    );
    insta::assert_snapshot!(printed(&node), @r#"
    a:
    - 1
    - b: c
      d:
      - []
      - {}
    - - x
      - y
    e: '2026.07'
    f: |
      x
      y
    g: |2+
        x

       y

    h: ~
    i:
    j: "a\tb"
    k: off
    l: 'off'
    m:
    - |-
      a
      b
    "#);
}

#[test]
fn pending_values_cannot_be_mistaken() {
    let node = Node::new(Kind::Pending(Box::from([
        "waf_acl_arn of v1/1/us-east-1/access".into(),
    ])));
    assert_eq!(
        printed(&node),
        "'<pending: waf_acl_arn of v1/1/us-east-1/access>'\n"
    );
    assert_eq!(pending_marker(&["a".into(), "b".into()]), "<pending: a, b>");
}

#[rustfmt::skip]
const NASTY: &[&str] = &[
    "", " ", "~", "null", "Null", "NULL", "yes", "Yes", "YES", "yEs", "no", "on", "off", "y", "n", "Y", "N",
    "true", "True", "TRUE", "false", "0", "00", "0123", "0o14", "0b1", "0x1F", "-0x1f", "1e3", "1E3", "1e",
    "1_000", "_1", "1.", ".5", ".", "-", "--", "---", "...", "--x", "-x", "- x", "-1", "+1", "+", "+.5", "-.inf",
    ".inf", ".NaN", "+.INF", "12:34", "12:34:56", "190:20:30.15", "2024-01-01", "2024-1-1",
    "2024-01-01T00:00:00Z", "2024-01-01 10:00:00", "2024-01", "2025.10", "2026.07", "1.2.3", "1.2.3:4",
    "10.0.0.0/16", "012345678901", "084375550014", "1234567e5", "12e34", "3e5a", "=", "<<", "<", "!", "!x", "&",
    "&x", "*", "*x", "?", "? x", "?x", ":", ": x", ":x", "x:", "x: y", "x:y", "a #b", "a#b", "#", "#x", "[", "]",
    "[]", "{", "}", "{}", "{{ .Values.x }}", "a {{ .b }}", ",", ",x", "%", "%x", "@x", "`x", "|", "|x", ">", ">x",
    "'", "''", "it's", "'x'", "\"", "\"x\"", "\\", "\\n", "a\\b", "a\nb", "a\nb\n", "a\n\n\nb\n\n\n", "\n",
    "\n\n", "\na", " a\nb", "  a\n  b\n", "a\n ", "a\n  \nb", "a \nb", "\ta\nb", "a\n\tb", "a\tb", "\t", "a\t",
    "a\r\nb", "\r", "a\n#b\n", "#a\nb", "a\n---\nb\n", "---\nb\n", "- a\n- b", "a: b\nc: d\n", "\u{0}", "\u{7}",
    "\u{1b}", "\u{7f}", "\u{85}", "\u{a0}", "\u{a0}a", "\u{2028}", "a\u{2029}b", "\u{feff}", "\u{feff}a", "é",
    "日本語", "😀", "a: é", "é: b", "é #b", "é:", "é\nü", "\u{200b}", "a ", " a", "\u{fffd}", "~/x", "/x", "$x",
    "${x}", "(x)", "../x", "./x", ".x", ".e", "..", "e5", "e", "E", "inf", "nan", "None", "NaN", "1 2", "1,000",
    "1d", "1:", "1:2:", "0x", "0o", "0b", "0.", "1.e5", "1.5e+5", "1.5e5", "-1.5E-5", "1__0", "1e+", "685_230.15",
    "-:", "-:x", "- :", "key with spaces and: colon", "!!str x", "0:0", "1:60", "8:", "08", "09.5", "0_8",
    "+12:30", "١٢", "NO ", "x\u{3000}", "|\n", "a\n\n", "a\n\n b", "a\u{0}\nb", "a\n\u{2028}\n",
];

fn nasty() -> Node {
    let long = [
        "x ".repeat(2000),
        "k".repeat(5000),
        "x".repeat(101),
        format!("{}: y", "z".repeat(100)),
        "it's ".repeat(100),
    ];
    let mut runner = TestRunner::deterministic();
    let random = (0..250).map(|_| text().new_tree(&mut runner).unwrap().current());
    let texts: Vec<String> = NASTY
        .iter()
        .map(|text| (*text).to_owned())
        .chain(long)
        .chain(random)
        .collect();
    let (mut map, mut list) = (Node::map(), Vec::new());
    for text in texts {
        list.push(Node::string(text.clone()));
        list.push(Node::list([Node::string(text.clone())]));
        map.insert(text.as_str(), Node::string(text.clone()));
        map.insert(
            format!("{}{text}", "k".repeat(200)),
            [Node::string(text.clone())].to_vec().into(),
        );
        let mut inner = Node::map();
        inner.insert("a", Node::string(text.clone()));
        inner.insert("b", Node::string(text.clone()));
        map.insert(format!("{}{text}", "m".repeat(200)), inner.clone());
        list.push(inner);
    }
    let mut node = Node::map();
    node.insert("map", map);
    node.insert("list", list.into());
    node
}

#[test]
fn nasty_strings_come_back() {
    let text = printed(&nasty());
    assert_eq!(good(&text), nasty());
    assert_eq!(printed(&good(&text)), text);
}

#[rstest]
#[case::pyyaml("import yaml; read = yaml.safe_load")]
#[case::pyyaml_in_c("import yaml; read = lambda text: yaml.load(text, yaml.CSafeLoader)")]
#[case::ruamel("from ruamel.yaml import YAML; read = YAML(typ='safe', pure=True).load")]
#[case::ruamel_in_c("from ruamel.yaml import YAML; read = YAML(typ='safe').load")]
fn nasty_strings_come_back_from(#[case] reader: &str) {
    let script = format!(
        "{reader}\nimport json, sys\njson.dump(read(sys.stdin.buffer.read().decode()), sys.stdout)"
    );
    let available = Command::new("python3")
        .arg("-c")
        .arg(reader)
        .stderr(Stdio::null())
        .status();
    if !available.is_ok_and(|status| status.success()) {
        println!("skipped: python3 lacks `{reader}`");
        return;
    }
    let mut child = Command::new("python3")
        .arg("-c")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = printed(&nasty());
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let read: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json(&nasty()), read);
}

fn json(node: &Node) -> serde_json::Value {
    match &node.kind {
        Kind::Map(entries) => entries
            .iter()
            .map(|entry| (entry.key.to_string(), json(&entry.node)))
            .collect(),
        Kind::List(items) => items.iter().map(json).collect(),
        _ => node.text().unwrap().into(),
    }
}

/// Any text, of characters that matter more often than not.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(
            prop_oneof![
                4 => proptest::sample::select(" \n\t:#-'\"\\|>{}[],&*!?%@`~<=.+0129eExXobnyYT_/a\u{a0}\u{85}\u{2028}\u{feff}é".chars().collect::<Vec<_>>()),
                1 => any::<char>(),
            ],
            0..12
        )
        .prop_map(String::from_iter),
        proptest::sample::select(NASTY).prop_map(str::to_owned),
    ]
}

/// Any node of strings, numbers, booleans, lists and maps.
pub(super) fn node() -> impl Strategy<Value = Node> {
    let scalar = prop_oneof![
        4 => text().prop_map(Node::string),
        1 => any::<i64>().prop_map(Node::integer),
        1 => any::<bool>().prop_map(Node::bool),
        1 => Just(Node::null()),
        1 => proptest::sample::select(&["~", "", "off", "1.50", "0x1F", "plain text", "1e3"][..])
            .prop_map(|text| Node::new(Kind::Scalar(Scalar::plain(text)))),
    ];
    scalar.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Node::list),
            proptest::collection::vec((text(), inner), 0..5).prop_map(|entries| {
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
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(node in node()) {
        let text = printed(&node);
        let (read, findings) = parse(&text);
        prop_assert_eq!(findings, Vec::<String>::new(), "{}", text);
        let read = read.unwrap_or_else(Node::null);
        prop_assert_eq!(&read, &node, "{}", text);
        prop_assert_eq!(printed(&read), text);
    }

    #[test]
    fn no_text_panics(text in "[ -~\n\t\u{feff}é]{0,80}|(([-?:]? ){0,4}[&*!'\"|>a<\\[{}\\],#\n\t ]{0,4}){0,20}") {
        let _ = parse(&text);
    }

    #[test]
    fn plain_text_stays_what_it_is(text in text()) {
        let scalar = Scalar::plain(text.as_str());
        if let Reading::Text(text) = scalar.reading() {
            let text = text.to_owned();
            prop_assert_eq!(good(&printed(&Node::list([Node::new(Kind::Scalar(scalar.clone()))]))), Node::list([Node::string(text)]));
        }
    }
}

#[test]
fn keys_that_helm_takes_for_their_text_are_warnings() {
    let severity = |text: &str| {
        let file = Sources::default().add(SourceFile::new("a.yaml", text));
        read(text, file, &Limits::default()).1.into_vec()[0].severity
    };
    assert_eq!(["8080: a", "true: a"].map(severity), [Severity::Warning; 2]);
    assert_eq!(
        ["on: a", "1.0: a", "0x1: a", "~: a"].map(severity),
        [Severity::Error; 4]
    );
}
