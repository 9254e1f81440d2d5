//! Queues: who sends, who reads, and whether the roles let them.

use super::{finds, finds_in};

/// Fence sends what happens to the queue of audit.
const SENDER: &str = "fence:
  enabled: true
  FENCE_CONFIG_PUBLIC:
    ENABLE_AUDIT_LOGS:
      presigned_url: true
    PUSH_AUDIT_LOGS_CONFIG:
      type: aws_sqs
      aws_sqs_config:
        sqs_url: https://sqs.us-east-1.amazonaws.com/111122223333/demo-audit
        region: us-east-1
";

const QUEUE: &str = r#"
resource "aws_sqs_queue" "audit" {
  name = "demo-audit"
}

resource "aws_iam_role" "audit" {
  name = "demo-audit"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/${local.issuer}" }
      Condition = { StringEquals = { "${local.issuer}:sub" = "system:serviceaccount:operators:audit" } }
    }]
  })
}

resource "aws_iam_role_policy" "audit" {
  role = aws_iam_role.audit.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
      Resource = aws_sqs_queue.audit.arn
    }]
  })
}

resource "aws_iam_role_policy" "sender" {
  role = aws_iam_role.fence.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = aws_sqs_queue.audit.arn
    }]
  })
}
"#;

const AUDIT: (&str, &str) = ("roots/demo/audit.tf", QUEUE);

#[test]
fn services_may_send_where_they_do() {
    let sender = ("fence:\n  enabled: true\n", SENDER);
    finds_in(&[sender], &[AUDIT], &[]);
    // A queue of another name, and an action that is not enough.
    finds_in(
        &[sender, ("/demo-audit\n", "/audit\n")],
        &[AUDIT],
        &["queue-unusable fence.yaml main.tf"],
    );
    finds_in(
        &[
            sender,
            (
                "\"sqs:SendMessage\"]\n      Resource = aws_sqs_queue.audit.arn",
                "\"sqs:GetQueueUrl\"]\n      Resource = aws_sqs_queue.audit.arn",
            ),
        ],
        &[AUDIT],
        &[
            "queue-unusable fence.yaml main.tf",
            "queue-producer-missing audit.tf audit.tf",
        ],
    );
    // With credentials of its own it needs no role; without events it sends nothing.
    for (from, to) in [
        ("region: us-east-1\n", "aws_cred: other\n"),
        ("presigned_url: true", "presigned_url: false"),
    ] {
        let text = SENDER.replace(from, to).replace("/demo-audit", "/other");
        finds_in(&[("fence:\n  enabled: true\n", &text)], &[AUDIT], &[]);
    }
}

#[test]
fn services_may_read_where_they_do() {
    let reader = "audit:\n  enabled: true\n  externalSecrets: { createK8sAuditSecret: true }\n  serviceAccount:\n    annotations:\n      eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/demo-audit\n  server:\n    pull_from_queue: true\n    sqs: { url: https://sqs.us-east-1.amazonaws.com/111122223333/demo-audit }\n";
    let changes = [
        ("audit:\n  enabled: false\n", reader),
        ("operators:audit", "demo-helm:audit-service-sa"),
    ];
    finds_in(&changes, &[AUDIT], &[]);
    let mut wrong = changes.to_vec();
    wrong.push(("\"sqs:ReceiveMessage\", ", ""));
    finds_in(&wrong, &[AUDIT], &["queue-unusable values.yaml audit.tf"]);
    // The policy of the queue may let in whom no policy of a role does.
    let open = format!(
        "{QUEUE}\nresource \"aws_sqs_queue_policy\" \"audit\" {{\n  queue_url = aws_sqs_queue.audit.id\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Action = \"sqs:*\", Resource = \"*\", Principal = {{ AWS = aws_iam_role.audit.arn }} }}] }})\n}}\n"
    );
    finds_in(&wrong, &[("roots/demo/audit.tf", &open)], &[]);
}

#[test]
fn queues_that_are_read_are_filled() {
    const EXPECTED: &[&str] = &["queue-producer-missing audit.tf audit.tf"];
    let nobody = (
        "\"sqs:SendMessage\"]\n      Resource = aws_sqs_queue.audit.arn",
        "\"sqs:ListQueues\"]\n      Resource = aws_sqs_queue.audit.arn",
    );
    finds_in(&[], &[AUDIT], &[]);
    finds_in(&[nobody], &[AUDIT], EXPECTED);
    for more in [
        // What nobody could work on goes there.
        "resource \"aws_sqs_queue\" \"work\" {\n  name = \"work\"\n  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.audit.arn, maxReceiveCount = 3 })\n}\n",
        // A user with keys, a policy of the queue, a policy that is not known.
        "resource \"aws_iam_user_policy\" \"bot\" {\n  user = \"bot\"\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sqs:*\", Resource = \"*\" }] })\n}\n",
        "resource \"aws_sqs_queue_policy\" \"audit\" {\n  queue_url = aws_sqs_queue.audit.id\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sqs:SendMessage\", Resource = \"*\", Principal = { AWS = \"444455556666\" } }] })\n}\n",
        "resource \"aws_iam_role_policy\" \"more\" {\n  role = aws_iam_role.fence.name\n  policy = var.unknown\n}\n",
    ] {
        let text = format!("{QUEUE}\n{more}");
        finds_in(&[nobody], &[("roots/demo/audit.tf", &text)], &[]);
    }
    // Whoever administers the account fills no queue; a service that may do everything does.
    for (principal, expected) in [
        (
            "{ AWS = \"arn:aws:iam::999999999999:role/people\" }",
            EXPECTED,
        ),
        ("{ Service = \"lambda.amazonaws.com\" }", &[]),
    ] {
        let text = format!(
            "{QUEUE}\nresource \"aws_iam_role\" \"admin\" {{\n  name = \"admin\"\n  assume_role_policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = {principal} }}] }})\n}}\n\nresource \"aws_iam_role_policy_attachment\" \"admin\" {{\n  role = aws_iam_role.admin.name\n  policy_arn = \"arn:aws:iam::aws:policy/AdministratorAccess\"\n}}\n"
        );
        finds_in(&[nobody], &[("roots/demo/audit.tf", &text)], expected);
    }
    // A role that the tree does not make may send.
    finds_in(&[nobody, ("role/demo-fence", "role/theirs")], &[AUDIT], &[]);
}

#[test]
fn what_nobody_reads_needs_nobody() {
    finds(&[], &[]);
}
