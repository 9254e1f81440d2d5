//! Who may do what in a cluster: entries, in place of a map in the cluster and of whoever made it.

use super::{Cluster, Delivery, Reach, after, of_cluster, resource};
use crate::backend::terraform::place::label;
use crate::backend::terraform::policy::{Statement, document, lines};
use crate::contract::{ACCESS_ROLES, ClusterRolePurpose};
use crate::hcl::{Block, Body, Expression};

use super::roles::{own_policy, role_block};

/// What an entry lets do.
#[derive(Clone, Copy)]
enum Policy<'a> {
    /// Everything.
    Administer,
    /// Reading everything but Secrets.
    View,
    /// Everything within namespaces.
    Deploy(&'a [String]),
}

impl Cluster {
    /// The entries of the account's roles, of operators and of the hub's Argo CD.
    pub(super) fn access(&self, mut body: Body) -> Body {
        body = body
            .comment("Who may do what in the cluster. Nobody else: whoever made it is no administrator of it.")
            .blank();
        for (name, role) in ["deploy", "plan", "breakglass"]
            .into_iter()
            .zip(ACCESS_ROLES)
        {
            let policy = if name == "plan" {
                Policy::View
            } else {
                Policy::Administer
            };
            let principal = self.place.iam(&format!("role/{role}"));
            body = self.entry(body, name, principal.into(), policy);
        }
        let access = &self.spec().access;
        for (kind, arns, policy) in [
            ("administrator", &access.administrators, Policy::Administer),
            ("viewer", &access.viewers, Policy::View),
        ] {
            for (number, arn) in arns.iter().enumerate() {
                let name = format!("{kind}_{}", number + 1);
                body = self.entry(body, &name, arn.as_str().into(), policy);
            }
        }
        body
    }

    fn entry(&self, body: Body, name: &str, principal: Expression, policy: Policy<'_>) -> Body {
        let (arn, scope) = match policy {
            Policy::Administer => ("AmazonEKSClusterAdminPolicy", cluster_wide()),
            Policy::View => ("AmazonEKSViewPolicy", cluster_wide()),
            Policy::Deploy(namespaces) => {
                let namespaces = namespaces.iter().map(|name| name.as_str().into()).collect();
                let scope = Block::unlabelled("access_scope")
                    .attribute("type", "namespace")
                    .attribute("namespaces", lines(namespaces));
                ("AmazonEKSAdminPolicy", scope)
            }
        };
        let entry = format!("aws_eks_access_entry.{name}");
        body.block(
            resource("aws_eks_access_entry", name)
                .attribute("cluster_name", of_cluster("name"))
                .attribute("principal_arn", principal),
        )
        .block(
            resource("aws_eks_access_policy_association", name)
                .attribute("cluster_name", of_cluster("name"))
                .attribute(
                    "principal_arn",
                    Expression::reference(&format!("{entry}.principal_arn")),
                )
                .attribute(
                    "policy_arn",
                    format!(
                        "arn:{}:eks::aws:cluster-access-policy/{arn}",
                        self.place.partition
                    ),
                )
                .block(scope),
        )
    }

    /// The hub's Argo CD: its own role in the hub's cluster, and what it is in a cluster that it pushes to.
    pub(super) fn delivery(&self, mut body: Body) -> Body {
        if self.role(ClusterRolePurpose::ArgoCdHub).is_some() {
            let spokes = Statement::allow("BecomeRolesOfClusters")
                .actions(["sts:AssumeRole"])
                .on(self.spokes.iter().map(String::as_str));
            body = body
                .comment("Argo CD of the hub, which pushes to other clusters.")
                .blank();
            body = self.pod_role(body, ClusterRolePurpose::ArgoCdHub, vec![spokes]);
        }
        let purpose = ClusterRolePurpose::ArgoCd;
        if let (Some(role), Some(delivery)) = (self.role(purpose), &self.delivery) {
            let mut trust = Statement::allow("ArgoCdOfTheHub")
                .actions(["sts:AssumeRole"])
                .principals("AWS", [delivery.hub_role.as_str()]);
            if let Some(organization) = &delivery.organization {
                trust = trust.when(
                    "StringEquals",
                    "aws:PrincipalOrgID",
                    [organization.as_str()],
                );
            }
            let name = label(purpose.as_str());
            body = body
                .comment(match &delivery.reach {
                    Reach::Cluster => "What the hub's Argo CD is here: it installs what the cluster has, so that it reaches all of it. Projects bound what each commons reaches.",
                    Reach::Namespaces(_) => "What the hub's Argo CD is here: it reaches the namespaces of environments, and nothing else.",
                })
                .blank()
                .block(document(format!("{name}_trust"), [trust]))
                .block(role_block(role, self.name.as_str(), &self.boundary));
            body = own_policy(body, purpose, Vec::new());
            let policy = match &delivery.reach {
                Reach::Cluster => Some(Policy::Administer),
                Reach::Namespaces(names) if names.is_empty() => None,
                Reach::Namespaces(names) => Some(Policy::Deploy(names)),
            };
            if let Some(policy) = policy {
                let principal = Expression::reference(&format!("aws_iam_role.{name}.arn"));
                body = self.entry(body, &name, principal, policy);
            }
            body = entrance(body, delivery);
        }
        body
    }

    /// A resource that is made once nodes can run pods.
    pub(super) fn after_nodes(&self, block: Block) -> Block {
        let groups: Vec<String> = self
            .groups
            .iter()
            .map(|pool| format!("aws_eks_node_group.{}", label(&pool.name)))
            .collect();
        if groups.is_empty() {
            return block;
        }
        after(block, &groups)
    }
}

/// The door to the API: EKS lets in nobody but the cluster's own nodes.
fn entrance(body: Body, delivery: &Delivery) -> Body {
    let Some(network) = &delivery.network else {
        return body;
    };
    let group = of_cluster("vpc_config[0].cluster_security_group_id");
    body.comment("The network of the hub. EKS lets only what is in its own group reach the API.")
        .blank()
        .block(
            resource("aws_vpc_security_group_ingress_rule", "hub")
                .attribute("security_group_id", group)
                .attribute("description", "Argo CD of the hub")
                .attribute("ip_protocol", "tcp")
                .attribute("from_port", 443)
                .attribute("to_port", 443)
                .attribute("cidr_ipv4", network.as_str()),
        )
}

fn cluster_wide() -> Block {
    Block::unlabelled("access_scope").attribute("type", "cluster")
}
