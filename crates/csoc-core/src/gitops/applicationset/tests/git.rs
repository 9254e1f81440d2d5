//! `git`: directories and files.

use super::*;

const FILES: [(&str, &str); 6] = [
    ("addons/argo-workflows/values.yaml", "a: 1\n"),
    ("addons/prometheus_operator/Chart.yaml", "name: x\n"),
    ("addons/prometheus_operator/templates/deep.yaml", "a: 1\n"),
    (
        "clusters/engineering/dev/config.json",
        r#"{"account": "111122223333", "cluster": {"name": "dev", "address": "https://10.0.0.1", "zones": ["a", "b"]}}"#,
    ),
    (
        "clusters/engineering/prod/config.json",
        r#"{"account": "444455556666", "cluster": {"name": "prod", "address": "https://10.0.0.2", "zones": []}}"#,
    ),
    (".github/workflows/x.yaml", "a: 1\n"),
];

fn git(rest: &str) -> String {
    format!(
        "[{{git: {{repoURL: 'https://git.example.org/commons/gitops', revision: HEAD, {rest}}}}}]"
    )
}

#[test]
fn each_directory_that_is_named_is_one() {
    let template = "{metadata: {name: '{{.path.basenameNormalized}}'}, spec: {source: {path: '{{.path.path}}'}, destination: {namespace: '{{.path.basename}}'}, project: '{{index .path.segments 0}}'}}";
    let expected = [
        r#"{"source":{"path":"addons/argo-workflows"},"destination":{"namespace":"argo-workflows"},"project":"addons","name":"argo-workflows"}"#,
        r#"{"source":{"path":"addons/prometheus_operator"},"destination":{"namespace":"prometheus_operator"},"project":"addons","name":"prometheus-operator"}"#,
    ];
    let directories = git("directories: [{path: addons/*}]");
    assert_eq!(made(&go(&directories, template), &FILES), expected);
    let plain = template
        .replace("{{.path.path}}", "{{path}}")
        .replace("{{index .path.segments 0}}", "{{path[0]}}")
        .replace("{{.", "{{");
    assert_eq!(
        made(&set("goTemplate: false", &directories, &plain), &FILES),
        expected
    );
    let excluded = git("directories: [{path: addons/prom*, exclude: true}, {path: addons/*}]");
    assert_eq!(made(&go(&excluded, template), &FILES), expected[..1]);
}

