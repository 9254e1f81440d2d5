//! Clusters of Kubernetes: who reaches them, who administers them, what they keep.

use super::context::{Said, TerraformContext};
use super::policy::trust;
use super::support::{ended, newer};
use super::values::{Flag, blocks, flag, is_undecided, is_unset, texts, word};
use crate::diagnostic::Diagnostics;
use crate::network::is_everyone;
use crate::value::Node;

/// Who may reach a cluster's API is written down.
pub(super) fn cluster_endpoint_public(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for cluster in context.module.of("aws_eks_cluster") {
        for network in blocks(&cluster.values, "vpc_config") {
            let public = flag(network, "endpoint_public_access");
            if matches!(public, Flag::Off | Flag::Unknown)
                || is_undecided(network, "public_access_cidrs")
            {
                continue;
            }
            let listed: Vec<_> = texts(network.get("public_access_cidrs")).collect();
            let whole = listed.iter().find(|(cidr, _)| is_everyone([*cidr]));
            let halves = is_everyone(listed.iter().map(|(cidr, _)| *cidr));
            let open = whole.or_else(|| listed.first().filter(|_| halves));
            if open.is_some() || is_unset(network, "public_access_cidrs") {
                let at = open
                    .map(|(_, at)| *at)
                    .or_else(|| network.get("endpoint_public_access"));
                context.resource(found, cluster, at.or(Some(network)), Said {
                    message: format!("the API of `{}` is reached from everywhere; it must be private, or list addresses", cluster.address()),
                    label: "open to the internet",
                    help: "set `endpoint_public_access = false`, or `public_access_cidrs` to the networks of administrators",
                });
            }
        }
    }
}

/// Secrets of Kubernetes are encrypted with a key of one's own.
pub(super) fn cluster_secrets_unencrypted(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for cluster in context.module.of("aws_eks_cluster") {
        if is_unset(&cluster.values, "encryption_config") {
            context.resource(found, cluster, None, Said {
                message: format!("`{}` has no `encryption_config`; its Secrets must be encrypted with a key of the account", cluster.address()),
                label: "no key of one's own",
                help: "add `encryption_config { resources = [\"secrets\"] provider { key_arn = … } }`",
            });
        }
    }
}

/// The control plane says who did what.
pub(super) fn cluster_logs_off(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for cluster in context.module.of("aws_eks_cluster") {
        if is_undecided(&cluster.values, "enabled_cluster_log_types") {
            continue;
        }
        let at = cluster.get("enabled_cluster_log_types");
        let missing: Vec<&str> = ["api", "audit", "authenticator"]
            .into_iter()
            .filter(|wanted| !texts(at).any(|(kind, _)| kind == *wanted))
            .collect();
        if !missing.is_empty() {
            context.resource(found, cluster, at, Said {
                message: format!("`{}` does not log {}; it must", cluster.address(), missing.join(", ")),
                label: "not all that an inquiry needs",
                help: "set `enabled_cluster_log_types = [\"api\", \"audit\", \"authenticator\"]`",
            });
        }
    }
}

/// Whoever made a cluster does not stay its administrator.
pub(super) fn cluster_creator_administers(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for cluster in context.module.of("aws_eks_cluster") {
        if is_undecided(&cluster.values, "access_config") {
            continue;
        }
        let access = blocks(&cluster.values, "access_config").next();
        let creator = access.map_or(Flag::Unset, |access| {
            flag(access, "bootstrap_cluster_creator_admin_permissions")
        });
        if matches!(creator, Flag::Unset | Flag::On) {
            let at = access
                .and_then(|access| access.get("bootstrap_cluster_creator_admin_permissions"))
                .or(access);
            context.resource(found, cluster, at, Said {
                message: format!("whoever makes `{}` administers it for good; access must be by entries", cluster.address()),
                label: "nobody sees this in a list",
                help: "set `bootstrap_cluster_creator_admin_permissions = false` in `access_config`, and add `aws_eks_access_entry`",
            });
        }
    }
}

