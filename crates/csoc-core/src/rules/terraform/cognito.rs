//! Pools of users.

use super::context::{Said, TerraformContext};
use super::values::{Flag, blocks, flag, is_undecided, texts};
use crate::diagnostic::Diagnostics;
use crate::value::Node;

/// Users prove who they are twice.
pub(super) fn cognito_mfa_off(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for pool in context.module.of("aws_cognito_user_pool") {
        let at = pool.get("mfa_configuration");
        if at.is_none_or(|mfa| matches!(mfa.text(), Some("OFF"))) {
            context.resource(
                found,
                pool,
                at,
                Said {
                    message: format!(
                        "`{}` asks for a password alone; it must ask for a second factor",
                        pool.address()
                    ),
                    label: "no second factor",
                    help: "set `mfa_configuration = \"ON\"` and `software_token_mfa_configuration`",
                },
            );
        }
    }
}

/// Nobody makes a user of himself.
pub(super) fn cognito_signup_open(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for pool in context.module.of("aws_cognito_user_pool") {
        if is_undecided(&pool.values, "admin_create_user_config") {
            continue;
        }
        let config = blocks(&pool.values, "admin_create_user_config").next();
        let only = config.map_or(Flag::Unset, |config| {
            flag(config, "allow_admin_create_user_only")
        });
        if matches!(only, Flag::Unset | Flag::Off) {
            context.resource(
                found,
                pool,
                config
                    .and_then(|config| config.get("allow_admin_create_user_only"))
                    .or(config),
                Said {
                    message: format!(
                        "anybody may sign up in `{}`; only administrators must make users",
                        pool.address()
                    ),
                    label: "open to everyone",
                    help: "add `admin_create_user_config { allow_admin_create_user_only = true }`",
                },
            );
        }
    }
}

/// Tokens do not stand in addresses.
pub(super) fn cognito_flow_implicit(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for client in context.module.of("aws_cognito_user_pool_client") {
        let implicit =
            texts(client.get("allowed_oauth_flows")).find(|(flow, _)| *flow == "implicit");
        if let Some((_, at)) = implicit {
            let at: &Node = at;
            context.resource(
                found,
                client,
                Some(at),
                Said {
                    message: format!(
                        "`{}` hands out tokens in addresses; it must use codes",
                        client.address()
                    ),
                    label: "ends up in histories and logs",
                    help: "set `allowed_oauth_flows = [\"code\"]`",
                },
            );
        }
    }
}
