//! Commons that share a secret or a database, and those that say so.

use super::finds_in;

const APPLICATION: &str = "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: gen3-other
  namespace: argocd
spec:
  project: default
  sources:
    - chart: gen3
      repoURL: https://helm.gen3.org
      targetRevision: 0.3.90
      helm:
        releaseName: gen3-other
        valueFiles:
          - $values/main/other.example.org/values/values.yaml
    - repoURL: https://github.com/example/gitops
      targetRevision: main
      ref: values
  destination:
    server: https://kubernetes.default.svc
    namespace: other-helm
";

const VALUES: &str = "global:
  environment: other
  hostname: other.example.org
  dev: false
  externalSecrets: { deploy: false }
  postgres:
    master: { host: db.example.org }
  aws:
    enabled: true
    account: \"111122223333\"
fence:
  enabled: true
  postgres: { database: fence }
";

/// What the first commons says of its database.
const OWN: (&str, &str) = (
    "fence:\n  enabled: true\n",
    "fence:\n  enabled: true\n  postgres: { host: DB.example.org, database: fence }\n",
);
const DEV: (&str, &str) = (
    "  environment: demo\n",
    "  environment: demo\n  dev: false\n",
);

fn other(values: &str) -> [(&str, &str); 2] {
    [
        ("main/other.example.org/templates/app.yaml", APPLICATION),
        ("main/other.example.org/values/values.yaml", values),
    ]
}

#[test]
fn two_commons_in_one_database_are_found() {
    finds_in(
        &[DEV, OWN],
        &other(VALUES),
        &["database-shared fence.yaml values.yaml"],
    );
    // Another database of the same server, another server, databases in the cluster.
    for (from, to) in [
        ("  dev: false\n", "  dev: true\n"),
        ("host: db.example.org", "host: db2.example.org"),
        (
            "postgres: { database: fence }",
            "postgres: { database: fence_other }",
        ),
    ] {
        assert!(VALUES.contains(from), "{from}");
        finds_in(&[DEV, OWN], &other(&VALUES.replace(from, to)), &[]);
    }
}

#[test]
fn a_commons_that_signs_in_at_another_shares_with_it() {
    for parent in [
        "  fenceURL: https://demo.example.org/user\n",
        "  manifestGlobalExtraValues: { fence_url: \"https://demo.example.org/user\" }\n",
    ] {
        let values = VALUES.replace("  dev: false\n", &format!("  dev: false\n{parent}"));
        finds_in(&[DEV, OWN], &other(&values), &[]);
    }
    let values = VALUES.replace(
        "  dev: false\n",
        "  dev: false\n  fenceURL: https://other.example.org/user\n",
    );
    finds_in(
        &[DEV, OWN],
        &other(&values),
        &["database-shared fence.yaml values.yaml"],
    );
}

/// Another commons in a root of its own, whose role reads a secret of the first.
const ROOT: &str = r#"
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"]
}

locals {
  issuer = "oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"
}

resource "aws_iam_role" "reader" {
  name = "other-reader"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/${local.issuer}" }
      Condition = { StringEquals = { "${local.issuer}:sub" = "system:serviceaccount:other-helm:secret-store-sa" } }
    }]
  })
}

resource "aws_iam_role_policy" "reader" {
  role = aws_iam_role.reader.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = "arn:aws:secretsmanager:us-east-1:111122223333:secret:demo-fence-config-??????"
    }]
  })
}
"#;

#[test]
fn a_role_that_may_read_the_secret_of_another_commons_is_found() {
    let with = |root: &str, changes: &[(&str, &str)], expected: &[&str]| {
        let mut more = vec![("roots/other/main.tf", root)];
        more.extend(other(VALUES));
        finds_in(changes, &more, expected);
    };
    let runs = (
        "    account: \"111122223333\"\nfence:",
        "    account: \"111122223333\"\n    secretStoreServiceAccount: { enabled: true, roleArn: \"arn:aws:iam::111122223333:role/other-reader\" }\nfence:",
    );
    with(ROOT, &[runs], &["secret-grant-shared fence.yaml main.tf"]);
    // One of its own; all secrets, which are nobody's; a role of an operator.
    with(
        &ROOT.replace("secret:demo-fence", "secret:other-fence"),
        &[runs],
        &[],
    );
    with(
        &ROOT.replace("secret:demo-fence-config-??????", "secret:*"),
        &[runs],
        &[],
    );
    with(
        &ROOT.replace(
            "other-helm:secret-store-sa",
            "external-secrets:external-secrets",
        ),
        &[],
        &[],
    );
    // Said to be shared.
    let child = (
        "  hostname: other.example.org\n",
        "  hostname: other.example.org\n  fenceURL: https://demo.example.org/user\n",
    );
    with(ROOT, &[runs, child], &[]);
    // The secret of a server that both are on.
    let server = (
        "    master: { host: db.example.org }\n",
        "    externalSecret: demo-fence-config\n",
    );
    with(ROOT, &[runs, server], &[]);
}

#[test]
fn two_roles_that_may_read_one_secret_are_found() {
    let second = ROOT.replace("other", "third");
    let secret = "\nresource \"aws_secretsmanager_secret\" \"shared\" {\n  name = \"demo-fence-config\"\n}\n";
    let made = format!("{ROOT}{secret}");
    let files = |first: &str| {
        super::closing(&super::report_of(
            &[],
            &[("a/main.tf", first), ("b/main.tf", &second)].into(),
        ))
    };
    assert_eq!(
        super::codes(&files(&made)),
        ["secret-grant-shared main.tf main.tf main.tf"]
    );
    // Whose it is, nobody says.
    assert_eq!(super::codes(&files(ROOT)), [""; 0]);
    let version = |value: &str| {
        format!(
            "{made}\nresource \"aws_rds_cluster\" \"main\" {{}}\n\nresource \"aws_secretsmanager_secret_version\" \"shared\" {{\n  secret_id = aws_secretsmanager_secret.shared.id\n  secret_string = jsonencode({{ username = {value} }})\n}}\n"
        )
    };
    let server = version("aws_rds_cluster.main.master_username");
    assert_eq!(super::codes(&files(&server)), [""; 0]);
    let service = version("\"fence\"");
    assert_eq!(super::codes(&files(&service)).len(), 1);
}
