//! Templates of generators, patches, finalizers, and what is not filled.

use super::*;

const ONE: &str = "[{list: {elements: [{name: a, prune: true, files: [x.yaml, y.yaml]}]}}]";

fn node(text: &str) -> Node {
    let mut expansion = expand(text, &[]);
    assert_eq!(expansion.stops, Vec::new());
    expansion.made.remove(0).node
}

fn finalizers(text: &str) -> Option<usize> {
    node(text)
        .path(&["metadata", "finalizers"])
        .map(|finalizers| finalizers.items().len())
}

#[test]
fn an_application_cascades_unless_its_set_preserves() {
    let template = "{metadata: {name: a}, spec: {}}";
    assert_eq!(finalizers(&go(ONE, template)), Some(1));
    let text = go(ONE, template).replace(
        "  generators",
        "  syncPolicy: {preserveResourcesOnDeletion: true}\n  generators",
    );
    assert_eq!(finalizers(&text), None);
    let own = go(ONE, "{metadata: {name: a, finalizers: [x, y]}, spec: {}}");
    assert_eq!(finalizers(&own), Some(2));
}

#[test]
fn the_template_of_a_generator_counts_where_it_says_something() {
    let generators = "[{list: {elements: [{name: a}], template: {metadata: {}, spec: {project: own, source: {path: 'own/{{.name}}'}, destination: {}}}}}]";
    let text = go(
        generators,
        "{metadata: {name: '{{.name}}'}, spec: {project: set, source: {path: set, targetRevision: HEAD}, destination: {namespace: ns}}}",
    );
    assert_eq!(
        made(&text, &[]),
        [
            r#"{"project":"own","source":{"path":"own/a","targetRevision":"HEAD"},"destination":{"namespace":"ns"},"name":"a"}"#
        ]
    );
}

#[test]
fn a_patch_says_what_is_no_text() {
    let text = go(
        ONE,
        "{metadata: {name: '{{.name}}'}, spec: {project: p, source: {path: x, helm: {valueFiles: [old], releaseName: r}}}}",
    ) + "  templatePatch: |
    spec:
      project: other
      source:
        path: null
        helm:
          valueFiles:
          {{- range $file := .files }}
            - {{ $file }}
          {{- end }}
    {{- if .prune }}
      syncPolicy:
        automated:
          prune: {{ .prune }}
    {{- end }}
";
    assert_eq!(
        made(&text, &[]),
        [
            r#"{"project":"p","source":{"helm":{"valueFiles":["x.yaml","y.yaml"],"releaseName":"r"}},"syncPolicy":{"automated":{"prune":true}},"name":"a"}"#
        ]
    );
}

#[test]
fn a_patch_that_is_a_parameter_keeps_its_places() {
    let text = go(
        "[{list: {elements: [{name: a, application: {spec: {source: {path: x}, sync: null}}}]}}]",
        "{metadata: {name: '{{.name}}'}, spec: {project: p, sync: old}}",
    ) + "  templatePatch: '{{ toJson .application }}'\n";
    assert_eq!(
        made(&text, &[]),
        [r#"{"project":"p","source":{"path":"x"},"name":"a"}"#]
    );
    let span = node(&text)
        .path(&["spec", "source", "path"])
        .and_then(Node::span)
        .unwrap();
    assert_eq!(&text[span.start as usize..span.end as usize], "x");
}

#[test]
fn only_texts_and_keys_are_filled() {
    let text = go(
        ONE,
        "{metadata: {name: '{{.name}}', annotations: {'{{.name}}/x': 'y'}}, spec: {revisionHistoryLimit: 3, prune: true}}",
    );
    assert_eq!(
        made(&text, &[]),
        [r#"{"revisionHistoryLimit":3,"prune":true,"name":"a","annotations":{"a/x":"y"}}"#]
    );
}

#[test]
fn a_key_that_is_not_there_stops_one_application_or_prints_itself() {
    let elements = "[{list: {elements: [{name: a}, {name: b, extra: x}]}}]";
    let template = "{metadata: {name: '{{.name}}{{.extra}}'}, spec: {}}";
    let expansion = expand(&go(elements, template), &[]);
    assert_eq!(expansion.made.len(), 1);
    assert_eq!(
        expansion.stops[0].0,
        Stop::refused("there is no parameter `extra`")
    );
    let lax = set("goTemplate: true", elements, template);
    assert_eq!(
        made(&lax, &[]),
        [r#"{"name":"a<no value>"}"#, r#"{"name":"bx"}"#]
    );
    let fast = set(
        "goTemplate: false",
        elements,
        "{metadata: {name: '{{name}}{{extra}}'}, spec: {}}",
    );
    assert_eq!(
        made(&fast, &[]),
        [r#"{"name":"a{{extra}}"}"#, r#"{"name":"bx"}"#]
    );
    let dig = go(
        elements,
        "{metadata: {name: '{{.name}}{{dig \"extra\" \"\" .}}'}, spec: {}}",
    );
    assert_eq!(made(&dig, &[]), [r#"{"name":"a"}"#, r#"{"name":"bx"}"#]);
}

#[test]
fn an_element_without_parameters_leaves_the_template_as_it_stands() {
    let text = go(
        "[{list: {elements: [{}]}}]",
        "{metadata: {name: '{{.name}}'}, spec: {}}",
    );
    assert_eq!(made(&text, &[]), [r#"{"name":"{{.name}}"}"#]);
}
