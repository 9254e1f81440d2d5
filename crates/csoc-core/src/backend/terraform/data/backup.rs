//! Backups in a vault of their own, which outlive the database and whoever may delete it.

use super::{Data, Vault};
use crate::backend::terraform::cluster::{attach, role_block};
use crate::backend::terraform::cluster::{key, resource};
use crate::backend::terraform::place::label;
use crate::backend::terraform::policy::{Statement, document, lines};
use crate::contract::{ClusterRolePurpose, KeyPurpose};
use crate::hcl::{Block, Body, Expression};
use crate::model::data_store::VaultLock;

/// Days that a backup is kept where the model says nothing.
const DAYS: u16 = 35;

impl Data {
    pub(super) fn backup(&self, body: Body, vault: &Vault) -> Body {
        let days = u32::from(vault.spec.retention_days.unwrap_or(DAYS));
        let name = || Expression::reference("aws_backup_vault.databases.name");
        let lock = match vault.spec.lock {
            VaultLock::Governance => None,
            VaultLock::Compliance => Some(3),
        };
        let role = Self::role_label();
        let purpose = ClusterRolePurpose::Backup;
        let trust = Statement::allow("Service")
            .actions(["sts:AssumeRole"])
            .principals("Service", ["backup.amazonaws.com"])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [self.place.account.as_str()],
            );
        let clusters = self
            .databases
            .iter()
            .map(|database| {
                let label = label(database.used.name.as_str());
                Expression::reference(&format!("aws_rds_cluster.{label}.arn"))
            })
            .collect();
        body.comment("Backups beside those of RDS, which go with their cluster.")
            .blank()
            .block(
                resource("aws_backup_vault", "databases")
                    .attribute("name", vault.name.as_str())
                    .attribute("kms_key_arn", key(KeyPurpose::Database))
                    .block(Block::unlabelled("lifecycle").attribute("prevent_destroy", true)),
            )
            .block(
                resource("aws_backup_vault_lock_configuration", "databases")
                    .attribute("backup_vault_name", name())
                    .attribute("min_retention_days", days)
                    .optional("changeable_for_days", lock),
            )
            .block(document(format!("{role}_trust"), [trust]))
            .block(role_block(
                &vault.role,
                self.cluster.as_str(),
                &self.boundary,
            ))
            .block(attach(
                self.place.partition,
                purpose,
                "service-role/AWSBackupServiceRolePolicyForBackup",
            ))
            .block(
                resource("aws_backup_plan", "databases")
                    .attribute("name", vault.name.as_str())
                    .block(
                        Block::unlabelled("rule")
                            .attribute("rule_name", "daily")
                            .attribute("target_vault_name", name())
                            .attribute("schedule", "cron(0 5 * * ? *)")
                            .attribute("start_window", 60)
                            .attribute("completion_window", 480)
                            .block(Block::unlabelled("lifecycle").attribute("delete_after", days)),
                    ),
            )
            .block(
                resource("aws_backup_selection", "databases")
                    .attribute("name", "databases")
                    .attribute(
                        "plan_id",
                        Expression::reference("aws_backup_plan.databases.id"),
                    )
                    .attribute(
                        "iam_role_arn",
                        Expression::reference(&format!("aws_iam_role.{role}.arn")),
                    )
                    .attribute("resources", lines(clusters)),
            )
    }
}
