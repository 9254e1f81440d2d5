//! What roles may do.

use super::context::{Said, TerraformContext};
use super::policy::{Policy, PolicyKind, Statement, is_workload};
use crate::diagnostic::Diagnostics;
use crate::value::Node;

/// What names of roles that administer or deploy hold.
const ADMINISTRATORS: [&str; 5] = ["admin", "deploy", "terraform", "breakglass", "crossplane"];

/// Services of which other rules say more.
const ELSEWHERE: [&str; 3] = ["kms:", "s3:", "secretsmanager:"];

fn grants<'a>(
    context: &TerraformContext<'a>,
) -> impl Iterator<Item = (&'a Policy<'a>, &'a Statement)> {
    let policies = context.module.policies.iter();
    policies
        .filter(|policy| policy.kind == PolicyKind::Identity)
        .flat_map(|policy| {
            policy
                .allows
                .iter()
                .map(move |statement| (policy, statement))
        })
}

/// The resource of a statement that one of these texts is.
fn resource_of(statement: &Statement, is_wanted: impl Fn(&str) -> bool) -> Option<(&str, &Node)> {
    statement
        .resources()
        .find(|(resource, _)| is_wanted(resource))
}

/// The name of the role that an ARN is of.
fn role_name(arn: &str) -> Option<&str> {
    arn.split_once(":role/").map(|(_, path)| path)
}

/// No role may become every role.
pub(super) fn assume_role_unbounded(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for (policy, statement) in grants(context) {
        if !statement.covers("sts:AssumeRole") || !statement.is_unconditional() {
            continue;
        }
        let any = |arn: &str| {
            let account = arn.split(':').nth(4).unwrap_or_default();
            arn == "*" || role_name(arn).is_some_and(|name| name == "*" || account.contains('*'))
        };
        if let Some((arn, at)) = resource_of(statement, any) {
            context.statement(found, policy, statement, Some(at), Said {
                message: format!("`sts:AssumeRole` is allowed on `{arn}`; it must name the roles of known accounts"),
                label: "any role that lets it in",
                help: "name the ARNs of the roles, each with its account",
            });
        }
    }
}

/// A pod does not become who deploys.
pub(super) fn workload_assumes_administrator(
    context: &TerraformContext<'_>,
    found: &mut Diagnostics,
) {
    for (policy, statement) in grants(context) {
        if !statement.covers("sts:AssumeRole") {
            continue;
        }
        let roles = policy.roles(context.module);
        if !roles.iter().any(|role| is_workload(context.module, role)) {
            continue;
        }
        let administers = |arn: &str| {
            role_name(arn).is_some_and(|name| {
                let name = name.to_ascii_lowercase();
                ADMINISTRATORS.iter().any(|word| name.contains(word))
            })
        };
        if let Some((arn, at)) = resource_of(statement, administers) {
            context.statement(found, policy, statement, Some(at), Said {
                message: format!("a role of a service account may become `{arn}`; a workload must not become who administers or deploys"),
                label: "more than a workload needs",
                help: "make a role with what the workload needs, and let it become that one",
            });
        }
    }
}

/// Secrets are read by name.
pub(super) fn secret_access_unbounded(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for (policy, statement) in grants(context) {
        if !statement.is_unconditional() || !statement.covers("secretsmanager:GetSecretValue") {
            continue;
        }
        let any = |arn: &str| arn == "*" || arn.ends_with(":secret:*");
        if let Some((arn, at)) = resource_of(statement, any) {
            context.statement(found, policy, statement, Some(at), Said {
                message: format!("every secret may be read: the resource is `{arn}`; it must begin with the name of an environment"),
                label: "secrets of all environments",
                help: "name `arn:aws:secretsmanager:REGION:ACCOUNT:secret:ENVIRONMENT-*`",
            });
        }
    }
}

/// Secrets are not listed by who reads them.
pub(super) fn secret_listing_allowed(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for (policy, statement) in grants(context) {
        let listing = statement
            .actions()
            .find(|(action, _)| action.eq_ignore_ascii_case("secretsmanager:ListSecrets"));
        let roles = policy.roles(context.module);
        let is_of_workload = roles.iter().any(|role| is_workload(context.module, role));
        if let (Some((_, at)), true) = (listing, is_of_workload) {
            context.statement(found, policy, statement, Some(at), Said {
                message: "a role of a service account may list the secrets of all environments; it must only read its own".to_owned(),
                label: "cannot be limited to some secrets",
                help: "take `secretsmanager:ListSecrets` out: whoever knows a secret's name need not list",
            });
        }
    }
}

