//! Grants reach the role that they are attached to, however the root says it.

use super::{finds, finds_in};

/// The reader's own policy, which other ways of saying the same take the place of.
const INLINE: &str = "resource \"aws_iam_role_policy\" \"reader\" {\n  role = aws_iam_role.reader.id\n  policy = jsonencode({";
const NAMED: &str =
    "resource \"aws_iam_policy\" \"reader\" {\n  name = \"demo-reader\"\n  policy = jsonencode({";

/// The tree with the reader's policy attached by that.
fn attached(by: &str) -> Vec<(&str, &str)> {
    vec![
        (INLINE, NAMED),
        ("data \"aws_iam_policy_document\" \"fence\" {", by),
    ]
}

const REST: &str = "\n\ndata \"aws_iam_policy_document\" \"fence\" {";

#[test]
fn attached_policies_are_the_roles_own() {
    for attachment in [
        "resource \"aws_iam_role_policy_attachment\" \"reader\" {\n  role = aws_iam_role.reader.name\n  policy_arn = aws_iam_policy.reader.arn\n}",
        "resource \"aws_iam_policy_attachment\" \"reader\" {\n  name = \"x\"\n  roles = [aws_iam_role.reader.name]\n  policy_arn = aws_iam_policy.reader.arn\n}",
        "resource \"aws_iam_role_policy_attachments_exclusive\" \"reader\" {\n  role_name = aws_iam_role.reader.name\n  policy_arns = [aws_iam_policy.reader.arn]\n}",
        // By its name, and by looking it up.
        "resource \"aws_iam_role_policy_attachment\" \"reader\" {\n  role = \"demo-reader\"\n  policy_arn = aws_iam_policy.reader.arn\n}",
        "data \"aws_iam_role\" \"reader\" {\n  name = \"demo-reader\"\n}\n\nresource \"aws_iam_role_policy_attachment\" \"reader\" {\n  role = data.aws_iam_role.reader.name\n  policy_arn = aws_iam_policy.reader.arn\n}",
    ] {
        let text = format!("{attachment}{REST}");
        finds(&attached(&text), &[]);
        // What it allows is known: another secret is not allowed.
        let mut changes = attached(&text);
        changes.push(("secret:demo-*", "secret:other-*"));
        finds(&changes, &["secret-unreadable fence.yaml main.tf"; 6]);
    }
}

#[test]
fn what_is_not_attached_grants_nothing() {
    let expected = ["secret-unreadable fence.yaml main.tf"; 6];
    finds(&[(INLINE, NAMED)], &expected);
    // Whoever only reads images reads no secret.
    let text = format!(
        "resource \"aws_iam_role_policy_attachment\" \"reader\" {{\n  role = aws_iam_role.reader.name\n  policy_arn = \"arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly\"\n}}{REST}"
    );
    finds(&attached(&text), &expected);
    // One that is made no time at all.
    let text = format!(
        "resource \"aws_iam_role_policy_attachment\" \"reader\" {{\n  count = 0\n  role = aws_iam_role.reader.name\n  policy_arn = aws_iam_policy.reader.arn\n}}{REST}"
    );
    finds(&attached(&text), &expected);
}

#[test]
fn policies_and_roles_that_text_does_not_tell_decide_nothing() {
    for (role, policy) in [
        ("aws_iam_role.reader.name", "var.unknown"),
        (
            "aws_iam_role.reader.name",
            "\"arn:aws:iam::111122223333:policy/elsewhere\"",
        ),
        (
            "aws_iam_role.reader.name",
            "\"arn:aws:iam::aws:policy/SecretsManagerReadWrite\"",
        ),
        (
            "aws_iam_role.reader.name",
            "\"arn:aws:iam::aws:policy/AdministratorAccess\"",
        ),
        ("var.unknown", "aws_iam_policy.reader.arn"),
        (
            "data.terraform_remote_state.x.outputs.role",
            "aws_iam_policy.reader.arn",
        ),
    ] {
        let text = format!(
            "resource \"aws_iam_role_policy_attachment\" \"reader\" {{\n  role = {role}\n  policy_arn = {policy}\n}}{REST}"
        );
        finds(&attached(&text), &[]);
    }
    // A module of somebody else may do anything with the roles that it is told of, and nothing with others.
    for (told, expected) in [
        ("aws_iam_role.reader.name", &[][..]),
        ("aws_iam_role.reader.arn", &[]),
        (
            "aws_iam_role.fence.arn",
            &["secret-unreadable fence.yaml main.tf"; 6],
        ),
    ] {
        let text = format!(
            "module \"grants\" {{\n  source = \"example/grants/aws\"\n  version = \"1.0.0\"\n  roles = [{told}]\n}}{REST}"
        );
        finds(&attached(&text), expected);
    }
}

