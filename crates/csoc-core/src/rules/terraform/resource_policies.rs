//! Who may use a bucket, a queue, a key.

use super::context::{Said, TerraformContext};
use super::policy::{Policy, PolicyKind, Statement};
use super::values::account_of;
use crate::diagnostic::Diagnostics;
use crate::hcl::HOLE;

/// Conditions that tie a service to whom it works for.
const SOURCES: [&str; 4] = [
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:PrincipalOrgID",
];
/// Conditions that tie everyone to some.
const CALLERS: [&str; 11] = [
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "kms:CallerAccount",
    "aws:SourceIp",
];

fn of_resources<'a>(
    context: &TerraformContext<'a>,
) -> impl Iterator<Item = (&'a Policy<'a>, &'a Statement)> {
    let policies = context.module.policies.iter();
    policies
        .filter(|policy| matches!(policy.kind, PolicyKind::Key | PolicyKind::Resource))
        .flat_map(|policy| {
            policy
                .allows
                .iter()
                .map(move |statement| (policy, statement))
        })
        .filter(|(_, statement)| !statement.is_undecided())
}

/// A service works for somebody, and does something.
pub(super) fn service_principal_unbounded(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for (policy, statement) in of_resources(context) {
        let Some((service, at)) = statement.principals("Service").next() else {
            continue;
        };
        let whole = statement
            .actions()
            .find(|(action, _)| *action == "*" || action.ends_with(":*"));
        let is_key = policy.kind == PolicyKind::Key;
        // Keys are often tied by what is encrypted with them.
        let is_tied = statement.tests(&SOURCES) || (is_key && !statement.is_unconditional());
        let (message, at) = if let Some((action, at)) = whole {
            (
                format!(
                    "`{service}` may do `{action}`; a service must be given the actions that it uses"
                ),
                at,
            )
        } else if !is_tied {
            (
                format!(
                    "`{service}` may use this for anybody; the statement must test `aws:SourceArn` or `aws:SourceAccount`"
                ),
                at,
            )
        } else {
            continue;
        };
        context.statement(found, policy, statement, Some(at), Said {
            message,
            label: "here",
            help: "name the actions, and add conditions on `aws:SourceAccount` and `aws:SourceArn`",
        });
    }
}

/// Nothing is everyone's.
pub(super) fn resource_policy_public(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for (policy, statement) in of_resources(context) {
        if statement.is_public() && !statement.tests(&CALLERS) {
            context.statement(found, policy, statement, statement.principals("AWS").next().map(|(_, at)| at), Said {
                message: "everyone may use this; a statement for all principals must test who asks".to_owned(),
                label: "the whole world",
                help: "name principals, or add conditions on `aws:SourceArn` and `aws:SourceAccount`",
            });
        }
    }
}

/// A key belongs to its account.
pub(super) fn key_policy_foreign(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let own = context.module.accounts();
    for (policy, statement) in of_resources(context) {
        if policy.kind != PolicyKind::Key || !statement.covers("kms:PutKeyPolicy") {
            continue;
        }
        for (principal, at) in statement.principals("AWS") {
            let is_own =
                own.is_empty() || account_of(principal).is_none_or(|account| own.contains(account));
            let is_wrong = principal == "*" || (!is_own && !principal.contains(HOLE));
            if is_wrong && !(principal == "*" && statement.tests(&CALLERS)) {
                context.statement(found, policy, statement, Some(at), Said {
                    message: format!("`{principal}` administers this key; only its own account must"),
                    label: "not this account",
                    help: "let the account's own root administer it, and give others only what they use",
                });
            }
        }
    }
}
