//! What text does not decide yields nothing, and what it does is found however it is written.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use crate::context::Context;
use crate::diagnostic::Severity;
use crate::hcl;
use crate::span::{SourceFile, Sources};
use crate::value::json_read;
use crate::verify::terraform::{Directories, Part, add, check};

/// A call on the day of all tests.
fn context() -> Context {
    Context::default().as_of("2026-11-24".parse().expect("it is a day"))
}

/// The codes of this folder that files yield.
fn codes(files: &[(&str, &str)]) -> BTreeSet<&'static str> {
    severities(files).into_keys().collect()
}

/// The codes of this folder that files yield, and how much each matters.
fn severities(files: &[(&str, &str)]) -> BTreeMap<&'static str, Severity> {
    enum Read {
        Native(hcl::Body),
        Json(crate::value::Node),
    }
    let mut sources = Sources::default();
    let read: Vec<(&str, Read)> = files
        .iter()
        .map(|(path, text)| {
            let id = sources.add(SourceFile::new(*path, *text));
            let document = if Utf8Path::new(path).extension() == Some("json") {
                Read::Json(json_read::read_json(text, id).0.expect("it is JSON"))
            } else {
                Read::Native(hcl::parse(text, id).expect("it is HCL"))
            };
            (*path, document)
        })
        .collect();
    let mut directories = Directories::new();
    for (path, document) in &read {
        let part = match document {
            Read::Native(body) => Part::Native(body),
            Read::Json(node) => Part::Json(node),
        };
        add(&mut directories, Utf8Path::new(path), part);
    }
    let (found, _) = check(&directories, &context());
    let own: BTreeSet<&str> = super::RULES.iter().map(|rule| rule.code.as_str()).collect();
    found
        .iter()
        .map(|finding| (finding.code.as_str(), finding.severity))
        .filter(|(code, _)| own.contains(code))
        .collect()
}

const DATABASE: &str = "resource \"aws_db_instance\" \"main\" {\n  storage_encrypted = true\n  kms_key_id = \"k\"\n  iam_database_authentication_enabled = true\n  backup_retention_period = 14\n  multi_az = true\n  deletion_protection = DECIDES\n}\n";

fn database(decides: &str, more: &str) -> String {
    format!("{}{more}", DATABASE.replace("DECIDES", decides))
}

#[test]
fn what_text_does_not_decide_yields_nothing() {
    for decides in [
        "var.protected",
        "local.protected",
        "data.aws_ssm_parameter.it.value == \"prod\"",
        "lookup(local.all, \"main\", false)",
        "module.settings.protected",
    ] {
        let text = database(decides, "variable \"protected\" {}\n");
        assert_eq!(codes(&[("main.tf", &text)]), BTreeSet::new(), "{decides}");
    }
    assert!(
        codes(&[("main.tf", &database("false", ""))]).contains("database-deletion-unprotected")
    );
}

#[test]
fn variables_are_their_defaults_unless_something_sets_them() {
    let unprotected = BTreeSet::from(["database-deletion-unprotected"]);
    let variable = "variable \"protected\" {\n  default = false\n}\n";
    let module = database("var.protected", variable);
    assert_eq!(codes(&[("main.tf", &module)]), unprotected);
    let set = [
        ("main.tf", module.as_str()),
        ("terraform.tfvars", "protected = true\n"),
    ];
    assert_eq!(codes(&set), BTreeSet::new());
    let call = "module \"db\" {\n  source = \"../db\"\n  protected = var.other\n}\n";
    let called = [("db/main.tf", module.as_str()), ("root/main.tf", call)];
    assert_eq!(codes(&called), BTreeSet::new());
    let call = "module \"db\" {\n  source = \"../db\"\n}\n";
    let called = [("db/main.tf", module.as_str()), ("root/main.tf", call)];
    assert_eq!(codes(&called), unprotected);
}

#[test]
fn what_is_not_made_is_not_looked_at() {
    let text = database("false", "");
    let text = text.replace("{\n  storage", "{\n  count = 0\n  storage");
    assert_eq!(codes(&[("main.tf", &text)]), BTreeSet::new());
}

#[test]
fn json_is_read_alike() {
    let metadata = r#"{ "resource": { "aws_instance": { "a": {
        "metadata_options": { "http_tokens": "optional" } } } } }"#;
    assert_eq!(
        codes(&[("main.tf.json", metadata)]),
        BTreeSet::from(["instance-metadata-open"])
    );
    let rule = r#"{ "resource": { "aws_security_group": { "a": { "ingress": [
        { "from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"] } ] } } } }"#;
    assert_eq!(
        codes(&[("main.tf.json", rule)]),
        BTreeSet::from(["ssh-open-world"])
    );
}

