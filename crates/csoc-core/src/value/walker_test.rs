//! Tests of the walker against schemas as schemars and Kubernetes write them.

use indexmap::IndexMap;
use rstest::rstest;
use schemars::JsonSchema;

use super::node::Node;
use super::parsers::{Parsers, Refusal};
use super::path::ModelPath;
use super::schema::{Dialect, Schema, SchemaError};
use super::walker::{Presence, walk};
use super::yaml_read::{Limits, read};
use crate::diagnostic::Code;
use crate::span::{SourceFile, Sources};

#[derive(JsonSchema)]
#[schemars(transparent, extend("x-parser" = "AccountId"))]
#[expect(dead_code, reason = "only its schema is used")]
struct AccountId(String);

#[derive(JsonSchema)]
#[schemars(transparent, extend("x-parser" = "Name"))]
#[expect(dead_code, reason = "only its schema is used")]
struct Name(String);

/// A tier.
#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its schema is used")]
enum Tier {
    /// For developers.
    Dev,
    /// For users.
    Prod,
}

#[derive(JsonSchema)]
#[schemars(
    deny_unknown_fields,
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[expect(dead_code, reason = "only its schema is used")]
enum Certificate {
    /// From Amazon.
    Acm,
    Le,
    Byo {
        secret_name: String,
    },
    Arn(AccountId),
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase", extend("x-identity" = "name"))]
#[expect(dead_code, reason = "only its schema is used")]
struct Service {
    name: Name,
    port: u16,
    parent: Option<Box<Service>>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct Environment {
    account_id: AccountId,
    tier: Tier,
    #[schemars(default)]
    fallback: Option<Tier>,
    #[schemars(default)]
    certificate: Option<Certificate>,
    #[schemars(default)]
    replicas: Option<u8>,
    #[schemars(default)]
    debug: bool,
    #[schemars(default)]
    services: Vec<Service>,
    #[schemars(default, extend("x-key-parser" = "Name"))]
    clusters: IndexMap<Name, Service>,
    /// Raw values.
    #[schemars(default, extend("x-open" = true))]
    values: IndexMap<String, String>,
    #[schemars(default)]
    note: String,
}

fn node(text: &str, sources: &mut Sources) -> Node {
    let file = sources.add(SourceFile::new("a.yaml", text));
    let (node, sink) = read(text, file, &Limits::default());
    assert!(sink.is_empty(), "{sink:?}");
    node.unwrap()
}

fn schema() -> Schema {
    let text = serde_json::to_string(&schemars::schema_for!(Environment)).unwrap();
    Schema::compile(&node(&text, &mut Sources::default()), Dialect::JsonSchema).unwrap()
}

fn account_id(text: &str) -> Result<(), Refusal> {
    if text.len() == 12 {
        Ok(())
    } else {
        Err(format!(
            "account id `{text}` has {} digits, and must have 12",
            text.len()
        )
        .into())
    }
}

fn name(text: &str) -> Result<(), Refusal> {
    if text.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(());
    }
    let help = Some("use lower-case letters".to_owned());
    Err(Refusal {
        code: Some(Code::new("bad-name")),
        message: format!("name `{text}` holds other characters"),
        help,
    })
}

fn findings(text: &str, schema: &Schema, presence: Presence) -> String {
    let mut sources = Sources::default();
    let node = node(text, &mut sources);
    let parsers = Parsers::new()
        .with("AccountId", account_id)
        .with("Name", name);
    let mut sink = crate::diagnostic::Diagnostics::default();
    let mut path = ModelPath::new();
    walk(&node, schema, presence, &parsers, &mut sink, &mut path);
    assert!(path.is_empty());
    let lines = sink.into_vec().into_iter().map(|finding| {
        let places: Vec<String> = finding
            .labels
            .iter()
            .map(|(span, text)| {
                let at = sources.file(span.file).position(span.start);
                format!("{}:{} {text}", at.line, at.column)
            })
            .collect();
        let help = finding
            .help
            .map(|help| format!("\n    help: {help}"))
            .unwrap_or_default();
        format!(
            "{} [{}] {}\n    {}{help}\n",
            finding.code,
            finding.path.unwrap(),
            finding.message,
            places.join("; ")
        )
    });
    lines.collect()
}

#[test]
fn everything_is_reported_at_once() {
    let text = "\
acountId: '111122223333'
accountId: 012345678901
tier: prd
fallback: off
certificate: {byo: {secretname: x}}
replicas: 300
debug: 'true'
services:
- {name: fence, port: '80'}
- {name: Sheep dog, prot: 80}
- fence
clusters:
  'A b': {name: c, port: 1, parent: {name: d, port: 1.5}}
values: {anything: [goes, {here: ~}]}
note:
tier: dev
";
    insta::assert_snapshot!(findings(text, &schema(), Presence::Require), @r#"
    duplicate-key [tier] `tier` is written twice in one map
        16:1 written again here; 3:1 first written here
        help: keep one; readers differ in which of them counts
    unknown-key [acountId] `acountId` is no key of the document
        1:1 not known here
        help: did you mean `accountId`? Keys here: `accountId`, `tier`, `fallback`, `certificate`, `replicas`, `debug`, `services`, `clusters`, `values`, `note`
    wrong-type [accountId] `accountId` is a whole number, and must be a string
        2:12 a whole number
        help: quote it: "012345678901"
    unknown-value [tier] `tier` is `prd`, which is none of its values
        3:7 not one of its values
        help: did you mean `prod`? Its values are `dev`, `prod`
    wrong-type [fallback] `fallback` is a boolean, and must be one of `dev`, `prod`
        4:11 a boolean
        help: quote it: "off"
    unknown-key [certificate.byo.secretname] `secretname` is no key of `byo`
        5:21 not known here
        help: did you mean `secretName`? Keys here: `secretName`
    missing-field [certificate.byo.secretName] `byo` lacks the field `secretName`
        5:15 `secretName` is missing here
        help: add `secretName:` to it
    invalid-value [replicas] `replicas` is 300, and must be at most 255
        6:11 not valid
        help: write at most 255
    wrong-type [debug] `debug` is a string, and must be `true` or `false`
        7:8 a string
        help: remove the quotes: true
    wrong-type [services[fence].port] `port` is a string, and must be a whole number
        9:23 a string
        help: remove the quotes: 80
    bad-name [services["Sheep dog"].name] name `Sheep dog` holds other characters
        10:10 not valid
        help: use lower-case letters
    unknown-key [services["Sheep dog"].prot] `prot` is no key of item `Sheep dog`
        10:21 not known here
        help: did you mean `port`? Keys here: `name`, `port`, `parent`
    missing-field [services["Sheep dog"].port] item `Sheep dog` lacks the field `port`
        10:3 `port` is missing here
        help: add `port:` to it
    wrong-type [services[]] an item of `services` is a string, and must be a map
        11:3 a string
        help: write a map
    bad-name [clusters."A b"] name `A b` holds other characters
        13:3 not valid
        help: use lower-case letters
    wrong-type [clusters."A b".parent.port] `port` is a number, and must be a whole number
        13:53 a number
        help: write a whole number
    wrong-type [note] `note` is empty, and must be a string
        15:5 empty
        help: give it a value, or remove the key
    "#);
    assert_eq!(
        findings(
            "{note: ~, debug: ~, services: [{port: 1}]}",
            &schema(),
            Presence::Ignore
        ),
        ""
    );
}

#[test]
fn presence_alone_says_nothing_of_shape() {
    let text = "{tier: ~, services: [{name: fence}, {x: 1}], clusters: {a: {name: 1, port: ~}}, nonsense: 1}";
    insta::assert_snapshot!(findings(text, &schema(), Presence::Only), @r#"
    missing-field [services[fence].port] item `fence` lacks the field `port`
        1:22 `port` is missing here
        help: add `port:` to it
    missing-field [services[].name] an item of `services` lacks the field `name`
        1:37 `name` is missing here
        help: add `name:` to it
    missing-field [services[].port] an item of `services` lacks the field `port`
        1:37 `port` is missing here
        help: add `port:` to it
    missing-field [clusters.a.port] `a` lacks the field `port`
        1:57 `port` is missing here
        help: add `port:` to it
    missing-field [accountId] the document lacks the field `accountId`
        1:1 `accountId` is missing here
        help: add `accountId:` to it
    missing-field [tier] the document lacks the field `tier`
        1:1 `tier` is missing here
        help: add `tier:` to it
    "#);
}

#[rstest]
#[case::word("acm")]
#[case::word_without_docs("le")]
#[case::tagged("{byo: {secretName: x}}")]
#[case::newtype("{arn: '111122223333'}")]
#[case::nothing("~")]
fn variants_are_accepted(#[case] certificate: &str) {
    let text = format!("{{accountId: '111122223333', tier: dev, certificate: {certificate}}}");
    assert_eq!(findings(&text, &schema(), Presence::Require), "");
}

#[rstest]
#[case::word("amc")]
#[case::unknown("{byoo: {secretName: x}}")]
#[case::two("{arn: a, byo: b}")]
#[case::list("[acm]")]
#[case::inside("{arn: 1}")]
#[case::inside_parsed("{arn: '1'}")]
fn variants_are_refused(#[case] certificate: &str) {
    let text = format!("certificate: {certificate}");
    insta::allow_duplicates! { println!("{}", findings(&text, &schema(), Presence::Ignore)); }
    assert_eq!(
        findings(&text, &schema(), Presence::Ignore)
            .lines()
            .filter(|line| !line.starts_with(' '))
            .count(),
        1
    );
}

#[test]
fn custom_resources_are_checked_as_the_api_server_does() {
    let crd = "
type: object
required: [spec]
properties:
  metadata: {type: object}
  spec:
    type: object
    required: [port]
    properties:
      port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
      mode: {type: string, enum: [A, B]}
      labels: {type: object, additionalProperties: {type: string}}
      raw: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {known: {type: integer}}}
      rules: {type: array, x-kubernetes-list-map-keys: [id], x-kubernetes-list-type: map, items: {type: object, properties: {id: {type: string}}}}
      weight: {type: integer, minimum: 1, maximum: 10, nullable: true}
";
    let schema = Schema::compile(&node(crd, &mut Sources::default()), Dialect::Kubernetes).unwrap();
    let good = "{metadata: {name: x}, spec: {port: http, mode: A, labels: {a: b}, raw: {x: 1, known: 2}, weight: ~}}";
    assert_eq!(findings(good, &schema, Presence::Require), "");
    let bad = "{spec: {mode: C, labels: {a: 1}, raw: {known: x}, rules: [{id: one, ip: x}], weight: 11, extra: 1}}";
    insta::assert_snapshot!(findings(bad, &schema, Presence::Require), @r#"
    unknown-value [spec.mode] `mode` is `C`, which is none of its values
        1:15 not one of its values
        help: its values are `A`, `B`
    wrong-type [spec.labels.a] `a` is a whole number, and must be a string
        1:30 a whole number
        help: quote it: "1"
    wrong-type [spec.raw.known] `known` is a string, and must be a whole number
        1:47 a string
        help: write a whole number
    unknown-key [spec.rules[one].ip] `ip` is no key of item `one`
        1:69 not known here
        help: keys here: `id`
    invalid-value [spec.weight] `weight` is 11, and must be at most 10
        1:86 not valid
        help: write at most 10
    unknown-key [spec.extra] `extra` is no key of `spec`
        1:90 not known here
        help: keys here: `port`, `mode`, `labels`, `raw`, `rules`, `weight`
    missing-field [spec.port] `spec` lacks the field `port`
        1:2 `port` is missing here
        help: add `port:` to it
    "#);
}

#[test]
fn views_lead_to_parts_of_the_model() {
    let schema = schema();
    let clusters = schema.view().key("clusters").unwrap();
    assert!(
        clusters
            .key("any")
            .unwrap()
            .keys()
            .iter()
            .any(|key| **key == "port")
    );
    assert!(schema.view().key("values").unwrap().is_open());
    assert!(schema.view().key("nonsense").is_none());
    assert!(
        schema
            .view()
            .key("services")
            .unwrap()
            .item()
            .unwrap()
            .key("parent")
            .unwrap()
            .key("port")
            .is_some()
    );
    let mut parsers: Vec<_> = schema.parsers().collect();
    parsers.sort_unstable();
    parsers.dedup();
    assert_eq!(parsers, ["AccountId", "Name"]);
}

#[test]
fn schemas_that_lead_nowhere_are_refused() {
    let compile = |text: &str| {
        Schema::compile(&node(text, &mut Sources::default()), Dialect::JsonSchema).unwrap_err()
    };
    assert_eq!(
        compile("{$ref: '#/$defs/a'}"),
        SchemaError::Reference("#/$defs/a".into())
    );
    assert_eq!(
        compile("{properties: {a: [1]}}"),
        SchemaError::NotASchema("a list")
    );
}

#[test]
fn schemas_may_hold_themselves() {
    let text = "{$ref: '#/$defs/a', $defs: {a: {anyOf: [{$ref: '#/$defs/a'}, {type: string}]}}}";
    let schema =
        Schema::compile(&node(text, &mut Sources::default()), Dialect::JsonSchema).unwrap();
    assert!(findings("1", &schema, Presence::Require).starts_with("wrong-type"));
    assert_eq!(findings("a", &schema, Presence::Require), "");
}
