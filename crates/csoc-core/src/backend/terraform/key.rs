//! A key of an account: made, renewed, named, and administered through IAM.

use super::place::{Place, label};
use super::policy::{Statement, document, json};
use crate::hcl::{Block, Body, Expression};

/// What services and accounts do with a key to read and write through it.
pub(super) const USE: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey*"];

/// Log groups of the place may be read and written through a key.
pub(super) fn log_groups(place: &Place) -> Statement {
    Statement::allow("LogGroupsOfThisAccount")
        .actions([
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
        ])
        .anywhere()
        .principals("Service", [place.service("logs")])
        .when(
            "ArnLike",
            "kms:EncryptionContext:aws:logs:arn",
            [place.arn("logs", "log-group:*")],
        )
}

/// The blocks of a key with that alias; its label is the last part of it.
pub(super) fn blocks(
    body: Body,
    place: &Place,
    alias: &str,
    description: &str,
    statements: impl IntoIterator<Item = Statement>,
) -> Body {
    let name = label_of(alias);
    let policy = format!("kms_{name}");
    let administer = Statement::allow("AccountAdministersThroughIam")
        .actions(["kms:*"])
        .anywhere()
        .principals("AWS", [place.iam("root")]);
    let key = Block::new("resource", ["aws_kms_key".to_owned(), name.clone()])
        .attribute("description", description)
        .attribute("policy", json(&policy))
        .attribute("enable_key_rotation", true)
        .attribute("deletion_window_in_days", 30)
        .block(Block::unlabelled("lifecycle").attribute("prevent_destroy", true));
    let named = Block::new("resource", ["aws_kms_alias".to_owned(), name.clone()])
        .attribute("name", format!("alias/{alias}"))
        .attribute(
            "target_key_id",
            Expression::reference(&format!("aws_kms_key.{name}.key_id")),
        );
    body.block(document(policy, [administer].into_iter().chain(statements)))
        .block(key)
        .block(named)
}

/// The ARN of a key of the same root, by its alias.
pub(super) fn arn(alias: &str) -> Expression {
    Expression::reference(&format!("aws_kms_key.{}.arn", label_of(alias)))
}

/// A service uses a key for what it does in those accounts.
pub(super) fn service<'a>(
    sid: &'static str,
    services: impl IntoIterator<Item = &'a str>,
    accounts: impl IntoIterator<Item = &'a str>,
) -> Statement {
    Statement::allow(sid)
        .actions(USE)
        .anywhere()
        .principals("Service", services)
        .when("StringEquals", "aws:SourceAccount", accounts)
}

fn label_of(alias: &str) -> String {
    let last = alias.rsplit('/').next().unwrap_or(alias);
    label(last.strip_prefix("csoc-").unwrap_or(last))
}
