//! Databases: what they keep, who reads it, what becomes of it.

use super::context::{Said, TerraformContext};
use super::module::Resource;
use super::support::{ended, newer};
use super::values::{Flag, flag, is_unset, number, word};
use crate::diagnostic::Diagnostics;
use crate::hcl::{Expression, ExpressionKind};

const DATABASES: [&str; 2] = ["aws_db_instance", "aws_rds_cluster"];
/// What keeps data that nothing else has.
const STORES: [&str; 8] = [
    "aws_db_instance",
    "aws_dynamodb_table",
    "aws_efs_file_system",
    "aws_eks_cluster",
    "aws_opensearch_domain",
    "aws_rds_cluster",
    "aws_s3_bucket",
    "aws_s3_bucket_server_side_encryption_configuration",
];

/// What cannot be a member of a cluster or a copy, which take from their source.
fn sources<'m>(context: &TerraformContext<'m>) -> impl Iterator<Item = &'m Resource<'m>> {
    let all = context.module.of_any(&DATABASES);
    all.filter(|database| is_unset(&database.values, "replicate_source_db"))
}

/// A database is not destroyed by the way.
pub(super) fn database_deletion_unprotected(
    context: &TerraformContext<'_>,
    found: &mut Diagnostics,
) {
    for database in sources(context) {
        let protection = flag(&database.values, "deletion_protection");
        if matches!(protection, Flag::Unset | Flag::Off) {
            context.resource(
                found,
                database,
                database.get("deletion_protection"),
                Said {
                    message: format!(
                        "nothing keeps `{}` from being deleted; it must have `deletion_protection`",
                        database.address()
                    ),
                    label: "may be deleted with its data",
                    help: "set `deletion_protection = true`",
                },
            );
        }
    }
}

/// What a database keeps is encrypted with a key of one's own.
pub(super) fn database_unencrypted(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for database in sources(context) {
        let is_copy = !is_unset(&database.values, "snapshot_identifier");
        let (what, at) = match flag(&database.values, "storage_encrypted") {
            Flag::Unset | Flag::Off if !is_copy => {
                ("is not encrypted", database.get("storage_encrypted"))
            }
            Flag::On if is_unset(&database.values, "kms_key_id") => (
                "is encrypted with a key of AWS",
                database.get("storage_encrypted"),
            ),
            _ => continue,
        };
        context.resource(found, database, at, Said {
            message: format!("`{}` {what}; it must be encrypted with a key of the account", database.address()),
            label: "here",
            help: "set `storage_encrypted = true` and `kms_key_id`; a database that runs is copied for it",
        });
    }
}

/// No password passes through Terraform.
pub(super) fn database_password_kept(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for database in context.module.of_any(&DATABASES) {
        let argument = ["password", "master_password"]
            .into_iter()
            .find_map(|name| database.values.get(name).filter(|value| !value.is_null()));
        if let Some(at) = argument {
            context.resource(found, database, Some(at), Said {
                message: format!("the password of `{}` stands in Terraform's state; the database must manage it itself", database.address()),
                label: "readable to whoever reads the state",
                help: "set `manage_master_user_password = true`",
            });
        }
    }
}

/// Whether an expression refers to something that is a password.
fn mentions_secret(expression: &Expression) -> bool {
    let text = format!("{expression:?}").to_ascii_lowercase();
    ["password", "secret_string", "private_key", "access_key"]
        .iter()
        .any(|word| text.contains(word))
}

/// No credentials lie in files beside the configuration.
pub(super) fn credentials_in_file(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for file in context
        .module
        .of_any(&["local_file", "local_sensitive_file"])
    {
        let contents = ["content", "sensitive_content", "content_base64"];
        let attribute = file.block.body.attributes().find(|attribute| {
            contents.contains(&&*attribute.name) && mentions_secret(&attribute.value)
        });
        if let Some(attribute) = attribute {
            context.push(
                found,
                &file.address(),
                attribute.value.origin,
                Said {
                    message: format!(
                        "`{}` writes credentials into a file; they must be in a store of secrets",
                        file.address()
                    ),
                    label: "stays on the disk of whoever applies",
                    help: "let who needs them read them from Secrets Manager",
                },
            );
        }
    }
}

