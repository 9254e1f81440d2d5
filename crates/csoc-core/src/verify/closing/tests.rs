//! A repository and Terraform of somebody else, closed as they stand, and with one thing wrong.

mod attachments;
mod modules;
mod queues;
mod sharing;
mod undecided;

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::super::verify_directory;
use crate::context::Context;
use crate::diagnostic::{Diagnostic, Report};

const FILES: [(&str, &str); 4] = [
    (
        "main/demo.example.org/templates/app.yaml",
        include_str!("tests/app.yaml"),
    ),
    (
        "main/demo.example.org/values/values.yaml",
        include_str!("tests/values.yaml"),
    ),
    (
        "main/demo.example.org/values/fence.yaml",
        include_str!("tests/fence.yaml"),
    ),
    ("roots/demo/main.tf", include_str!("tests/main.tf")),
];

/// Codes that closing gives.
const CODES: [&str; 11] = [
    "certificate-host-uncovered",
    "database-shared",
    "key-unusable",
    "policy-account-foreign",
    "producer-refused",
    "queue-producer-missing",
    "queue-unusable",
    "role-trust-missing",
    "role-trust-stale",
    "secret-grant-shared",
    "secret-unreadable",
];

/// What closing finds in the tree with another text in its files.
fn with(changes: &[(&str, &str)]) -> Vec<Diagnostic> {
    closing(&report(changes, &[]))
}

/// The findings of closing.
fn closing(report: &Report) -> Vec<Diagnostic> {
    let found = report.diagnostics().iter();
    found
        .filter(|found| CODES.contains(&found.code.as_str()))
        .cloned()
        .collect()
}

/// What is found in the tree with more files, which win over those of the same path, and another text in all of them.
fn report(changes: &[(&str, &str)], more: &[(&str, &str)]) -> Report {
    let files: BTreeMap<&str, &str> = FILES.iter().chain(more).copied().collect();
    report_of(changes, &files)
}