#[test]
fn policies_of_secrets_let_in_whom_they_name() {
    let more = |principal: &str| {
        format!(
            "resource \"aws_secretsmanager_secret\" \"jwt\" {{\n  name = \"demo-fence-jwt-keys\"\n}}\n\nresource \"aws_secretsmanager_secret_policy\" \"jwt\" {{\n  secret_arn = aws_secretsmanager_secret.jwt.arn\n  policy = jsonencode({{\n    Version = \"2012-10-17\"\n    Statement = [{{\n      Effect = \"Allow\"\n      Action = \"secretsmanager:GetSecretValue\"\n      Resource = \"*\"\n      Principal = {{ AWS = {principal} }}\n    }}]\n  }})\n}}{REST}"
        )
    };
    let change = |principal: &str| {
        let text = more(principal);
        let found = super::with(&[
            ("secret:demo-*", "secret:other-*"),
            ("data \"aws_iam_policy_document\" \"fence\" {", &text),
        ]);
        found.len()
    };
    assert_eq!(change("aws_iam_role.reader.arn"), 5);
    assert_eq!(change("aws_iam_role.fence.arn"), 6);
    assert_eq!(change("var.unknown"), 5);
}

#[test]
fn heredocs_and_documents_are_policies() {
    let heredoc = "resource \"aws_iam_role_policy\" \"reader\" {\n  role   = aws_iam_role.reader.id\n  policy = <<-EOT\n    {\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"secretsmanager:GetSecretValue\",\n     \"Resource\": \"arn:aws:secretsmanager:us-east-1:111122223333:secret:demo-fence-*\"}}\n  EOT\n}\n";
    let more = [("roles/x.tf", heredoc)];
    // In another root nothing is called so.
    finds_in(
        &[(INLINE, NAMED)],
        &more,
        &["secret-unreadable fence.yaml main.tf"; 6],
    );
    let more = [("roots/demo/reader.tf", heredoc)];
    finds_in(
        &[(INLINE, NAMED)],
        &more,
        &["secret-unreadable fence.yaml main.tf"; 3],
    );
    let other = heredoc.replace("secret:demo-fence-*", "secret:demo-fence-c*");
    let more = [("roots/demo/reader.tf", other.as_str())];
    finds_in(
        &[(INLINE, NAMED)],
        &more,
        &["secret-unreadable fence.yaml main.tf"; 4],
    );
}

#[test]
fn whoever_reads_a_secret_needs_its_key() {
    let secret = "resource \"aws_secretsmanager_secret\" \"jwt\" {\n  name       = \"demo-fence-jwt-keys\"\n  kms_key_id = aws_kms_key.data.arn\n}\n";
    let more = [("roots/demo/secrets.tf", secret)];
    finds_in(&[], &more, &["key-unusable fence.yaml secrets.tf"]);
    let key = (
        "Resource = \"arn:aws:secretsmanager:us-east-1:111122223333:secret:demo-*\"\n    }]",
        "Resource = \"arn:aws:secretsmanager:us-east-1:111122223333:secret:demo-*\"\n    }, { Effect = \"Allow\", Action = \"kms:Decrypt\", Resource = aws_kms_key.data.arn }]",
    );
    finds_in(&[key], &more, &[]);
    // A key of which nobody knows which it is, and none at all.
    for to in ["kms_key_id = var.unknown", "kms_key_id = null"] {
        finds_in(&[("kms_key_id = aws_kms_key.data.arn", to)], &more, &[]);
    }
}
