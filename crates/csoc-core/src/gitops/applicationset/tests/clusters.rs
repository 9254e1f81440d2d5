//! `clusters`.

use super::*;

const TEMPLATE: &str = "{metadata: {name: '{{.nameNormalized}}-gen3'}, spec: {project: 'p-{{.project}}', destination: {server: '{{.server}}', name: '{{.name}}'}}}";

#[test]
fn each_registered_cluster_is_one_and_the_own_one_too() {
    let expected = [
        r#"{"project":"p-prod","destination":{"server":"https://10.2.0.4","name":"commons-prod"},"name":"commons-prod-gen3"}"#,
        r#"{"project":"p-","destination":{"server":"https://10.1.0.4","name":"commons_staging"},"name":"commons-staging-gen3"}"#,
        r#"{"project":"p-","destination":{"server":"https://kubernetes.default.svc","name":"in-cluster"},"name":"in-cluster-gen3"}"#,
    ];
    assert_eq!(
        made(&go("[{clusters: {}}]", TEMPLATE), &[PRODUCTION, STAGING]),
        expected
    );
    let plain = set(
        "goTemplate: false",
        "[{clusters: {}}]",
        &TEMPLATE.replace("{{.", "{{"),
    );
    assert_eq!(made(&plain, &[PRODUCTION, STAGING]), expected);
}

#[test]
fn a_selector_leaves_the_own_cluster_out() {
    for (selector, names) in [
        (
            "{matchLabels: {argocd.argoproj.io/secret-type: cluster}}",
            vec!["commons-prod-gen3", "commons-staging-gen3"],
        ),
        (
            "{matchLabels: {tier: staging}}",
            vec!["commons-staging-gen3"],
        ),
        (
            "{matchExpressions: [{key: tier, operator: In, values: [prod]}]}",
            vec!["commons-prod-gen3"],
        ),
        ("{matchLabels: {tier: none}}", vec![]),
    ] {
        let text = go(
            &format!("[{{clusters: {{selector: {selector}}}}}]"),
            "{metadata: {name: '{{.nameNormalized}}-gen3'}, spec: {}}",
        );
        let expected: Vec<String> = names
            .iter()
            .map(|name| format!(r#"{{"name":"{name}"}}"#))
            .collect();
        assert_eq!(made(&text, &[PRODUCTION, STAGING]), expected, "{selector}");
    }
}

#[test]
fn a_registration_of_the_own_cluster_stands_for_it() {
    let own = (
        "hub/clusters/here.yaml",
        "kind: Secret\nmetadata: {labels: {argocd.argoproj.io/secret-type: cluster}}\nstringData: {name: hub, server: 'https://kubernetes.default.svc'}\n",
    );
    let text = go(
        "[{clusters: {}}]",
        "{metadata: {name: '{{.name}}'}, spec: {}}",
    );
    assert_eq!(made(&text, &[own]), [r#"{"name":"hub"}"#]);
}

#[test]
fn values_may_name_what_is_known_of_the_cluster() {
    let generators = r#"[{clusters: {selector: {matchLabels: {tier: staging}}, values: {revision: '{{index .metadata.annotations "contact"}}', cluster: '{{.name}}'}}}]"#;
    let template = "{metadata: {name: a}, spec: {source: {targetRevision: '{{.values.revision}}'}, destination: {name: '{{.values.cluster}}'}}}";
    assert_eq!(
        made(&go(generators, template), &[STAGING]),
        [
            r#"{"source":{"targetRevision":"ops@example.org"},"destination":{"name":"commons_staging"},"name":"a"}"#
        ]
    );
    let plain = "[{clusters: {selector: {matchLabels: {tier: staging}}, values: {revision: '{{metadata.labels.region}}'}}}]";
    let template = "{metadata: {name: a}, spec: {project: '{{values.revision}}'}}";
    assert_eq!(
        made(&set("goTemplate: false", plain, template), &[STAGING]),
        [r#"{"project":"us-east-1","name":"a"}"#]
    );
}

#[test]
fn a_flat_list_is_one_application() {
    let text = go(
        "[{clusters: {selector: {matchExpressions: [{key: tier, operator: Exists}]}, flatList: true}}]",
        "{metadata: {name: all}, spec: {source: {helm: {values: \"{{range .clusters}}- {{.name}}\\n{{end}}\"}}}}",
    );
    assert_eq!(
        made(&text, &[PRODUCTION, STAGING]),
        [r#"{"source":{"helm":{"values":"- commons-prod\n- commons_staging\n"}},"name":"all"}"#]
    );
}

#[test]
fn what_no_file_says_is_not_guessed() {
    let text = go("[{clusters: {}}]", TEMPLATE);
    assert_eq!(
        stops(&text, &[]),
        [
            r#"Undecidable("no file registers a cluster, so that only Argo CD knows which there are")"#
        ]
    );
    let operator = (
        "hub/clusters/made.yaml",
        "kind: ExternalSecret\nspec: {target: {template: {metadata: {labels: {argocd.argoproj.io/secret-type: cluster}}, data: {name: made, server: '{{ .server }}'}}}}\n",
    );
    let selected = go(
        "[{clusters: {selector: {matchExpressions: [{key: x, operator: DoesNotExist}]}}}]",
        "{metadata: {name: '{{.name}}'}, spec: {}}",
    );
    assert_eq!(made(&selected, &[operator]), [r#"{"name":"made"}"#]);
    assert_eq!(
        stops(&selected.replace("{{.name}}", "{{.server}}"), &[operator]),
        [r#"Undecidable("a parameter is not known yet")"#]
    );
    let versioned = go(
        "[{clusters: {selector: {matchLabels: {argocd.argoproj.io/kubernetes-version: v1.33}}}}]",
        TEMPLATE,
    );
    assert_eq!(
        stops(&versioned, &[STAGING]),
        [
            r#"Undecidable("Argo CD sets the label `argocd.argoproj.io/kubernetes-version` by itself")"#
        ]
    );
}
