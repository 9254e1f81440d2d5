//! One small values file for each kind of finding.

use crate::catalog::Catalogs;
use crate::diagnostic::{Report, TextStyle};

fn report(files: &[(&str, &str)]) -> Report {
    let files = files.iter().map(|(path, text)| (path, *text));
    Catalogs::embedded().check_values("gen3", files).unwrap()
}

/// The findings of a file as `line severity code path`.
fn found(text: &str) -> Vec<String> {
    report(&[("values.yaml", text)])
        .diagnostics()
        .iter()
        .map(|found| {
            let path = found.path.as_deref().unwrap_or_default();
            let line = found.labels[0].line;
            format!("{line} {} {} {path}", found.severity, found.code)
        })
        .collect()
}

#[track_caller]
fn assert_found(text: &str, expected: &[&str]) {
    assert_eq!(found(text), expected);
}

fn help(text: &str) -> String {
    let report = report(&[("values.yaml", text)]);
    let help = report.diagnostics()[0].help.as_deref();
    help.unwrap_or_default().to_owned()
}

#[test]
fn unknown_keys_are_found_with_what_was_meant() {
    assert_found(
        "ambassador:\n  enable: false\n",
        &["2 error values-key-unknown ambassador.enable"],
    );
    assert_eq!(
        help("ambassador:\n  enable: false\n"),
        "did you mean `enabled`?"
    );
    let misplaced = "wts:\n  image:\n    replicaCount: 1\n";
    assert_found(
        misplaced,
        &["3 warning values-key-unknown wts.image.replicaCount"],
    );
    assert_eq!(
        help(misplaced),
        "the same key is known at `wts.replicaCount`"
    );
    assert_eq!(
        help("tube:\n  image: {}\n"),
        "set `etl.image.tube` instead: it was a block of its own in cloud-automation"
    );
    assert_eq!(
        help("fence:\n  autoscaling:\n    targetCPUUtilizationPercentage: 40\n"),
        "set `fence.autoscaling.averageCPUValue` instead: the autoscaler of the charts takes an amount instead of a percentage"
    );
    // Only the topmost unknown key is one finding.
    assert_found(
        "fluentd:\n  enabled: false\n  more:\n    and: more\n",
        &["1 warning values-key-unknown fluentd"],
    );
    // What is open is the user's own.
    assert_found(
        "fence:\n  podAnnotations:\n    anything: at all\n  resources:\n    limits:\n      gpu: 1\n",
        &[],
    );
    assert_found("", &[]);
}

#[test]
fn items_of_lists_of_structs_have_known_keys() {
    assert_found(
        "revproxy:\n  ingress:\n    enabled: true\n    hosts:\n    - host: a\n      paths:\n      - pth: /\n",
        &["7 error values-key-unknown revproxy.ingress.hosts[].paths[].pth"],
    );
}

#[test]
fn keys_that_nothing_reads_are_found() {
    assert_found(
        "pidgin:\n  enabled: true\n",
        &["2 info values-key-unread pidgin.enabled"],
    );
}

#[test]
fn keys_behind_a_flag_are_found() {
    let text = "arborist:\n  autoscaling:\n    enabled: false\n    minReplicas: 2\n";
    assert_found(
        text,
        &["4 info values-key-gated arborist.autoscaling.minReplicas"],
    );
    let report = report(&[("values.yaml", text)]);
    assert_eq!(report.diagnostics()[0].labels[1].line, 3);
    assert_found(&text.replace("false", "true"), &[]);
    // Either flag opens the way.
    assert_found(
        &format!("{text}global:\n  autoscaling:\n    enabled: true\n"),
        &[],
    );
}

#[test]
fn values_of_another_type_are_found() {
    assert_found(
        "fence:\n  image: one\n",
        &["2 error values-type-mismatch fence.image"],
    );
    assert_found(
        "fence:\n  replicaCount:\n    of: 1\n",
        &[
            "2 error values-type-mismatch fence.replicaCount",
            "3 warning values-key-unknown fence.replicaCount.of",
        ],
    );
    assert_found(
        "metadata:\n  useAggMds: 'true'\n",
        &["2 warning values-boolean-quoted metadata.useAggMds"],
    );
    assert_found(
        "metadata:\n  useAggMds: 'false'\n",
        &["2 error values-boolean-quoted metadata.useAggMds"],
    );
    assert_found(
        "global:\n  maintenanceMode: off\n",
        &["2 warning values-text-boolean global.maintenanceMode"],
    );
    assert_found(
        "global:\n  tierAccessLimit: 50\n",
        &["2 info values-number-text global.tierAccessLimit"],
    );
    assert_found(
        "fence:\n  USER_YAML:\n",
        &["2 info values-default-deleted fence.USER_YAML"],
    );
    assert_found("- not\n- a map\n", &["1 error values-type-mismatch "]);
}