/// No service is allowed as a whole, everywhere.
pub(super) fn policy_service_wildcard(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for (policy, statement) in grants(context) {
        if !statement.is_unconditional() || resource_of(statement, |arn| arn == "*").is_none() {
            continue;
        }
        for (action, at) in statement.actions() {
            let is_whole = action == "*" || action.ends_with(":*");
            if is_whole && !ELSEWHERE.iter().any(|service| action.starts_with(service)) {
                context.statement(found, policy, statement, Some(at), Said {
                    message: format!("`{action}` is allowed on every resource; a policy must name actions, or resources"),
                    label: "all of it, everywhere",
                    help: "name the actions that are used, or the ARNs that they are used on",
                });
            }
        }
    }
}

/// Only a key's own policy administers it.
pub(super) fn key_actions_unbounded(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for (policy, statement) in grants(context) {
        if let Some((_, at)) = statement.actions().find(|(action, _)| *action == "kms:*") {
            context.statement(found, policy, statement, Some(at), Said {
                message: "`kms:*` is allowed to a role; only the policy of a key must say that, for its own account".to_owned(),
                label: "also deletes keys",
                help: "name what is used: `kms:Decrypt`, `kms:GenerateDataKey`",
            });
        }
    }
}

/// A role is passed to one service, by name.
pub(super) fn pass_role_unbounded(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for (policy, statement) in grants(context) {
        let passes = statement
            .actions()
            .find(|(action, _)| action.eq_ignore_ascii_case("iam:PassRole"));
        let Some((_, action)) = passes else { continue };
        let any = |arn: &str| arn == "*" || role_name(arn) == Some("*");
        let (message, at) = if let Some((arn, at)) = resource_of(statement, any) {
            (
                format!("`iam:PassRole` is allowed on `{arn}`; it must name roles"),
                at,
            )
        } else if !statement.is_undecided() && !statement.tests(&["iam:PassedToService"]) {
            (
                "`iam:PassRole` is allowed to any service; it must test `iam:PassedToService`"
                    .to_owned(),
                action,
            )
        } else {
            continue;
        };
        context.statement(found, policy, statement, Some(at), Said {
            message,
            label: "here",
            help: "name the ARNs or the path of the roles, and add a condition on `iam:PassedToService`",
        });
    }
}

/// Objects are written into buckets that are named.
pub(super) fn bucket_write_unbounded(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for (policy, statement) in grants(context) {
        let writes = statement.covers("s3:PutObject") || statement.covers("s3:DeleteObject");
        if !writes || !statement.is_unconditional() {
            continue;
        }
        let any = |arn: &str| matches!(arn, "*" | "arn:aws:s3:::*" | "arn:aws:s3:::*/*");
        if let Some((arn, at)) = resource_of(statement, any) {
            context.statement(found, policy, statement, Some(at), Said {
                message: format!("objects may be written into every bucket: the resource is `{arn}`; it must name buckets"),
                label: "all buckets",
                help: "name `arn:aws:s3:::BUCKET/*`",
            });
        }
    }
}

/// Who is called a writer may write.
pub(super) fn writer_cannot_write(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for policy in &context.module.policies {
        let Some(owner) = policy.owner(context.module) else {
            continue;
        };
        let names = [Some(owner.name), owner.text("name")];
        let is_writer = names.into_iter().flatten().any(|name| {
            name.split(|char: char| !char.is_alphanumeric())
                .any(|word| word == "writer")
        });
        let buckets = |statement: &Statement| {
            statement
                .actions()
                .any(|(action, _)| action.starts_with("s3:"))
        };
        let writes = |statement: &Statement| statement.covers("s3:PutObject");
        let touches = policy.allows.iter().any(buckets);
        if policy.kind == PolicyKind::Identity
            && is_writer
            && touches
            && !policy.allows.iter().any(writes)
        {
            context.resource(
                found,
                owner,
                None,
                Said {
                    message: format!(
                        "`{}` is called a writer and may not write; it must have `s3:PutObject`",
                        owner.address()
                    ),
                    label: "only reads",
                    help: "add `s3:PutObject`, or call it a reader",
                },
            );
        }
    }
}
