//! Logs: that they are kept, and kept well.

use super::context::{Said, TerraformContext};
use super::support::ended;
use super::values::{Flag, flag, is_unset};
use crate::diagnostic::Diagnostics;

/// A trail sees everything, and shows whether somebody changed it.
pub(super) fn trail_incomplete(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for trail in context.module.of("aws_cloudtrail") {
        let wanted = [
            (
                "is_multi_region_trail",
                Flag::Off,
                "does not see other regions",
            ),
            (
                "enable_log_file_validation",
                Flag::Off,
                "does not show whether its files were changed",
            ),
            (
                "include_global_service_events",
                Flag::On,
                "does not see IAM",
            ),
        ];
        let lack = wanted
            .into_iter()
            .find(|(name, default, _)| match flag(&trail.values, name) {
                Flag::Unset => *default == Flag::Off,
                Flag::Off => true,
                Flag::On | Flag::Unknown => false,
            });
        let key = is_unset(&trail.values, "kms_key_id")
            .then_some(("kms_key_id", "is not encrypted with a key of the account"));
        if let Some((name, what)) = lack.map(|(name, _, what)| (name, what)).or(key) {
            context.resource(found, trail, trail.get(name), Said {
                message: format!("`{}` {what}; `{name}` must be set", trail.address()),
                label: "here",
                help: "set `is_multi_region_trail`, `enable_log_file_validation` and `include_global_service_events` to `true`, and `kms_key_id`",
            });
        }
    }
}

/// Logs are encrypted with a key of one's own.
pub(super) fn log_group_unencrypted(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for group in context.module.of("aws_cloudwatch_log_group") {
        if is_unset(&group.values, "kms_key_id") {
            context.resource(
                found,
                group,
                None,
                Said {
                    message: format!(
                        "`{}` is encrypted with a key of AWS; it must be with one of the account",
                        group.address()
                    ),
                    label: "without `kms_key_id`",
                    help: "set `kms_key_id`",
                },
            );
        }
    }
}

/// Logs are kept as long as somebody decided.
pub(super) fn log_retention_unset(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for group in context.module.of("aws_cloudwatch_log_group") {
        if is_unset(&group.values, "retention_in_days") {
            context.resource(
                found,
                group,
                None,
                Said {
                    message: format!(
                        "`{}` is kept for ever; `retention_in_days` must be set",
                        group.address()
                    ),
                    label: "nobody decided how long",
                    help: "set `retention_in_days`",
                },
            );
        }
    }
}

/// A function runs on what gets fixes.
pub(super) fn function_runtime_unsupported(
    context: &TerraformContext<'_>,
    found: &mut Diagnostics,
) {
    for function in context.module.of("aws_lambda_function") {
        let Some(runtime) = function.text("runtime") else {
            continue;
        };
        let Some((runtimes, day)) = context.dated("lambda") else {
            continue;
        };
        if let Some(what) = ended(runtimes.support(runtime, day)) {
            context.resource(
                found,
                function,
                function.get("runtime"),
                Said {
                    message: format!(
                        "`{}` runs on `{runtime}`, {what}; it must run on one that does",
                        function.address()
                    ),
                    label: "past its end",
                    help: "take a newer runtime",
                },
            );
        }
    }
}