/// Who connects is known by a role.
pub(super) fn database_iam_off(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for database in sources(context) {
        let by_role = flag(&database.values, "iam_database_authentication_enabled");
        if matches!(by_role, Flag::Unset | Flag::Off) {
            context.resource(
                found,
                database,
                database.get("iam_database_authentication_enabled"),
                Said {
                    message: format!(
                        "`{}` knows only passwords; it must let roles in, too",
                        database.address()
                    ),
                    label: "no way in without a password",
                    help: "set `iam_database_authentication_enabled = true`",
                },
            );
        }
    }
}

/// A database is kept for a week at least.
pub(super) fn database_backups_short(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for database in sources(context) {
        let at = database.get("backup_retention_period");
        let days = match at {
            None => Some(i64::from(database.of == "aws_rds_cluster")),
            Some(_) => number(&database.values, "backup_retention_period"),
        };
        if let Some(days) = days.filter(|days| *days < 7) {
            context.resource(found, database, at, Said {
                message: format!("backups of `{}` are kept for {days} days; it must be 7 at least, and 14 in production", database.address()),
                label: "too short to notice a loss",
                help: "set `backup_retention_period = 14`",
            });
        }
    }
}

/// A database survives the loss of a zone.
pub(super) fn database_single_zone(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for database in context.module.of("aws_db_instance") {
        let zones = flag(&database.values, "multi_az");
        if matches!(zones, Flag::Unset | Flag::Off)
            && is_unset(&database.values, "replicate_source_db")
        {
            context.resource(
                found,
                database,
                database.get("multi_az"),
                Said {
                    message: format!(
                        "`{}` is in one zone; in production it must be in several",
                        database.address()
                    ),
                    label: "lost with its zone",
                    help: "set `multi_az = true`",
                },
            );
        }
    }
}

/// A change waits for the hour that was agreed on.
pub(super) fn database_changes_immediate(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for database in context.module.of_any(&[
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
    ]) {
        if flag(&database.values, "apply_immediately") == Flag::On {
            context.resource(found, database, database.get("apply_immediately"), Said {
                message: format!("changes of `{}` apply at once, with a restart; in production they must wait", database.address()),
                label: "restarts by day",
                help: "take `apply_immediately` out",
            });
        }
    }
}

/// A store of data follows its configuration.
pub(super) fn store_changes_ignored(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for store in context.module.of_any(&STORES) {
        for lifecycle in store.block.body.blocks_of("lifecycle") {
            let Some(ignored) = lifecycle.body.get("ignore_changes") else {
                continue;
            };
            let is_all = match &ignored.bare().kind {
                ExpressionKind::Reference(root, steps) => root == "all" && steps.is_empty(),
                ExpressionKind::String(text) => &**text == "all",
                _ => false,
            };
            if is_all {
                context.push(
                    found,
                    &store.address(),
                    ignored.origin,
                    Said {
                        message: format!(
                            "every change of `{}` is ignored; only what others set must be",
                            store.address()
                        ),
                        label: "encryption and backups, too",
                        help: "name the arguments that others set",
                    },
                );
            }
        }
    }
}

/// A database gets fixes.
pub(super) fn database_version_unsupported(
    context: &TerraformContext<'_>,
    found: &mut Diagnostics,
) {
    for database in context.module.of_any(&[
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
    ]) {
        let is_postgres = database
            .text("engine")
            .is_some_and(|engine| engine.contains("postgres"));
        let Some(at) = database.get("engine_version").filter(|_| is_postgres) else {
            continue;
        };
        let Some(version) = word(at).and_then(major) else {
            continue;
        };
        let Some((postgres, day)) = context.dated("postgresql") else {
            continue;
        };
        let Some(what) = ended(postgres.support(version, day)) else {
            continue;
        };
        let wanted = newer(postgres.oldest(day));
        context.resource(
            found,
            database,
            Some(at),
            Said {
                message: format!(
                    "`{}` runs PostgreSQL {version}, {what}; it must be {wanted}",
                    database.address()
                ),
                label: "too old",
                help: "upgrade it, from a snapshot first",
            },
        );
    }
}

/// The major version of PostgreSQL: one number from 10 on, two before.
fn major(version: &str) -> Option<&str> {
    let (first, rest) = version.split_once('.').unwrap_or((version, ""));
    let number: u32 = first.parse().ok()?;
    let second = rest.split('.').next().unwrap_or_default();
    if number >= 10 || second.is_empty() {
        return Some(first);
    }
    version.get(..first.len() + 1 + second.len())
}