#[test]
fn policies_are_read_with_holes() {
    let role = |resource: &str| {
        format!(
            "data \"aws_iam_policy_document\" \"it\" {{\n  statement {{\n    actions = [\"secretsmanager:GetSecretValue\"]\n    resources = [{resource}]\n  }}\n}}\nresource \"aws_iam_policy\" \"it\" {{\n  policy = data.aws_iam_policy_document.it.json\n}}\n"
        )
    };
    let found = |resource: &str| codes(&[("main.tf", &role(resource))]);
    let unbounded = BTreeSet::from(["secret-access-unbounded"]);
    let account = "${data.aws_caller_identity.it.account_id}";
    let every = format!("\"arn:aws:secretsmanager:us-east-1:{account}:secret:*\"");
    assert!(found(&every).contains("secret-access-unbounded"));
    let some = format!("\"arn:aws:secretsmanager:us-east-1:{account}:secret:${{var.name}}-*\"");
    assert!(found(&some).is_disjoint(&unbounded));
    assert!(found("aws_secretsmanager_secret.it.arn").is_disjoint(&unbounded));
}

#[test]
fn limits_of_roles_grant_nothing() {
    let text = "resource \"aws_iam_policy\" \"limit\" {\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"*\", Resource = \"*\" }] })\n}\n";
    let limit =
        "resource \"aws_iam_role\" \"a\" {\n  permissions_boundary = aws_iam_policy.limit.arn\n}\n";
    let wide = BTreeSet::from(["policy-service-wildcard"]);
    assert!(codes(&[("main.tf", text)]).is_superset(&wide));
    assert!(codes(&[("main.tf", &format!("{text}{limit}"))]).is_disjoint(&wide));
}

#[test]
fn odd_policies_do_no_harm() {
    for policy in [
        "\"\"",
        "\"{}\"",
        "jsonencode([])",
        "jsonencode({ Statement = \"x\" })",
        "jsonencode({ Statement = [null, 1, {}] })",
        "jsonencode({ Statement = { Effect = \"Allow\", Action = [1, null, {}], Resource = {}, Principal = [], Condition = 1 } })",
        "jsonencode({ Statement = [{ Effect = \"Allow\", Principal = { AWS = [null] }, Condition = { a = [] } }] })",
        "var.unknown",
    ] {
        for (of, argument) in [
            ("aws_iam_role", "assume_role_policy"),
            ("aws_kms_key", "policy"),
            ("aws_iam_role_policy", "policy"),
            ("aws_s3_bucket_policy", "policy"),
        ] {
            let text = format!("resource \"{of}\" \"it\" {{\n  {argument} = {policy}\n}}\n");
            codes(&[("main.tf", &text)]);
        }
    }
}

#[test]
fn values_that_grow_without_end_are_left_undecided() {
    let local = |at: usize| format!("  a{at} = [local.a{0}, local.a{0}]\n", at - 1);
    let machine =
        |at: usize| format!("resource \"aws_instance\" \"i{at}\" {{\n  tags = local.a39\n}}\n");
    let locals: String = (1..40).map(local).collect();
    let machines: String = (0..200).map(machine).collect();
    let text = format!("locals {{\n  a0 = [\"x\", \"x\"]\n{locals}}}\n{machines}");
    let found = codes(&[("main.tf", &text)]);
    assert!(found.contains("instance-metadata-open"));
}

#[test]
fn remarks_are_for_what_matters_little() {
    let remarks: Vec<&str> = super::RULES
        .iter()
        .filter(|rule| rule.severity.unknown == Severity::Info)
        .map(|rule| rule.code.as_str())
        .collect();
    assert_eq!(
        remarks,
        [
            "lifecycle-rule-ineffective",
            "oidc-thumbprint-fixed",
            "private-zone-shadows"
        ]
    );
}

#[test]
fn what_matters_in_production_is_as_severe_as_the_tier_in_the_tags() {
    const BUCKET: &str = "resource \"aws_s3_bucket\" \"data\" {\n  force_destroy = true\n}\n";
    let provider = |tags: &str| {
        format!("provider \"aws\" {{\n  default_tags {{\n    tags = {tags}\n  }}\n}}\n")
    };
    let tagged = |tier: &str| provider(&format!("{{ gen3-tier = \"{tier}\" }}"));
    let of = |text: &str| {
        severities(&[("main.tf", text)])
            .get("bucket-destroy-forced")
            .copied()
    };
    for (settings, severity) in [
        (String::new(), Severity::Warning),
        (tagged("dev"), Severity::Info),
        (tagged("staging"), Severity::Warning),
        (tagged("prod"), Severity::Error),
        (tagged("live"), Severity::Warning),
        (provider("merge(local.tags, {})"), Severity::Warning),
        (tagged("dev") + &tagged("prod"), Severity::Warning),
        (tagged("prod") + "provider \"random\" {}\n", Severity::Error),
    ] {
        let text = format!("{settings}{BUCKET}");
        assert_eq!(of(&text), Some(severity), "{text}");
    }
}

#[test]
fn what_is_wrong_everywhere_is_so_in_every_tier() {
    let text = "provider \"aws\" {\n  default_tags {\n    tags = { gen3-tier = \"dev\" }\n  }\n}\n\
                resource \"aws_iam_role_policy\" \"it\" {\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Resource = \"*\" }] })\n}\n";
    let found = severities(&[("main.tf", text)]);
    assert_eq!(
        found.get("assume-role-unbounded"),
        Some(&Severity::Error),
        "{found:?}"
    );
}
