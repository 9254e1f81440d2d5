//! Backups: where they go, and that they stay.

use std::collections::BTreeSet;

use super::context::{Said, TerraformContext};
use super::module::TerraformModule;
use super::policy::PolicyKind;
use super::values::{account_of, blocks, reference_name};
use crate::diagnostic::Diagnostics;
use crate::value::Node;

/// Copies stay in the organization.
pub(super) fn backup_copy_foreign(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let known: BTreeSet<String> = context
        .tree
        .iter()
        .flat_map(TerraformModule::accounts)
        .collect();
    for plan in context.module.of("aws_backup_plan") {
        let copies = blocks(&plan.values, "rule").flat_map(|rule| blocks(rule, "copy_action"));
        for at in copies.filter_map(|copy| copy.get("destination_vault_arn")) {
            let Some(account) = at.text().and_then(account_of) else {
                continue;
            };
            if !known.contains(account) {
                context.resource(found, plan, Some(at), Said {
                    message: format!("backups are copied into account `{account}`, which no provider here works in; it must be one of this organization"),
                    label: "an account that nothing here knows",
                    help: "copy into a vault of your own, and name its account in `allowed_account_ids`",
                });
            }
        }
    }
    for policy in &context.module.policies {
        let Some(owner) = policy.owner(context.module) else {
            continue;
        };
        if policy.kind != PolicyKind::Resource || owner.of != "aws_backup_vault_policy" {
            continue;
        }
        for statement in &policy.allows {
            let foreign = statement.principals("AWS").find(|(principal, _)| {
                *principal == "*"
                    || account_of(principal).is_some_and(|account| !known.contains(account))
            });
            if let (Some((principal, at)), false) = (
                foreign,
                statement.is_undecided()
                    || statement.tests(&["aws:PrincipalOrgID", "aws:PrincipalOrgPaths"]),
            ) {
                context.statement(found, policy, statement, Some(at), Said {
                    message: format!("`{principal}` may use this vault; the statement must test that it is of this organization"),
                    label: "an account that nothing here knows",
                    help: "add a condition on `aws:PrincipalOrgID`",
                });
            }
        }
    }
}

/// Nobody deletes a backup before its time.
pub(super) fn backup_vault_unlocked(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for vault in context.module.of("aws_backup_vault") {
        let locks = context
            .module
            .of("aws_backup_vault_lock_configuration")
            .iter();
        let name = vault.text("name");
        let is_locked = locks
            .filter_map(|lock| Some((lock, lock.block.body.get("backup_vault_name")?)))
            .any(|(lock, of)| {
                reference_name(vault.of, of) == Some(vault.name)
                    || (name.is_some()
                        && lock.get("backup_vault_name").and_then(Node::text) == name)
            });
        if !is_locked {
            context.resource(
                found,
                vault,
                None,
                Said {
                    message: format!(
                        "`{}` is not locked; its backups must outlive whoever has the account",
                        vault.address()
                    ),
                    label: "backups may be deleted",
                    help: "add `aws_backup_vault_lock_configuration`",
                },
            );
        }
    }
}