#[test]
fn names_that_helm_reads_as_numbers_are_found() {
    assert_found(
        "global:\n  aws:\n    enabled: true\n    account: 084375550014\n",
        &["4 error account-id-unquoted global.aws.account"],
    );
    let text = "fence:\n  image:\n    tag: 2025.10\n";
    assert_eq!(found(text)[0], "3 error image-tag-unquoted fence.image.tag");
    assert_eq!(
        found(&text.replace("10", "12"))[0],
        "3 warning image-tag-unquoted fence.image.tag"
    );
    let report = report(&[("values.yaml", text)]);
    assert!(
        report.diagnostics()[0]
            .message
            .contains("prints it as `2025.1`")
    );
    assert_found(&text.replace("2025.10", "'2025.10'"), &[]);
    assert_found(
        "global:\n  aws:\n    enabled: true\n    account: '084375550014'\n",
        &[],
    );
}

#[test]
fn keys_in_two_files_are_found_and_flags_are_those_of_all() {
    let report = report(&[
        (
            "one.yaml",
            "etl:\n  enabled: true\narborist:\n  autoscaling:\n    minReplicas: 2\n",
        ),
        (
            "two.yaml",
            "etl:\n  enabled: false\narborist:\n  autoscaling:\n    enabled: true\n",
        ),
    ]);
    let codes: Vec<&str> = report
        .diagnostics()
        .iter()
        .map(|found| found.code.as_str())
        .collect();
    assert_eq!(codes, ["values-set-twice"]);
    let labels = &report.diagnostics()[0].labels;
    assert_eq!((&*labels[0].file, labels[0].line), ("two.yaml", 2));
    assert_eq!((&*labels[1].file, labels[1].line), ("one.yaml", 2));
}

#[test]
fn options_of_fence_are_known() {
    assert_found(
        "fence:\n  FENCE_CONFIG_PUBLIC:\n    BASE_URL: https://a\n    ENABLE_CSRF_PROTECTON: true\n",
        &["4 warning fence-option-unknown fence.FENCE_CONFIG_PUBLIC.ENABLE_CSRF_PROTECTON"],
    );
}

#[test]
fn mappings_and_jobs_have_a_shape() {
    let mapping = "etl:\n  etlMapping:\n    mappings:\n    - name: a\n      doc_type: a\n      type: aggregator\n      props: []\n";
    assert_found(mapping, &[]);
    assert_found(
        &format!(
            "{mapping}      joining: []\n    - name: a\n      doc_type: b\n      type: other\n"
        ),
        &[
            "9 error missing-field etl.etlMapping.mappings[].props",
            "9 error etl-index-twice etl.etlMapping.mappings",
            "11 error unknown-value etl.etlMapping.mappings[].type",
            "8 warning unknown-key etl.etlMapping.mappings[].joining",
        ],
    );
    let job =
        "    - name: a\n      action: run\n      container:\n        name: a\n        image: a\n";
    assert_found(
        &format!("sower:\n  sowerConfig:\n{job}{job}      activeDealineSeconds: 9\n"),
        &[
            "9 warning sower-action-twice sower.sowerConfig",
            "13 warning unknown-key sower.sowerConfig[].activeDealineSeconds",
        ],
    );
}

#[test]
fn texts_that_are_documents_are_read() {
    assert_found(
        "portal:\n  gitops:\n    json: |\n      {\"a\": 1,}\n",
        &["4 error embedded-text-invalid portal.gitops.json"],
    );
    assert_found("portal:\n  gitops:\n    json: '{{ .Values.x }}'\n", &[]);
    assert_found(
        "hatchery:\n  hatchery:\n    json: '{\"containers\": [{\"target-port\": 1}]}'\n",
        &["3 error missing-field hatchery.hatchery.json.containers[].name"],
    );
    let users = "fence:\n  USER_YAML: |\n    authz:\n      roles:\n      - id: reader\n        permissions: []\n      policies:\n      - id: read\n        role_ids: [raeder]\n        resource_paths: [/a]\n    users:\n      someone:\n        policies: [read, wirte]\n";
    assert_found(
        users,
        &[
            "3 warning user-reference-unknown fence.USER_YAML",
            "3 warning user-reference-unknown fence.USER_YAML",
        ],
    );
    let report = report(&[("values.yaml", users)]);
    let text = report.to_text(TextStyle::plain());
    assert!(
        text.contains("role `raeder`, which it does not define in line 7 of its text"),
        "{text}"
    );
    assert!(text.contains("did you mean `reader`?"), "{text}");
}

#[test]
fn nothing_that_is_no_values_file_breaks_it() {
    for text in [
        "a: [",
        "a: b: c",
        "&a [*a]",
        "\u{0}",
        "42",
        "a: !!binary x",
        "? [a]\n: b",
    ] {
        let _ = found(text);
    }
    assert!(
        Catalogs::embedded()
            .check_values("nobody", [("a.yaml", "")])
            .is_none()
    );
}

#[test]
fn tags_of_other_things_are_not_tags_of_images() {
    assert_found("fence:\n  resources:\n    tag: 2025.10\n", &[]);
}
