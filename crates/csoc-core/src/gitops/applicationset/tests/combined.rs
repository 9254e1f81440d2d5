//! `matrix` and `merge`.

use super::*;

const ADDONS: [(&str, &str); 4] = [
    PRODUCTION,
    STAGING,
    ("addons/argo-workflows/values.yaml", "a: 1\n"),
    ("addons/prometheus/values.yaml", "a: 1\n"),
];
const CLUSTERS: &str =
    "{clusters: {selector: {matchLabels: {argocd.argoproj.io/secret-type: cluster}}}}";

fn git(rest: &str) -> String {
    format!("{{git: {{repoURL: '{REPOSITORY}', revision: HEAD, {rest}}}}}")
}

fn names(names: &[&str]) -> Vec<String> {
    names
        .iter()
        .map(|name| format!(r#"{{"name":"{name}"}}"#))
        .collect()
}

#[test]
fn a_matrix_is_every_combination() {
    let addons = git("directories: [{path: addons/*}]");
    let text = go(
        &format!("[{{matrix: {{generators: [{addons}, {CLUSTERS}]}}}}]"),
        "{metadata: {name: '{{.path.basename}}-{{.nameNormalized}}'}, spec: {}}",
    );
    assert_eq!(
        made(&text, &ADDONS),
        names(&[
            "argo-workflows-commons-prod",
            "argo-workflows-commons-staging",
            "prometheus-commons-prod",
            "prometheus-commons-staging",
        ])
    );
}

#[test]
fn the_second_may_name_parameters_of_the_first() {
    let files = [
        PRODUCTION,
        STAGING,
        (
            "config/engineering/prod/config.json",
            r#"{"size": "large"}"#,
        ),
        (
            "config/engineering/staging/config.json",
            r#"{"size": "small"}"#,
        ),
    ];
    let first = git("files: [{path: 'config/**/config.json'}]");
    let second = "{clusters: {selector: {matchLabels: {argocd.argoproj.io/secret-type: cluster, tier: '{{.path.basename}}'}}}}";
    let text = go(
        &format!("[{{matrix: {{generators: [{first}, {second}]}}}}]"),
        "{metadata: {name: '{{.nameNormalized}}-{{.size}}'}, spec: {}}",
    );
    assert_eq!(
        made(&text, &files),
        names(&["commons-prod-large", "commons-staging-small"])
    );
}

#[test]
fn elements_of_a_list_may_come_from_a_file() {
    let files = [(
        "components.yaml",
        "key: {components: [{name: one, version: 6.3.2}, {name: two, version: 6.3.3}]}\n",
    )];
    let first = git("files: [{path: components.yaml}]");
    let text = go(
        &format!(
            "[{{matrix: {{generators: [{first}, {{list: {{elementsYaml: '{{{{ .key.components | toJson }}}}'}}}}]}}}}]"
        ),
        "{metadata: {name: '{{.name}}-{{.version}}'}, spec: {}}",
    );
    assert_eq!(made(&text, &files), names(&["one-6.3.2", "two-6.3.3"]));
}

#[test]
fn where_both_say_something_the_first_counts() {
    let files = [
        ("staging/stage.yaml", "stage: staging\n"),
        (
            "production/stage.yaml",
            "stage: production\nmemory: 512Mi\ndebug: false\n",
        ),
        ("global.yaml", "cpu: 200m\nmemory: 256Mi\ndebug: true\n"),
    ];
    let (first, second) = (
        git("files: [{path: '*/stage.yaml'}]"),
        git("files: [{path: global.yaml}]"),
    );
    let text = go(
        &format!("[{{matrix: {{generators: [{first}, {second}]}}}}]"),
        "{metadata: {name: '{{.stage}}-{{.cpu}}-{{.memory}}-{{.debug}}'}, spec: {}}",
    );
    assert_eq!(
        made(&text, &files),
        names(&["production-200m-512Mi-false", "staging-200m-256Mi-true"])
    );
}

#[test]
fn paths_of_two_git_generators_are_kept_apart_by_prefixes() {
    let files = [
        ("apps/one.json", r#"{"app": "one"}"#),
        ("apps/two.json", r#"{"app": "two"}"#),
        ("targets/one/east.json", r#"{"region": "east"}"#),
        ("targets/two/east.json", r#"{"region": "east"}"#),
        ("targets/two/west.json", r#"{"region": "west"}"#),
    ];
    let first = git("pathParamPrefix: a, files: [{path: 'apps/*.json'}]");
    let second = git("pathParamPrefix: t, files: [{path: 'targets/{{.app}}/*.json'}]");
    let text = go(
        &format!("[{{matrix: {{generators: [{first}, {second}]}}}}]"),
        "{metadata: {name: '{{.app}}-{{.region}}-{{.a.path.filename}}-{{.t.path.path}}'}, spec: {}}",
    );
    assert_eq!(
        made(&text, &files),
        names(&[
            "one-east-one.json-targets/one",
            "two-east-two.json-targets/two",
            "two-west-two.json-targets/two",
        ])
    );
}

#[test]
fn without_go_templates_a_matrix_takes_no_two_answers() {
    let text = |over: &str| {
        set(
            "goTemplate: false",
            &format!(
                "[{{matrix: {{generators: [{{list: {{elements: [{{a: x}}]}}}}, {{list: {{elements: [{{a: {over}, b: yy}}]}}}}]}}}}]"
            ),
            "{metadata: {name: '{{a}}{{b}}'}, spec: {}}",
        )
    };
    assert_eq!(made(&text("x"), &[]), names(&["xyy"]));
    assert_eq!(
        stops(&text("z"), &[]),
        [r#"Refused("both generators of a matrix give `a`, and not the same")"#]
    );
}

#[test]
fn a_matrix_has_two_generators_and_lies_in_one_other() {
    let list = "{list: {elements: [{a: x}]}}";
    for (generators, why) in [
        (
            format!("[{{matrix: {{generators: [{list}]}}}}]"),
            "a matrix must have two generators",
        ),
        (
            format!(
                "[{{matrix: {{generators: [{list}, {{matrix: {{generators: [{list}, {{matrix: {{generators: [{list}, {list}]}}}}]}}}}]}}}}]"
            ),
            "a matrix or merge may lie in one other, and no deeper",
        ),
        (
            "[{list: {elements: []}, clusters: {}}]".to_owned(),
            "a generator must be exactly one",
        ),
        ("[{lists: {}}]".to_owned(), "there is no generator `lists`"),
    ] {
        let text = go(&generators, "{metadata: {name: a}, spec: {}}");
        assert_eq!(stops(&text, &[]), [format!("Refused({why:?})")]);
    }
    let nested = format!(
        "[{{matrix: {{generators: [{list}, {{matrix: {{generators: [{{list: {{elements: [{{b: yy}}]}}}}, {{list: {{elements: [{{c: zz}}]}}}}]}}}}]}}}}]"
    );
    let text = go(
        &nested,
        "{metadata: {name: '{{.a}}{{.b}}{{.c}}'}, spec: {}}",
    );
    assert_eq!(made(&text, &[]), names(&["xyyzz"]));
}

#[test]
fn a_merge_lays_later_ones_over_the_first() {
    let base = "{clusters: {selector: {matchExpressions: [{key: tier, operator: Exists}]}, values: {kafka: 'true', redis: 'false'}}}";
    let over = "{clusters: {selector: {matchLabels: {tier: staging}}, values: {kafka: 'false'}}}";
    let list = "{list: {elements: [{server: 'https://10.2.0.4', values.redis: 'true'}, {server: 'https://10.9.0.1', values.redis: 'x'}]}}";
    let text = set(
        "goTemplate: false",
        &format!("[{{merge: {{mergeKeys: [server], generators: [{base}, {over}, {list}]}}}}]"),
        "{metadata: {name: '{{nameNormalized}}'}, spec: {project: 'kafka-{{values.kafka}}-redis-{{values.redis}}'}}",
    );
    assert_eq!(
        made(&text, &[PRODUCTION, STAGING]),
        [
            r#"{"project":"kafka-true-redis-true","name":"commons-prod"}"#,
            r#"{"project":"kafka-false-redis-false","name":"commons-staging"}"#,
        ]
    );
}

#[test]
fn a_merge_tells_all_of_one_generator_apart() {
    let twice = "{list: {elements: [{a: x}, {a: x, b: z}]}}";
    let text = go(
        &format!("[{{merge: {{mergeKeys: [a], generators: [{twice}, {twice}]}}}}]"),
        "{metadata: {name: a}, spec: {}}",
    );
    assert_eq!(
        stops(&text, &[]),
        [r#"Refused("two of one generator have the same `a`, by which a merge tells them apart")"#]
    );
    let go_list = "[{merge: {mergeKeys: [a], generators: [{list: {elements: [{a: x, deep: {one: 1, two: 2}}]}}, {list: {elements: [{a: x, deep: {two: 3}}]}}]}}]";
    let text = go(
        go_list,
        "{metadata: {name: '{{.deep.one}}-{{.deep.two}}'}, spec: {}}",
    );
    assert_eq!(made(&text, &[]), names(&["1-3"]));
}
