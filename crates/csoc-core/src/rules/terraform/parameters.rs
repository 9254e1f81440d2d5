//! Parameters of databases.

use super::context::{Said, TerraformContext};
use super::module::Resource;
use super::values::{blocks, is_undecided, word};
use crate::diagnostic::Diagnostics;
use crate::value::Node;

const PARAMETERS: [&str; 2] = ["aws_db_parameter_group", "aws_rds_cluster_parameter_group"];

/// What is asked of a database is not in its logs.
pub(super) fn database_statements_logged(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for group in context.module.of_any(&PARAMETERS) {
        for parameter in blocks(&group.values, "parameter") {
            let name = parameter.get("name").and_then(Node::text);
            let value = parameter.get("value").and_then(word);
            let is_logged = match (name, value) {
                (Some("log_min_duration_statement"), Some(value)) => value == "0",
                (Some("log_statement"), Some(value)) => matches!(value, "all" | "mod"),
                _ => false,
            };
            if is_logged {
                context.resource(found, group, parameter.get("value"), Said {
                    message: format!("`{}` logs every statement, and with it the data; it must not", group.address()),
                    label: "data in logs",
                    help: "log only slow statements, without parameters, or use pgaudit for what must be kept",
                });
            }
        }
    }
}

/// The version that the family of a parameter group is of.
fn postgres_family(group: &Resource<'_>) -> Option<u32> {
    let family = group.text("family")?;
    let version = family
        .strip_prefix("aurora-postgresql")
        .or_else(|| family.strip_prefix("postgres"))?;
    version.split('.').next()?.parse().ok()
}

/// Whoever speaks to a database does it encrypted.
pub(super) fn database_tls_optional(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    /// From this version on it is the default.
    const DEFAULT_SINCE: u32 = 15;
    for group in context.module.of_any(&PARAMETERS) {
        let Some(family) = postgres_family(group) else {
            continue;
        };
        let forced = blocks(&group.values, "parameter")
            .find(|parameter| parameter.get("name").and_then(Node::text) == Some("rds.force_ssl"));
        let value = forced.and_then(|parameter| parameter.get("value"));
        let is_optional = match value {
            Some(value) => word(value) == Some("0"),
            None => family < DEFAULT_SINCE && !is_undecided(&group.values, "parameter"),
        };
        if is_optional {
            context.resource(
                found,
                group,
                value,
                Said {
                    message: format!(
                        "`{}` lets clients connect without TLS; it must force TLS",
                        group.address()
                    ),
                    label: "plain text is accepted",
                    help: "add the parameter `rds.force_ssl` with the value `1`",
                },
            );
        }
    }
}
