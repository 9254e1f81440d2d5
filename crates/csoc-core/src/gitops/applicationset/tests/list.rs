//! `list`.

use super::*;

const TEMPLATE: &str = "{metadata: {name: '{{.cluster}}-gen3'}, spec: {project: '{{.values.project}}', destination: {server: '{{.url}}'}, source: {path: 'a/{{.cluster}}/b'}}}";

#[test]
fn each_element_is_one_application() {
    let elements = "[{list: {elements: [{cluster: dev, url: 'https://kubernetes.default.svc', values: {project: one}}, {cluster: prod, url: 'https://10.0.0.1', values: {project: two}}]}}]";
    let expected = [
        r#"{"project":"one","destination":{"server":"https://kubernetes.default.svc"},"source":{"path":"a/dev/b"},"name":"dev-gen3"}"#,
        r#"{"project":"two","destination":{"server":"https://10.0.0.1"},"source":{"path":"a/prod/b"},"name":"prod-gen3"}"#,
    ];
    assert_eq!(made(&go(elements, TEMPLATE), &[]), expected);
    let plain = TEMPLATE.replace("{{.", "{{");
    assert_eq!(
        made(&set("{}", elements, &plain).replace("  {}\n", ""), &[]),
        expected
    );
}

#[test]
fn places_are_those_of_the_elements() {
    let text = go(
        "[{list: {elements: [{name: a}, {name: b}]}}]",
        "{metadata: {name: '{{.name}}'}, spec: {project: p}}",
    );
    let expansion = expand(&text, &[]);
    let at: Vec<&str> = expansion
        .made
        .iter()
        .map(|made| {
            let span = made.causes[0];
            assert_eq!(
                made.node.path(&["metadata", "name"]).and_then(Node::span),
                Some(span)
            );
            &text[span.start as usize..span.end as usize]
        })
        .collect();
    assert_eq!(at, ["{name: a}", "{name: b}"]);
}

#[test]
fn elements_that_are_no_texts_need_go_templates() {
    let elements = "[{list: {elements: [{name: a, copies: 3}]}}]";
    let template = "{metadata: {name: a}, spec: {project: 'p{{.copies}}'}}";
    assert_eq!(
        made(&go(elements, template), &[]),
        [r#"{"project":"p3","name":"a"}"#]
    );
    assert_eq!(
        stops(&set("goTemplate: false", elements, template), &[]),
        [
            r#"Refused("`copies` of an element is a whole number, and must be a text where templates are not Go's")"#
        ]
    );
}

#[test]
fn a_text_may_say_more_elements() {
    let elements = r#"[{list: {elements: [{name: a}], elementsYaml: "- name: b\n- name: c\n"}}]"#;
    let template = "{metadata: {name: '{{.name}}'}, spec: {}}";
    assert_eq!(
        made(&go(elements, template), &[]),
        [r#"{"name":"a"}"#, r#"{"name":"b"}"#, r#"{"name":"c"}"#]
    );
}

#[test]
fn a_selector_keeps_what_it_asks_for() {
    let elements = "[{cluster: dev, tier: staging}, {cluster: prod, tier: prod, rack: {row: '2'}}]";
    let template = "{metadata: {name: '{{.cluster}}'}, spec: {}}";
    for (selector, kept) in [
        ("{matchLabels: {tier: staging}}", "dev"),
        ("{matchLabels: {rack.row: '2'}}", "prod"),
        (
            "{matchExpressions: [{key: tier, operator: In, values: [prod]}]}",
            "prod",
        ),
        (
            "{matchExpressions: [{key: tier, operator: NotIn, values: [prod]}]}",
            "dev",
        ),
        (
            "{matchExpressions: [{key: rack.row, operator: Exists}]}",
            "prod",
        ),
        (
            "{matchExpressions: [{key: rack.row, operator: DoesNotExist}]}",
            "dev",
        ),
    ] {
        let generators = format!("[{{list: {{elements: {elements}}}, selector: {selector}}}]");
        assert_eq!(
            made(&go(&generators, template), &[]),
            [format!(r#"{{"name":"{kept}"}}"#)],
            "{selector}"
        );
    }
    let generators = format!(
        "[{{list: {{elements: {elements}}}, selector: {{matchExpressions: [{{key: tier, operator: In, values: []}}]}}}}]"
    );
    assert_eq!(
        stops(&go(&generators, template), &[]),
        [r#"Refused("the operator `In` of a selector has no values")"#]
    );
}
