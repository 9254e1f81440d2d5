//! Roots with the modules that they call: arguments and values of variables are evaluated.

use super::{closing, codes, finds_in, report};

const ROLE: &str = r#"
variable "name" { type = string }
variable "subject" { type = string }
variable "issuer" { type = string }
variable "statements" {
  type    = any
  default = []
}

resource "aws_iam_role" "this" {
  name = var.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/${var.issuer}" }
      Condition = { StringEquals = { "${var.issuer}:sub" = "system:serviceaccount:${var.subject}" } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.name
  policy = jsonencode({ Version = "2012-10-17", Statement = var.statements })
}

output "name" { value = aws_iam_role.this.name }
output "arn" { value = aws_iam_role.this.arn }
"#;

const PROVIDER: &str = r#"
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = [var.account]
}

variable "account" { type = string }
variable "namespace" { type = string }

locals {
  issuer = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
}

module "fence" {
  source  = "../../modules/role"
  name    = "demo-fence"
  issuer  = local.issuer
  subject = format("%s:fence-sa", var.namespace)
}

module "reader" {
  source  = "../../modules/role"
  name    = "demo-reader"
  issuer  = local.issuer
  subject = "${var.namespace}:secret-store-sa"
}

resource "aws_iam_role_policy" "secrets" {
  role = module.reader.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = "arn:aws:secretsmanager:us-east-1:${var.account}:secret:demo-*"
    }]
  })
}
"#;

const VALUES: &str = "account   = \"111122223333\"\nnamespace = \"demo-helm\"\n";

fn files(values: &'static str) -> [(&'static str, &'static str); 3] {
    [
        ("roots/demo/main.tf", PROVIDER),
        ("roots/demo/terraform.tfvars", values),
        ("modules/role/main.tf", ROLE),
    ]
}

#[test]
fn roles_of_modules_close() {
    finds_in(&[], &files(VALUES), &[]);
    finds_in(
        &[("%s:fence-sa", "%s:fence")],
        &files(VALUES),
        &["role-trust-missing fence.yaml main.tf"],
    );
    finds_in(
        &[("secret:demo-*", "secret:other-*")],
        &files(VALUES),
        &["secret-unreadable fence.yaml main.tf"; 6],
    );
    finds_in(
        &[],
        &files("account   = \"111122223333\"\nnamespace = \"other-helm\"\n"),
        &[
            "role-trust-missing fence.yaml main.tf",
            "role-trust-missing values.yaml main.tf",
        ],
    );
}

#[test]
fn what_is_set_elsewhere_is_not_known() {
    // Terraform is told of such files by whoever runs it.
    let files = [
        ("roots/demo/main.tf", PROVIDER),
        (
            "roots/demo/other.tfvars",
            "account   = \"111122223333\"\nnamespace = \"other-helm\"\n",
        ),
        ("modules/role/main.tf", ROLE),
    ];
    finds_in(&[], &files, &[]);
    // Which of several accounts a provider works in is not, either.
    finds_in(
        &[
            ("[var.account]", "[var.account, \"444455556666\"]"),
            ("%s:fence-sa", "%s:fence"),
        ],
        &self::files(VALUES),
        &[],
    );
}

#[test]
fn providers_are_passed_to_modules() {
    let aliased = PROVIDER
        .replace(
            "provider \"aws\" {",
            "provider \"aws\" {\n  alias = \"demo\"",
        )
        .replace(
            "source  = \"../../modules/role\"",
            "source  = \"../../modules/role\"\n  providers = { aws = aws.demo }",
        )
        .replace(
            "role = module.reader.name",
            "provider = aws.demo\n  role = module.reader.name",
        );
    let files = [
        ("roots/demo/main.tf", aliased.as_str()),
        ("roots/demo/terraform.tfvars", VALUES),
        ("modules/role/main.tf", ROLE),
    ];
    finds_in(&[], &files, &[]);
    finds_in(
        &[("%s:fence-sa", "%s:fence")],
        &files,
        &["role-trust-missing fence.yaml main.tf"],
    );
}

#[test]
fn modules_that_call_themselves_or_are_repeated_break_nothing() {
    let again = format!(
        "{ROLE}\nmodule \"again\" {{\n  source = \"../role\"\n  name = \"a\"\n  subject = \"b:c\"\n  issuer = \"d\"\n}}\n"
    );
    let files = [
        ("roots/demo/main.tf", PROVIDER),
        ("roots/demo/terraform.tfvars", VALUES),
        ("modules/role/main.tf", again.as_str()),
    ];
    // What is not read whole is not judged.
    let report = report(&[("%s:fence-sa", "%s:fence")], &files);
    assert_eq!(codes(&closing(&report)), [""; 0]);
    let reasons: Vec<&str> = report.undecided().keys().map(|it| &**it).collect();
    assert!(
        reasons.contains(&"a root calls more modules than are read"),
        "{reasons:?}"
    );
    // One of several is not known by the name alone.
    finds_in(
        &[(
            "source  = \"../../modules/role\"\n  name    = \"demo-reader\"",
            "for_each = toset([\"demo-reader\"])\n  source  = \"../../modules/role\"\n  name    = each.key",
        )],
        &self::files(VALUES),
        &[],
    );
}

#[test]
fn nothing_panics_on_modules_that_were_cut() {
    for at in (0..PROVIDER.len()).step_by(173) {
        let root = PROVIDER.get(..at).unwrap_or_default();
        let module = ROLE.get(..at).unwrap_or_default();
        report(
            &[],
            &[("roots/demo/main.tf", root), ("modules/role/main.tf", ROLE)],
        );
        report(
            &[],
            &[
                ("roots/demo/main.tf", PROVIDER),
                ("modules/role/main.tf", module),
            ],
        );
    }
    for source in ["\"../..\"", "\"../../..\"", "var.account", "\"./\"", "\"\""] {
        report(&[("\"../../modules/role\"", source)], &files(VALUES));
    }
}