/// Argo CD may do what it deploys, and no more.
pub(super) fn cluster_access_unbounded(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for access in context.module.of("aws_eks_access_policy_association") {
        let is_administrator = access
            .text("policy_arn")
            .is_some_and(|arn| arn.ends_with("AmazonEKSClusterAdminPolicy"));
        let is_everywhere = blocks(&access.values, "access_scope")
            .any(|scope| scope.get("type").and_then(Node::text) == Some("cluster"));
        let principal = access
            .text("principal_arn")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_delivery = [access.name, principal.as_str()]
            .iter()
            .any(|name| name.contains("argo"));
        if is_administrator && is_everywhere && is_delivery && !is_of_hub(context, access.name) {
            context.resource(found, access, access.get("policy_arn"), Said {
                message: format!("`{}` makes Argo CD administrator of a whole cluster; it must only reach what it deploys", access.address()),
                label: "everything in the cluster",
                help: "use `AmazonEKSAdminPolicy` with `access_scope { type = \"namespace\" … }`, or a group with roles of its own",
            });
        }
    }
}

/// Whether the role of a name is that of an Argo CD elsewhere, which installs what a cluster has: exactly one role may be it.
fn is_of_hub(context: &TerraformContext<'_>, role: &str) -> bool {
    let mut roles = context.module.of("aws_iam_role").iter();
    let role = roles.find(|it| it.name == role);
    let trust = role.and_then(|role| trust(context.module, role));
    let Some([statement]) = trust.map(|trust| &trust.allows[..]) else {
        return false;
    };
    let mut principals = statement.principals("AWS");
    let first = principals.next();
    let is_role = first.is_some_and(|(principal, _)| principal.contains(":role/"));
    is_role && principals.next().is_none() && statement.covers("sts:AssumeRole")
}

/// A cluster is of a version that gets fixes.
pub(super) fn cluster_version_unsupported(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for cluster in context
        .module
        .of_any(&["aws_eks_cluster", "aws_eks_node_group"])
    {
        let Some((at, version)) = cluster.get("version").and_then(|at| Some((at, word(at)?)))
        else {
            continue;
        };
        let Some((kubernetes, day)) = context.dated("eks") else {
            continue;
        };
        let Some(what) = ended(kubernetes.support(version, day)) else {
            continue;
        };
        let wanted = newer(kubernetes.oldest(day));
        context.resource(
            found,
            cluster,
            Some(at),
            Said {
                message: format!(
                    "`{}` runs Kubernetes {version}, {what}; it must be {wanted}",
                    cluster.address()
                ),
                label: "too old",
                help: "upgrade one minor version after the other",
            },
        );
    }
}

/// The certificate of an issuer is not written down.
pub(super) fn oidc_thumbprint_fixed(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for provider in context.module.of("aws_iam_openid_connect_provider") {
        if let Some((thumbprint, at)) = texts(provider.get("thumbprint_list")).next() {
            context.resource(found, provider, Some(at), Said {
                message: format!("the thumbprint `{thumbprint}` is written down; it must be read, or left out"),
                label: "holds until the certificate is renewed",
                help: "take `thumbprint_list` out, or read it from `data \"tls_certificate\"`",
            });
        }
    }
}

/// A cluster is not destroyed by the way.
pub(super) fn cluster_deletion_unprotected(
    context: &TerraformContext<'_>,
    found: &mut Diagnostics,
) {
    for cluster in context.module.of("aws_eks_cluster") {
        let protection = flag(&cluster.values, "deletion_protection");
        if matches!(protection, Flag::Unset | Flag::Off) && !cluster.is_kept() {
            context.resource(found, cluster, cluster.get("deletion_protection"), Said {
                message: format!("nothing keeps `{}` from being destroyed; it must be protected", cluster.address()),
                label: "may be destroyed",
                help: "add `lifecycle { prevent_destroy = true }`, or `deletion_protection = true`",
            });
        }
    }
}