#[test]
fn the_root_has_no_hidden_directories_and_values_may_name_the_path() {
    let text = go(
        &git("directories: [{path: '*'}], values: {where: 'in-{{.path.basename}}'}"),
        "{metadata: {name: '{{.values.where}}'}, spec: {}}",
    );
    assert_eq!(
        made(&text, &FILES),
        [r#"{"name":"in-addons"}"#, r#"{"name":"in-clusters"}"#]
    );
}

#[test]
fn exclusion_counts_more_than_inclusion() {
    let files = [("d/e/x", ""), ("d/f/x", ""), ("d/g/x", "")];
    let template = "{metadata: {name: '{{.path.basename}}'}, spec: {}}";
    for (directories, kept) in [
        ("[{path: d/e}, {path: 'd/*', exclude: true}]", vec![]),
        (
            "[{path: 'd/*'}, {path: d/f, exclude: true}, {path: d/g, exclude: true}]",
            vec!["e"],
        ),
        (
            "[{path: 'd/*'}, {path: 'd/[fg]', exclude: true}]",
            vec!["e"],
        ),
    ] {
        let expected: Vec<String> = kept
            .iter()
            .map(|name| format!(r#"{{"name":"{name}"}}"#))
            .collect();
        let text = go(&git(&format!("directories: {directories}")), template);
        assert_eq!(made(&text, &files), expected, "{directories}");
    }
}

#[test]
fn each_file_that_is_named_is_one() {
    let template = "{metadata: {name: '{{.cluster.name}}-gen3'}, spec: {destination: {server: '{{.cluster.address}}'}, source: {path: '{{.path.path}}|{{.path.basename}}|{{.path.filename}}|{{.path.filenameNormalized}}'}}}";
    let files = git("files: [{path: 'clusters/**/config.json'}]");
    let expected = [
        r#"{"destination":{"server":"https://10.0.0.1"},"source":{"path":"clusters/engineering/dev|dev|config.json|config.json"},"name":"dev-gen3"}"#,
        r#"{"destination":{"server":"https://10.0.0.2"},"source":{"path":"clusters/engineering/prod|prod|config.json|config.json"},"name":"prod-gen3"}"#,
    ];
    assert_eq!(made(&go(&files, template), &FILES), expected);
    let plain = template
        .replace("{{.path.path}}", "{{path}}")
        .replace("{{.", "{{");
    assert_eq!(
        made(&set("goTemplate: false", &files, &plain), &FILES),
        expected
    );
    let excluded = git(
        "files: [{path: 'clusters/**/config.json'}, {path: 'clusters/*/dev/config.json', exclude: true}]",
    );
    assert_eq!(made(&go(&excluded, template), &FILES), expected[1..]);
}

#[test]
fn fields_inside_each_other_are_flat_without_go_templates() {
    let files = git("files: [{path: clusters/engineering/dev/config.json}]");
    let template = "{metadata: {name: '{{cluster.zones.1}}'}, spec: {project: '{{account}}'}}";
    assert_eq!(
        made(&set("goTemplate: false", &files, template), &FILES),
        [r#"{"project":"111122223333","name":"b"}"#]
    );
}

#[test]
fn a_file_may_hold_a_list_and_a_prefix_keeps_paths_apart() {
    let files = [("apps/all.yaml", "- {name: one}\n- {name: two}\n")];
    let text = go(
        &git("pathParamPrefix: app, files: [{path: apps/*.yaml}]"),
        "{metadata: {name: '{{.name}}'}, spec: {project: '{{.app.path.filename}}'}}",
    );
    assert_eq!(
        made(&text, &files),
        [
            r#"{"project":"all.yaml","name":"one"}"#,
            r#"{"project":"all.yaml","name":"two"}"#
        ]
    );
}

#[test]
fn what_is_read_is_one_revision() {
    let template = "{metadata: {name: '{{.path.basename}}'}, spec: {}}";
    let looks = |revision: &str| {
        let generators = git("directories: [{path: addons/argo-workflows}]");
        go(&generators.replace("HEAD", revision), template)
    };
    // The default branch, and the one by which values are taken from the repository.
    for revision in ["HEAD", "''", "main"] {
        let expected = [r#"{"name":"argo-workflows"}"#];
        assert_eq!(made(&looks(revision), &FILES), expected, "{revision}");
    }
    for revision in ["staging", "v1.2.0", "'{{.branch}}'"] {
        let stops = stops(&looks(revision), &FILES);
        assert!(
            stops[0].starts_with("Undecidable(\"the git generator looks at the revision"),
            "{revision}: {stops:?}"
        );
    }
    // Values of two revisions: what is here is one of them, and nobody knows which.
    let mut world = World::default();
    for revision in ["HEAD", "main"] {
        world.is_named(REPOSITORY, revision);
    }
    assert_eq!(world.holds(REPOSITORY, "main"), world::Held::Here);
    world.is_named(REPOSITORY, "staging");
    assert_eq!(world.holds(REPOSITORY, "main"), world::Held::OtherRevision);
    assert_eq!(world.holds(REPOSITORY, "HEAD"), world::Held::Here);
}

#[test]
fn other_repositories_are_not_here() {
    let text = go(
        "[{git: {repoURL: 'https://git.example.org/other', directories: [{path: '*'}]}}]",
        "{metadata: {name: a}, spec: {}}",
    );
    assert!(stops(&text, &FILES)[0].starts_with("Undecidable(\"the git generator looks into"));
    let text = go(
        &git("files: [{path: bad.json}]"),
        "{metadata: {name: a}, spec: {}}",
    );
    assert_eq!(
        stops(&text, &[("bad.json", "{")]),
        [r#"Refused("`bad.json` is neither YAML nor JSON")"#]
    );
}
