//! Rules about what a cluster on EKS asks for: who reaches it, its nodes, its databases and search domains.

use super::allow_lists::wide;
use super::context::FleetContext;
use crate::contract::{ClusterContract, EksContract};
use crate::diagnostic::Diagnostics;
use crate::model::cloud::Arn;
use crate::model::control_plane::EndpointAccess;
use crate::model::network::Cidr;
use crate::model::nodes::Provisioner;

/// Clusters on EKS whose Terraform is not another's.
fn clusters<'a>(
    context: &FleetContext<'a>,
) -> impl Iterator<Item = (&'a ClusterContract, &'a EksContract)> {
    let clusters = context.contracts.clusters.values();
    clusters.filter_map(|cluster| Some((cluster, cluster.eks.as_ref()?)))
}

/// A public endpoint says for whom.
pub(crate) fn endpoint_open(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (cluster, eks) in clusters(context) {
        let endpoint = &eks.spec.endpoint;
        let path = ["clusters", cluster.name.as_str(), "endpoint"];
        let too_wide = wide(endpoint.cidrs.iter().map(Cidr::network));
        let (message, help) = match (endpoint.access, too_wide.first()) {
            (EndpointAccess::Private, _) if endpoint.cidrs.is_empty() => continue,
            (EndpointAccess::Private, _) => (
                format!(
                    "the API of the cluster `{}` is private, so that its `cidrs` let nobody in",
                    cluster.name
                ),
                "take `cidrs` out, or say access: public",
            ),
            (_, Some((_, why))) => (
                format!(
                    "the API of the cluster `{}` must list networks of administrators: {why}",
                    cluster.name
                ),
                "list the networks of administrators and of what runs Terraform, or make it private",
            ),
            (_, None) if endpoint.cidrs.is_empty() => (
                format!(
                    "the API of the cluster `{}` is public and lists no networks",
                    cluster.name
                ),
                "list the networks of administrators and of what runs Terraform: cidrs: [192.0.2.0/24], or make it private",
            ),
            _ => continue,
        };
        found.push(
            context
                .finding(&path, message)
                .help(help)
                .label(context.place(&path), "who reaches the API"),
        );
    }
}

/// Whether an ARN is that of a role.
fn is_role(arn: &Arn) -> bool {
    let parts: Vec<&str> = arn.as_str().splitn(6, ':').collect();
    let is_named = parts.get(5).is_some_and(|it| it.starts_with("role/"));
    parts.get(2) == Some(&"iam") && is_named
}

/// Whoever may do something in a cluster is a role.
pub(crate) fn access_principal_invalid(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let hub = context.fleet.spec.hub.as_ref();
    let pusher = hub.and_then(|hub| hub.argocd_role.as_ref());
    if let Some(arn) = pusher.filter(|arn| !is_role(arn)) {
        let path = ["hub", "argocdRole"];
        found.push(
            context
                .finding(&path, format!("`{arn}` is no role; the hub's Argo CD must be one"))
                .help("name the role: arn:aws:iam::111122223333:role/argocd; a session's own ARN or a user is trusted by no cluster")
                .label(context.place(&path), "named here"),
        );
    }
    for (cluster, eks) in clusters(context) {
        let access = &eks.spec.access;
        for (field, arns) in [
            ("administrators", &access.administrators),
            ("viewers", &access.viewers),
        ] {
            for arn in arns {
                if is_role(arn) {
                    continue;
                }
                let path = ["clusters", cluster.name.as_str(), "access", field];
                found.push(
                    context
                        .finding(&path, format!("`{arn}` is no role; access to the cluster `{}` must be of roles", cluster.name))
                        .help("name the role: arn:aws:iam::111122223333:role/operators; a session's own ARN or a user has no entry")
                        .label(context.place(&path), "named here"),
                );
            }
        }
    }
}

/// Pools of nodes can be made.
pub(crate) fn node_pool_invalid(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (cluster, eks) in clusters(context) {
        let Some(nodes) = &eks.spec.nodes else {
            continue;
        };
        let name = cluster.name.as_str();
        let mut push = |path: &[&str], message: String, help: &str| {
            found.push(
                context
                    .finding(path, message)
                    .help(help)
                    .label(context.place(path), "asked for here"),
            );
        };
        if nodes.values.is_some() && !nodes.pools.is_empty() {
            push(
                &["clusters", name, "nodes", "values"],
                format!(
                    "the nodes of the cluster `{name}` are both pools of the model and raw values of the chart"
                ),
                "keep one of them: `pools`, or `values` as an import wrote them",
            );
        }
        if nodes.values.is_some() && nodes.provisioner != Provisioner::Karpenter {
            push(
                &["clusters", name, "nodes", "values"],
                format!(
                    "the chart's node pools are Karpenter's, and something else makes the nodes of the cluster `{name}`"
                ),
                "say provisioner: karpenter, or name `pools` in place of `values`",
            );
        }
        for (pool, spec) in &nodes.pools {
            let path = ["clusters", name, "nodes", "pools", pool.as_str()];
            if let (Some(minimum), Some(maximum)) = (spec.minimum, spec.maximum)
                && minimum > maximum
            {
                push(
                    &path,
                    format!(
                        "the pool `{pool}` of the cluster `{name}` has {minimum} nodes at least and {maximum} at most"
                    ),
                    "set `maximum` to `minimum` or more",
                );
            }
            if spec.maximum == Some(0) {
                push(
                    &path,
                    format!("the pool `{pool}` of the cluster `{name}` may have no node at all"),
                    "set `maximum` to one or more, or take the pool out",
                );
            }
            let is_reserved =
                pool.as_str() == "system" && nodes.provisioner != Provisioner::Managed;
            if is_reserved {
                push(
                    &path,
                    format!("a pool of the cluster `{name}` may not be named `system`"),
                    "give it another name: what makes the nodes has a group of this name",
                );
            }
            if spec.volume_gib.is_some_and(|size| size < 20) {
                push(
                    &path,
                    format!(
                        "the volumes of the pool `{pool}` of the cluster `{name}` are smaller than 20 GiB"
                    ),
                    "set `volumeGib` to 20 or more: the image alone takes 8",
                );
            }
        }
    }
}
