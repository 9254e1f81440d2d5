//! Secrets: where they must not stand.

use super::context::{Said, TerraformContext};
use super::values::{blocks, is_unset, number};
use crate::diagnostic::Diagnostics;
use crate::hcl::{Expression, HOLE};
use crate::value::Node;

/// Whether a name is of something secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let ends = [
        "password",
        "passwd",
        "client_secret",
        "secret_key",
        "private_key",
        "access_key",
        "token",
        "api_key",
    ];
    ends.iter().any(|end| name.ends_with(end))
}

/// Whether a text is a value, and no name of where one is.
fn is_value(text: &str) -> bool {
    let is_place = text.starts_with("arn:") || text.starts_with('/') || text.contains(HOLE);
    text.len() >= 4 && !is_place
}

/// No value of a secret passes through Terraform.
pub(super) fn secret_value_kept(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for version in context.module.of("aws_secretsmanager_secret_version") {
        let at = ["secret_string", "secret_binary"]
            .into_iter()
            .find_map(|name| version.values.get(name).filter(|value| !value.is_null()));
        if let Some(at) = at {
            context.resource(found, version, Some(at), Said {
                message: format!("the value of `{}` stands in Terraform's state; it must be written otherwise", version.address()),
                label: "readable to whoever reads the state",
                help: "make only the secret, and seed its value outside; or use `secret_string_wo`",
            });
        }
    }
}

/// No secret is a default, or an environment of a function.
pub(super) fn secret_in_code(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for variable in context.module.blocks("variable") {
        let Some(name) = variable.label(0).filter(|name| is_secret(name)) else {
            continue;
        };
        let default = variable.body.get("default");
        if let Some(at) = default.filter(|value| value.as_str().is_some_and(is_value)) {
            context.push(
                found,
                &format!("var.{name}"),
                at.origin,
                Said {
                    message: format!(
                        "the variable `{name}` has a secret as its default; it must have none"
                    ),
                    label: "in the repository",
                    help: "take the default out, change the secret, and read it from a store",
                },
            );
        }
    }
    for function in context.module.of("aws_lambda_function") {
        let environments =
            blocks(&function.values, "environment").filter_map(|it| it.get("variables"));
        for entry in environments.flat_map(Node::entries) {
            let is_plain = entry.node.text().is_some_and(is_value);
            if is_secret(entry.key.as_str()) && is_plain {
                context.resource(
                    found,
                    function,
                    Some(&entry.node),
                    Said {
                        message: format!(
                            "`{}` is given `{}` in plain text; it must read it from a store",
                            function.address(),
                            entry.key
                        ),
                        label: "shown to whoever may describe the function",
                        help: "give it the name of a secret, and let its role read that one",
                    },
                );
            }
        }
    }
}

/// A secret is encrypted with a key of one's own.
pub(super) fn secret_key_missing(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for secret in context.module.of("aws_secretsmanager_secret") {
        if is_unset(&secret.values, "kms_key_id") {
            context.resource(
                found,
                secret,
                None,
                Said {
                    message: format!(
                        "`{}` is encrypted with a key of AWS; it must be with one of the account",
                        secret.address()
                    ),
                    label: "without `kms_key_id`",
                    help: "set `kms_key_id`",
                },
            );
        }
    }
}

/// A deleted secret can be brought back.
pub(super) fn secret_recovery_off(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for secret in context.module.of("aws_secretsmanager_secret") {
        if number(&secret.values, "recovery_window_in_days") == Some(0) {
            context.resource(found, secret, secret.get("recovery_window_in_days"), Said {
                message: format!("`{}` is gone at once when it is deleted; it must be recoverable for a while", secret.address()),
                label: "no way back",
                help: "set `recovery_window_in_days = 30`",
            });
        }
    }
}

/// No command is given a password.
pub(super) fn provisioner_has_credentials(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for resource in context.module.resources() {
        for provisioner in resource.block.body.blocks_of("provisioner") {
            if provisioner.label(0) != Some("local-exec") {
                continue;
            }
            let names_secret = |expression: &Expression| {
                let text = format!("{expression:?}").to_ascii_lowercase();
                [
                    "pgpassword",
                    "password",
                    "secret_string",
                    "secret_access_key",
                ]
                .iter()
                .any(|word| text.contains(word))
            };
            let attribute = provisioner.body.attributes().find(|attribute| {
                matches!(&*attribute.name, "command" | "environment")
                    && names_secret(&attribute.value)
            });
            if let Some(attribute) = attribute {
                context.push(
                    found,
                    &resource.address(),
                    attribute.value.origin,
                    Said {
                        message: format!(
                            "a command of `{}` is given credentials; none must be",
                            resource.address()
                        ),
                        label: "shown in logs and lists of processes",
                        help: "do it in a job whose role may read the secret",
                    },
                );
            }
        }
    }
}
