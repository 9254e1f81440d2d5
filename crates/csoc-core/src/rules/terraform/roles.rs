//! Roles and users: what they have besides their own policies, and what limits them.

use super::context::{Said, TerraformContext};
use super::module::Resource;
use super::values::texts;
use crate::diagnostic::Diagnostics;
use crate::hcl::HOLE;
use crate::value::Node;

/// Workloads have roles, no users.
pub(super) fn iam_user_used(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for resource in context
        .module
        .of_any(&["aws_iam_user", "aws_iam_access_key"])
    {
        context.resource(
            found,
            resource,
            None,
            Said {
                message: format!(
                    "`{}` has keys that do not expire; a workload must have a role",
                    resource.address()
                ),
                label: "a user of IAM",
                help: "make a role that a service account may be",
            },
        );
    }
}

/// The policies that a role has by their ARN.
fn attached<'m>(
    context: &TerraformContext<'m>,
    role: &'m Resource<'_>,
) -> impl Iterator<Item = (&'m str, &'m Node)> {
    let module = context.module;
    let attachments = module.of("aws_iam_role_policy_attachment").iter();
    let of_role = attachments.filter(move |attachment| {
        let referred = module.referred("aws_iam_role", attachment.block.body.get("role"));
        referred.is_some_and(|other| other.name == role.name)
    });
    let direct = texts(role.values.get("managed_policy_arns"));
    of_role
        .filter_map(|attachment| {
            let node = attachment.get("policy_arn")?;
            Some((node.text()?, node))
        })
        .chain(direct)
}

/// Who has nearly everything has a limit.
pub(super) fn managed_policy_broad(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for role in context.module.of("aws_iam_role") {
        if role.get("permissions_boundary").is_some() {
            continue;
        }
        for (arn, at) in attached(context, role) {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            if name.ends_with("FullAccess")
                || name == "AdministratorAccess"
                || name == "PowerUserAccess"
            {
                context.resource(found, role, Some(at), Said {
                    message: format!("`{}` has `{name}` and no permissions boundary; a role must have one or less to do", role.address()),
                    label: "more than any workload needs",
                    help: "write a policy with what it needs, or set `permissions_boundary`",
                });
            }
        }
    }
}

/// Nodes join a cluster, and do nothing else.
pub(super) fn node_role_broad(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    const NODE: [&str; 7] = [
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKSWorkerNodeMinimalPolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonSSMManagedInstanceCore",
        "CloudWatchAgentServerPolicy",
    ];
    for role in context.module.of("aws_iam_role") {
        let name = |arn: &'_ str| arn.rsplit('/').next().unwrap_or_default().to_owned();
        if !attached(context, role).any(|(arn, _)| name(arn).starts_with("AmazonEKSWorkerNode")) {
            continue;
        }
        for (arn, at) in attached(context, role) {
            let name = name(arn);
            if !NODE.contains(&name.as_str()) && !name.contains(HOLE) {
                context.resource(found, role, Some(at), Said {
                    message: format!("nodes have `{name}`, and so has every pod on them; a role of nodes must only let them join"),
                    label: "not for nodes",
                    help: "give it to the role of the service account that uses it",
                });
            }
        }
    }
}

/// A role has a limit.
pub(super) fn role_boundary_missing(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for role in context.module.of("aws_iam_role") {
        if role
            .values
            .get("permissions_boundary")
            .is_none_or(Node::is_null)
        {
            context.resource(found, role, None, Said {
                message: format!("`{}` has no permissions boundary; a role must have one, so that no policy gives it more", role.address()),
                label: "without a limit",
                help: "set `permissions_boundary`",
            });
        }
    }
}
