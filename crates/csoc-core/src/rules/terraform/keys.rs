//! Keys: how long they live.

use super::context::{Said, TerraformContext};
use super::values::{Flag, flag, number};
use crate::diagnostic::Diagnostics;
use crate::hcl::HOLE;

/// A key is renewed each year.
pub(super) fn key_rotation_off(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for key in context.module.of("aws_kms_key") {
        let is_symmetric = key
            .text("customer_master_key_spec")
            .is_none_or(|spec| spec == "SYMMETRIC_DEFAULT")
            && key
                .text("key_usage")
                .is_none_or(|usage| usage == "ENCRYPT_DECRYPT");
        if is_symmetric
            && matches!(
                flag(&key.values, "enable_key_rotation"),
                Flag::Unset | Flag::Off
            )
        {
            context.resource(
                found,
                key,
                key.get("enable_key_rotation"),
                Said {
                    message: format!("`{}` is never renewed; it must be each year", key.address()),
                    label: "the same key for ever",
                    help: "set `enable_key_rotation = true`",
                },
            );
        }
    }
}

/// A key can be kept from deletion for two weeks.
pub(super) fn key_deletion_short(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for key in context.module.of("aws_kms_key") {
        if let Some(days) = number(&key.values, "deletion_window_in_days").filter(|days| *days < 14)
        {
            context.resource(found, key, key.get("deletion_window_in_days"), Said {
                message: format!("`{}` is gone {days} days after its deletion, and with it what it encrypts; it must be 14 at least", key.address()),
                label: "too short to notice",
                help: "set `deletion_window_in_days = 30`",
            });
        }
    }
}

/// The name of a key is one.
pub(super) fn key_alias_invalid(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for alias in context.module.of("aws_kms_alias") {
        let Some(at) = alias.get("name") else {
            continue;
        };
        let Some(name) = at.text() else { continue };
        let rest = name.strip_prefix("alias/");
        let is_name = rest.is_some_and(|rest| {
            !rest.is_empty()
                && !rest.starts_with("aws/")
                && rest
                    .replace(HOLE, "")
                    .chars()
                    .all(|char| char.is_ascii_alphanumeric() || "/_-".contains(char))
        });
        if !is_name && !name.starts_with(HOLE) {
            context.resource(found, alias, Some(at), Said {
                message: format!("`{name}` is no name of a key; it must be `alias/` and letters, digits, `/`, `_` and `-`"),
                label: "not a name",
                help: "write `alias/NAME`; names below `alias/aws/` are AWS's own",
            });
        }
    }
}
