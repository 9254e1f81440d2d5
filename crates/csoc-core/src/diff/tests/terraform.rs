//! Terraform roots: what is destroyed, what is moved, what is let in.

use std::sync::Arc;

use rstest::rstest;

use super::super::documents;
use super::super::raw::Raw;
use crate::tree::{BackendName, File};
use crate::verify;

const BUCKET: &str =
    "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"data\"\n  tags = { a = \"1\" }\n}\n";

fn file(name: &str, text: &str) -> Arc<File> {
    let path = format!("terraform/x/us-east-1/storage/{name}");
    let bytes: Arc<[u8]> = text.as_bytes().into();
    Arc::new(verify::read_file(
        path.as_str().into(),
        "accounts.x",
        BackendName::Terraform,
        &bytes,
    ))
}

fn found(old: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<Raw> {
    let side = |files: &[(&str, &str)]| {
        documents::by_object(files.iter().map(|(name, text)| file(name, text)))
            .remove("accounts.x")
            .unwrap_or_default()
    };
    let mut raws = Vec::new();
    documents::compare("accounts.x", &side(old), &side(new), None, &mut raws);
    raws
}

#[rstest]
#[case::gone(BUCKET, "", "data-loss", "destroys it, and its objects with it")]
#[case::new("", BUCKET, "cost", "creates it")]
#[case::renamed(
    BUCKET,
    "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"other\"\n  tags = { a = \"1\" }\n}\n",
    "data-loss",
    "`bucket` cannot be changed in place"
)]
#[case::in_place(
    BUCKET,
    "resource \"aws_s3_bucket\" \"a\" {\n  bucket = \"data\"\n  tags = { a = \"2\" }\n}\n",
    "harmless",
    "in place"
)]
#[case::unmoved(
    BUCKET,
    "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"data\"\n  tags = { a = \"1\" }\n}\n",
    "data-loss",
    "without a `moved` block"
)]
#[case::role(
    "resource \"aws_iam_role\" \"r\" {\n  name = \"a\"\n}\n",
    "resource \"aws_iam_role\" \"r\" {\n  name = \"b\"\n}\n",
    "identity",
    "cannot be changed in place"
)]
#[case::guard(
    "resource \"aws_wafv2_web_acl\" \"w\" {\n  name = \"a\"\n}\n",
    "",
    "exposure",
    "what guarded it"
)]
#[case::open(
    "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    principals {\n      type = \"AWS\"\n      identifiers = [\"x\"]\n    }\n  }\n}\n",
    "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    principals {\n      type = \"AWS\"\n      identifiers = [\"*\"]\n    }\n  }\n}\n",
    "exposure",
    "anybody is let in"
)]
#[case::unprotected(
    "resource \"aws_rds_cluster\" \"c\" {\n  deletion_protection = true\n}\n",
    "resource \"aws_rds_cluster\" \"c\" {\n  deletion_protection = false\n}\n",
    "data-loss",
    "kept it from being destroyed"
)]
#[case::state(
    "terraform {\n  backend \"s3\" {\n    key = \"a\"\n  }\n}\n",
    "terraform {\n  backend \"s3\" {\n    key = \"b\"\n  }\n}\n",
    "data-loss",
    "its state lies elsewhere"
)]
#[case::module_gone(
    "module \"vpc\" {\n  source = \"./vpc\"\n}\n",
    "",
    "data-loss",
    "all that the module made"
)]
#[case::module_moves(
    "module \"vpc\" {\n  source = \"git::x?ref=1\"\n}\n",
    "module \"vpc\" {\n  source = \"git::x?ref=2\"\n}\n",
    "outage",
    "only a plan tells"
)]
#[case::counted(
    "resource \"aws_s3_bucket\" \"a\" {\n  count = 2\n}\n",
    "resource \"aws_s3_bucket\" \"a\" {\n  count = 1\n}\n",
    "data-loss",
    "left out are destroyed"
)]
#[case::provider(
    "provider \"aws\" {\n  alias = \"b\"\n  region = \"y\"\n}\n",
    "provider \"aws\" {\n  alias = \"b\"\n  region = \"z\"\n}\n",
    "data-loss",
    "in another place"
)]
fn resources_are_judged(
    #[case] old: &str,
    #[case] new: &str,
    #[case] danger: &str,
    #[case] reason: &str,
) {
    // The root is there on both sides, whatever is in it.
    let with = |text: &str| format!("provider \"aws\" {{\n  region = \"x\"\n}}\n{text}");
    let raws = found(&[("main.tf", &with(old))], &[("main.tf", &with(new))]);
    let worst = raws
        .iter()
        .filter_map(|raw| raw.verdict.clone())
        .max_by_key(|(danger, _)| *danger)
        .unwrap();
    assert_eq!(worst.0.as_str(), danger, "{raws:#?}");
    assert!(worst.1.contains(reason), "{worst:?}");
}

#[test]
fn a_moved_resource_is_the_same() {
    let moved = "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"data\"\n  tags = { a = \"1\" }\n}\nmoved {\n  from = aws_s3_bucket.a\n  to = aws_s3_bucket.b\n}\n";
    assert!(found(&[("main.tf", BUCKET)], &[("main.tf", moved)]).is_empty());
    assert!(found(&[("main.tf", moved)], &[("main.tf", BUCKET)]).is_empty());
}

#[test]
fn arguments_are_what_variables_are_given() {
    let main = "resource \"aws_s3_bucket\" \"a\" {\n  bucket = var.name\n}\n";
    let raws = found(
        &[
            ("main.tf", main),
            ("terraform.tfvars.json", "{ \"name\": \"one\" }"),
        ],
        &[
            ("main.tf", main),
            ("terraform.tfvars.json", "{ \"name\": \"two\" }"),
        ],
    );
    let bucket = raws
        .iter()
        .find(|raw| raw.subject.contains("aws_s3_bucket.a"))
        .unwrap();
    assert_eq!(
        (bucket.place.old.as_deref(), bucket.place.new.as_deref()),
        (Some("one"), Some("two"))
    );
    assert_eq!(bucket.verdict.as_ref().unwrap().0.as_str(), "data-loss");
}

#[test]
fn sensitive_arguments_are_not_shown() {
    let with = |password: &str| {
        format!("resource \"aws_rds_cluster\" \"c\" {{\n  master_password = \"{password}\"\n}}\n")
    };
    let raws = found(
        &[("main.tf", &with("one-secret"))],
        &[("main.tf", &with("two-secret"))],
    );
    assert_eq!(raws[0].place.new.as_deref(), Some("(secret)"));
}

#[test]
fn the_order_of_blocks_and_files_does_not_matter() {
    let other = "resource \"aws_kms_key\" \"k\" {\n  description = \"x\"\n}\n";
    let together = format!("{other}{BUCKET}");
    assert!(
        found(
            &[("main.tf", BUCKET), ("more.tf", other)],
            &[("main.tf", &together)]
        )
        .is_empty()
    );
}

#[test]
fn hcl_that_does_not_read_is_compared_by_its_bytes() {
    let raws = found(&[("main.tf", "resource {")], &[("main.tf", BUCKET)]);
    assert!(!raws.is_empty());
}
