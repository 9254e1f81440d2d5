//! What is not decided, not taken, or too much.

use super::*;

#[test]
fn services_are_not_asked() {
    for generator in [
        "scmProvider",
        "pullRequest",
        "clusterDecisionResource",
        "plugin",
    ] {
        let text = go(
            &format!("[{{list: {{elements: [{{name: a}}]}}}}, {{{generator}: {{}}}}]"),
            "{metadata: {name: '{{.name}}'}, spec: {}}",
        );
        let expansion = expand(&text, &[]);
        assert_eq!(expansion.made.len(), 1, "what is decided is there");
        assert!(matches!(expansion.stops[0].0, Stop::Undecidable(_)));
        assert!(expansion.stops[0].1.is_some());
    }
}

#[test]
fn a_product_that_is_too_large_is_not_made() {
    let elements = |name: &str, count: usize| {
        let elements: Vec<String> = (0..count).map(|at| format!("{{{name}: x{at}}}")).collect();
        format!("{{list: {{elements: [{}]}}}}", elements.join(", "))
    };
    let text = go(
        &format!(
            "[{{matrix: {{generators: [{}, {}]}}}}]",
            elements("a", 101),
            elements("b", 100)
        ),
        "{metadata: {name: '{{.a}}-{{.b}}'}, spec: {}}",
    );
    assert_eq!(stops(&text, &[]), ["TooMany"]);
}

#[test]
fn nothing_panics_on_what_is_none() {
    for (generators, template) in [
        ("3", "{}"),
        ("[]", "[]"),
        (
            "[x, {}, {list: 3}, {list: {elements: {a: 1}}}, {list: {elements: [1]}}]",
            "x",
        ),
        (
            "[{clusters: []}, {git: []}, {matrix: []}, {merge: {mergeKeys: [a]}}]",
            "{}",
        ),
        (
            "[{matrix: {generators: [{git: {repoURL: 'https://git.example.org/commons/gitops', files: [{path: '['}]}}, {}]}}]",
            "{}",
        ),
        (
            "[{list: {elements: [{a: b}]}}]",
            "{metadata: '{{', spec: ['{{.a']}",
        ),
        (
            "[{list: {elements: [{a: b}]}}]",
            "{metadata: {name: '{{range .a}}{{end}}{{.a.b}}{{index .a 1}}{{)}}'}}",
        ),
    ] {
        for options in ["goTemplate: true", "goTemplate: false"] {
            expand(
                &set(options, generators, template),
                &[STAGING, ("x/y.yaml", "a: 1\n")],
            );
        }
    }
}