fn report_of(changes: &[(&str, &str)], files: &BTreeMap<&str, &str>) -> Report {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(directory.path()).unwrap();
    let mut missed: Vec<&str> = changes.iter().map(|(from, _)| *from).collect();
    for (path, text) in files {
        let mut text = (*text).to_owned();
        for (from, to) in changes {
            if text.contains(from) {
                missed.retain(|missed| missed != from);
                text = text.replace(from, to);
            }
        }
        let path = root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    assert!(missed.is_empty(), "{missed:?} is not there");
    verify_directory(root, &Context::default()).unwrap()
}

/// The codes with the files of their places.
fn codes(found: &[Diagnostic]) -> Vec<String> {
    found
        .iter()
        .map(|found| {
            let files: Vec<&str> = found
                .labels
                .iter()
                .map(|label| label.file.rsplit('/').next().unwrap_or_default())
                .collect();
            format!("{} {}", found.code, files.join(" "))
        })
        .collect()
}

#[track_caller]
fn finds(changes: &[(&str, &str)], expected: &[&str]) {
    finds_in(changes, &[], expected);
}

#[track_caller]
fn finds_in(changes: &[(&str, &str)], more: &[(&str, &str)], expected: &[&str]) {
    let found = closing(&report(changes, more));
    assert_eq!(codes(&found), expected, "{found:#?}");
    for found in &found {
        assert!(found.help.is_some() && found.path.is_some(), "{found:?}");
    }
}

#[test]
fn what_closes_is_clean() {
    finds(&[], &[]);
}

#[test]
fn trust_for_another_namespace_or_account_is_found() {
    let expected = ["role-trust-missing fence.yaml main.tf"];
    finds(
        &[("namespace = \"demo-helm\"", "namespace = \"other-helm\"")],
        &[
            "role-trust-missing fence.yaml main.tf",
            "role-trust-missing values.yaml main.tf",
        ],
    );
    finds(&[(":fence-sa\"", ":fence\"")], &expected);
    // A star is anybody of the namespace, and of an unknown issuer.
    finds(
        &[
            (":fence-sa\"", ":*\""),
            ("\"StringEquals\" # fence", "\"StringLike\""),
        ],
        &[],
    );
}

#[test]
fn what_text_does_not_decide_is_no_finding() {
    // Subjects, documents and names that only the cloud knows.
    finds(&[(":fence-sa\"", ":${var.unknown}\"")], &[]);
    finds(
        &[(
            "data.aws_iam_policy_document.fence_trust.json",
            "file(\"trust.json\")",
        )],
        &[],
    );
    finds(&[("secret:demo-*", "secret:${var.unknown}")], &[]);
    // Nobody knows in which account an unknown provider works.
    finds(
        &[
            ("allowed_account_ids = [\"111122223333\"]", ""),
            (":fence-sa\"", ":fence\""),
        ],
        &[],
    );
}

#[test]
fn secrets_that_the_reader_may_not_read_are_found() {
    let found = with(&[("secret:demo-*", "secret:other-*")]);
    assert!(!found.is_empty());
    assert!(
        found
            .iter()
            .all(|found| found.code.as_str() == "secret-unreadable")
    );
    finds(&[("secret:demo-*", "secret:*")], &[]);
}

#[test]
fn keys_that_a_role_may_not_use_are_found() {
    let grant = "resources = [aws_kms_key.data.arn] # fence";
    finds(
        &[(grant, "resources = [aws_sns_topic.uploads.arn]")],
        &["key-unusable main.tf main.tf"],
    );
    finds(&[(grant, "resources = [\"*\"]")], &[]);
    // Whoever only lists needs no key.
    finds(
        &[
            (grant, "resources = [aws_sns_topic.uploads.arn]"),
            (
                "\"s3:GetObject\", \"s3:PutObject\"",
                "\"s3:GetObjectTagging\"",
            ),
        ],
        &[],
    );
}

#[test]
fn producers_that_a_queue_refuses_are_found() {
    finds(
        &[(
            "values   = [aws_sns_topic.uploads.arn]",
            "values   = [\"arn:aws:sns:us-east-1:111122223333:other\"]",
        )],
        &["producer-refused main.tf main.tf main.tf"],
    );
    finds(
        &[(
            "actions   = [\"sns:Publish\"]",
            "actions   = [\"sns:Subscribe\"]",
        )],
        &["producer-refused main.tf main.tf"],
    );
}

#[test]
fn hosts_that_no_certificate_covers_are_found() {
    finds(
        &[("\"*.example.org\"", "\"*.data.example.org\"")],
        &["certificate-host-uncovered values.yaml main.tf main.tf"],
    );
    finds(&[("\"*.example.org\"", "var.unknown")], &[]);
    finds(
        &[
            ("\"*.example.org\"", "\"example.com\""),
            ("\"www.example.org\"", "\"www.example.com\""),
        ],
        &[],
    );
}

#[test]
fn policies_that_name_another_account_are_found() {
    finds(
        &[(
            "resources = [aws_kms_key.data.arn] # fence",
            "resources = [aws_kms_key.data.arn, \"arn:aws:sqs:us-east-1:444455556666:theirs\"]",
        )],
        &["policy-account-foreign main.tf main.tf"],
    );
}

#[test]
fn nothing_panics_on_roots_that_were_cut_or_misnamed() {
    let (_, whole) = FILES[3];
    for at in (0..whole.len()).step_by(211) {
        let cut = whole.get(..at).unwrap_or_default();
        with(&[(whole, cut)]);
    }
    with(&[("\"aws_kms_key\" \"data\"", "\"aws_kms_key\" \"a b.\"")]);
    with(&[("\"aws_iam_role\" \"fence\"", "\"aws_iam_role\" \"\"")]);
    with(&[("arn:aws:iam::111122223333:role/demo-fence", "arn:::")]);
    with(&[("demo.example.org", "ä.🦀")]);
}
