//! Machines: who reaches them, what they run, what they keep.

use super::context::{Said, TerraformContext};
use super::module::Resource;
use super::support::ended;
use super::values::{Flag, blocks, flag, is_undecided, is_unset, number, texts};
use crate::diagnostic::Diagnostics;
use crate::hcl::{Expression, ExpressionKind};
use crate::value::Node;

const MACHINES: [&str; 3] = [
    "aws_instance",
    "aws_launch_configuration",
    "aws_launch_template",
];

/// Pods and requests do not read the credentials of their machine.
pub(super) fn instance_metadata_open(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let has_default = context
        .module
        .of("aws_ec2_instance_metadata_defaults")
        .iter()
        .any(|defaults| defaults.text("http_tokens") == Some("required"));
    for machine in context.module.of_any(&MACHINES) {
        if is_undecided(&machine.values, "metadata_options") {
            continue;
        }
        let options = blocks(&machine.values, "metadata_options").next();
        let tokens = options.and_then(|options| options.get("http_tokens"));
        let is_required = match tokens {
            None => has_default,
            Some(tokens) => tokens.text().is_none_or(|tokens| tokens == "required"),
        };
        let hops = options.and_then(|options| number(options, "http_put_response_hop_limit"));
        let (what, at) = if !is_required {
            (
                "answers requests for its credentials without a token",
                tokens.or(options),
            )
        } else if hops.is_some_and(|hops| hops > 1) {
            (
                "gives its credentials to pods, too",
                options.and_then(|options| options.get("http_put_response_hop_limit")),
            )
        } else {
            continue;
        };
        context.resource(found, machine, at, Said {
            message: format!("`{}` {what}; tokens must be required, and pass one hop", machine.address()),
            label: "here",
            help: "add `metadata_options { http_tokens = \"required\" http_put_response_hop_limit = 1 }`",
        });
    }
}

/// The text of what a machine starts with, as far as it stands in the file.
fn user_data(context: &TerraformContext<'_>, machine: &Resource<'_>) -> Option<Node> {
    let body = &machine.block.body;
    let expression = body
        .get("user_data")
        .or_else(|| body.get("user_data_base64"))?;
    let inner: &Expression = match &expression.bare().kind {
        ExpressionKind::Call(call) if call.name == "base64encode" => call.arguments.first()?,
        _ => expression,
    };
    Some(context.module.value(inner))
}

/// What makes the start of a machine depend on others.
fn foreign_code(text: &str) -> Option<&'static str> {
    for line in text.lines() {
        let line = line.trim();
        let fetches = line.contains("curl ") || line.contains("wget ");
        if line.contains("ssh-rsa ") || line.contains("ssh-ed25519 ") {
            return Some("lets in whoever has a key that is written down");
        }
        if line.contains("git clone")
            && !line.contains("--branch v")
            && !text.contains("git checkout ")
        {
            return Some("runs whatever a repository holds that day");
        }
        let is_branch = ["/master/", "/main/", "/HEAD/", "/develop/"]
            .iter()
            .any(|branch| line.contains(branch));
        let is_run = line.contains("| sh") || line.contains("| bash") || line.contains("| sudo");
        if fetches && (is_branch || is_run) {
            return Some("runs whatever an address answers that day");
        }
    }
    None
}

/// A machine starts with what was reviewed.
pub(super) fn user_data_foreign(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for machine in context.module.of_any(&MACHINES) {
        let Some(data) = user_data(context, machine) else {
            continue;
        };
        if let Some(what) = data.text().and_then(foreign_code) {
            context.resource(found, machine, Some(&data), Said {
                message: format!("the start of `{}` {what}; it must run only what is pinned", machine.address()),
                label: "not pinned",
                help: "build an image with it, or fetch a version and compare its digest; let people in through Session Manager",
            });
        }
    }
}

/// Volumes are encrypted.
pub(super) fn volume_unencrypted(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let module = context.module;
    if !module.of("aws_ebs_encryption_by_default").is_empty() {
        return;
    }
    for volume in module.of("aws_ebs_volume") {
        if matches!(flag(&volume.values, "encrypted"), Flag::Unset | Flag::Off) {
            unencrypted(context, found, volume, volume.get("encrypted"));
        }
    }
    for machine in module.of_any(&MACHINES) {
        let mappings = blocks(&machine.values, "block_device_mappings")
            .flat_map(|mapping| blocks(mapping, "ebs"));
        let devices = ["root_block_device", "ebs_block_device"]
            .into_iter()
            .flat_map(|kind| blocks(&machine.values, kind));
        for device in mappings.chain(devices) {
            let is_copy = !is_unset(device, "snapshot_id");
            if matches!(flag(device, "encrypted"), Flag::Unset | Flag::Off) && !is_copy {
                unencrypted(
                    context,
                    found,
                    machine,
                    device.get("encrypted").or(Some(device)),
                );
            }
        }
    }
}

fn unencrypted(
    context: &TerraformContext<'_>,
    found: &mut Diagnostics,
    resource: &Resource<'_>,
    at: Option<&Node>,
) {
    context.resource(
        found,
        resource,
        at,
        Said {
            message: format!(
                "a volume of `{}` is not encrypted; it must be",
                resource.address()
            ),
            label: "in plain text",
            help: "set `encrypted = true` and `kms_key_id`",
        },
    );
}

/// An image gets fixes.
pub(super) fn image_end_reached(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for image in context.module.data("aws_ami") {
        let names = blocks(&image.values, "filter")
            .filter(|filter| filter.get("name").and_then(Node::text) == Some("name"));
        for (name, at) in names.flat_map(|filter| texts(filter.get("values"))) {
            let Some((systems, day)) = context.dated("images") else {
                continue;
            };
            let lower = name.to_ascii_lowercase();
            if let Some(what) = ended(systems.support_within(&lower, day)) {
                context.resource(found, image, Some(at), Said {
                    message: format!("images `{name}` are of a system {what}; an image must be of one that does"),
                    label: "past its end",
                    help: "take a newer release of the system",
                });
            }
        }
    }
    for group in context.module.of("aws_eks_node_group") {
        let Some(family) = group.text("ami_type") else {
            continue;
        };
        let Some((families, day)) = context.dated("eks-node-images") else {
            continue;
        };
        if let Some(what) = ended(families.support(family, day)) {
            context.resource(found, group, group.get("ami_type"), Said {
                message: format!("images `{family}` are of a system {what}; an image must be of one that does"),
                label: "past its end",
                help: "take `AL2023_x86_64_STANDARD`, or another type of a newer system",
            });
        }
    }
}

/// Machines start from an image that was chosen.
pub(super) fn image_newest_taken(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for image in context.module.data("aws_ami") {
        if flag(&image.values, "most_recent") == Flag::On {
            context.resource(found, image, image.get("most_recent"), Said {
                message: format!("`{}` is whatever image is newest when somebody plans; it must be one that was chosen", image.address()),
                label: "another one tomorrow",
                help: "name a version in the filter, or the id of an image",
            });
        }
    }
}
