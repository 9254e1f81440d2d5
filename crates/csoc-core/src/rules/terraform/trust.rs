//! Who may be a role.

use super::context::{Said, TerraformContext};
use super::policy::{Policy, PolicyKind, Statement};
use super::values::{account_of, is_account};
use crate::diagnostic::Diagnostics;
use crate::hcl::HOLE;
use crate::value::Node;

/// Conditions that tie a principal of another account to those who are meant.
const TIES: [&str; 3] = [
    "sts:ExternalId",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
];

fn trusts<'a>(
    context: &TerraformContext<'a>,
) -> impl Iterator<Item = (&'a Policy<'a>, &'a Statement)> {
    let policies = context.module.policies.iter();
    policies
        .filter(|policy| policy.kind == PolicyKind::Trust)
        .flat_map(|policy| {
            policy
                .allows
                .iter()
                .map(move |statement| (policy, statement))
        })
}

/// Whoever comes from another account is named exactly, and brings what was agreed on.
pub(super) fn role_trust_unbounded(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let own = context.module.accounts();
    for (policy, statement) in trusts(context) {
        if statement.is_undecided() || !statement.covers("sts:AssumeRole") {
            continue;
        }
        let is_tied = statement.tests(&TIES);
        let names_principal = statement.tests(&["aws:PrincipalArn"]);
        for (principal, at) in statement.principals("AWS") {
            let account = account_of(principal)
                .or_else(|| Some(principal).filter(|principal| is_account(principal)));
            if account.is_some_and(|account| own.contains(account)) {
                continue;
            }
            let is_account = principal.ends_with(":root") || is_account(principal);
            let wrong = if principal == "*" {
                !(is_tied && names_principal)
            } else if account.is_none() {
                // It may be one's own.
                false
            } else if is_account {
                !(is_tied && names_principal)
            } else {
                // Only where one's own accounts are written down is it known to be another's.
                !own.is_empty() && !is_tied
            };
            if wrong {
                context.statement(found, policy, statement, Some(at), Said {
                    message: format!("`{principal}` may be this role; a principal of another account must be named exactly and bring an external id or be of the organization"),
                    label: "trusted without a condition",
                    help: "name the role's ARN, or test `aws:PrincipalArn`, and add a condition on `sts:ExternalId` or `aws:PrincipalOrgID`",
                });
            }
        }
    }
}

/// A role of a service account is no role of a service.
pub(super) fn web_identity_mixed(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for policy in &context.module.policies {
        if policy.kind != PolicyKind::Trust {
            continue;
        }
        let is_web = |statement: &Statement| statement.covers("sts:AssumeRoleWithWebIdentity");
        if !policy.allows.iter().any(is_web) {
            continue;
        }
        for statement in &policy.allows {
            let mut services = statement.principals("Service");
            let service = services
                .find(|(name, _)| *name != "pods.eks.amazonaws.com" && !name.contains(HOLE));
            if let Some((service, at)) = service {
                context.statement(found, policy, statement, Some(at), Said {
                    message: format!("a service account and `{service}` may both be this role; a role must be of one of them"),
                    label: "another way into the role",
                    help: "take the service out, or give it a role of its own",
                });
            }
        }
    }
}

/// A condition does not hold where its key is missing.
pub(super) fn trust_condition_vacuous(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for (policy, statement) in trusts(context) {
        for (operator, key, at) in statement.conditions() {
            if operator.to_ascii_lowercase().starts_with("forallvalues:") {
                context.statement(found, policy, statement, Some(at), Said {
                    message: format!("`{operator}` on `{key}` also holds where the key is missing; a trust must test with an operator that does not"),
                    label: "holds for whoever sends no such key",
                    help: "use the operator without `ForAllValues:`",
                });
            }
        }
    }
}

/// A service account is named exactly, and its token is meant for this.
pub(super) fn web_identity_loose(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for (policy, statement) in trusts(context) {
        if statement.is_undecided() || !statement.covers("sts:AssumeRoleWithWebIdentity") {
            continue;
        }
        // What a pool of Cognito issues is tested otherwise.
        let is_pool = |(name, _): (&str, &Node)| name == "cognito-identity.amazonaws.com";
        if statement.principals("Federated").any(is_pool) {
            continue;
        }
        let mut has_subject = false;
        let mut has_audience = false;
        let mut wildcard = None;
        for (operator, key, at) in statement.conditions() {
            has_audience |= key.ends_with(":aud");
            if !key.ends_with(":sub") {
                continue;
            }
            has_subject = true;
            if operator.to_ascii_lowercase().contains("like") {
                let values = super::values::texts(Some(at));
                wildcard = wildcard.or(values
                    .into_iter()
                    .find(|(text, _)| text.contains(['*', '?'])));
            }
        }
        let (message, at) = match (has_subject, has_audience, wildcard) {
            (false, _, _) => (
                "any service account of the cluster may be this role; the trust must test `:sub`"
                    .to_owned(),
                None,
            ),
            (_, _, Some((subject, at))) => (
                format!(
                    "`{subject}` names more than one service account; the trust must name its namespace and name"
                ),
                Some(at),
            ),
            (_, false, _) => (
                "the trust takes tokens that are meant for others; it must test `:aud`".to_owned(),
                None,
            ),
            _ => continue,
        };
        context.statement(found, policy, statement, at, Said {
            message,
            label: "here",
            help: "test `ISSUER:sub` with `StringEquals` for `system:serviceaccount:NAMESPACE:NAME`, and `ISSUER:aud` for `sts.amazonaws.com`",
        });
    }
}
