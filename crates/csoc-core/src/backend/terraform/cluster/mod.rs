//! The layer `cluster`: EKS, who may do what in it, its nodes, its add-ons and their roles.

mod access;
mod addons;
mod controllers;
mod karpenter;
mod nodes;
mod roles;

pub(super) use roles::{attach, attachment_label, own_policy, role_block};

use super::place::Place;
use super::policy::Statement;
use super::root::Content;
use super::variables::Variable;
use crate::contract::{ClusterRole, ClusterRolePurpose, EksContract, KeyPurpose, Pool};
use crate::hcl::{Block, Body, Expression};
use crate::model::cluster::{Cluster as Spec, KUBERNETES_VERSION};
use crate::model::control_plane::EndpointAccess;
use crate::model::name::ObjectName;
use crate::model::network::{Cidr, Hostname};
use crate::model::nodes::Provisioner;
use crate::model::stack::OutputKind;

/// Days that logs are kept where the model says nothing.
pub(super) const LOG_DAYS: u32 = 365;
/// What a control plane logs: all that it can.
const CONTROL_PLANE_LOGS: [&str; 5] = [
    "api",
    "audit",
    "authenticator",
    "controllerManager",
    "scheduler",
];
/// The one label of what a cluster has once.
const CLUSTER: &str = "cluster";

/// What a cluster is made of.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Cluster {
    pub(super) place: Place,
    pub(super) name: ObjectName,
    /// `{vpc}` in names, and the tag that Karpenter finds networks by.
    pub(super) vpc: String,
    pub(super) eks: EksContract,
    /// The limit of every role.
    pub(super) boundary: String,
    /// The groups that EKS keeps.
    pub(super) groups: Vec<Pool>,
    /// What the hub's Argo CD may reach here: who it is, and how far.
    pub(super) delivery: Option<Delivery>,
    /// The roles that the hub's Argo CD becomes elsewhere; only in the hub's cluster.
    pub(super) spokes: Vec<String>,
    /// The domain of the account, for records.
    pub(super) domain: Option<Hostname>,
}

/// The hub's Argo CD, as a cluster that it pushes to knows it.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Delivery {
    pub(super) hub_role: String,
    /// The organization that the hub must be of.
    pub(super) organization: Option<String>,
    /// The hub's network, where the cluster's API is reached by addresses of networks.
    pub(super) network: Option<String>,
    pub(super) reach: Reach,
}

/// How far the hub's Argo CD reaches in a cluster that it pushes to.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) enum Reach {
    /// Everywhere, since it installs the cluster's add-ons: kinds, cluster roles, namespaces of their own.
    Cluster,
    /// Into the namespaces of environments; somebody else installs the add-ons.
    Namespaces(Vec<String>),
}

/// A resource of a kind and label.
pub(super) fn resource(kind: &'static str, label: impl Into<String>) -> Block {
    Block::new("resource", [kind.to_owned(), label.into()])
}

/// A reference to an attribute of the cluster.
fn of_cluster(attribute: &str) -> Expression {
    Expression::reference(&format!("aws_eks_cluster.{CLUSTER}.{attribute}"))
}

/// A resource made after others without using a value of them.
pub(super) fn after(mut block: Block, resources: &[String]) -> Block {
    let references = resources.iter().map(|it| Expression::reference(it));
    block.body.push(crate::hcl::Item::Blank);
    block.attribute("depends_on", super::policy::lines(references.collect()))
}

impl Cluster {
    fn spec(&self) -> &Spec {
        &self.eks.spec
    }

    fn provisioner(&self) -> Provisioner {
        self.eks.provisioner()
    }

    fn role(&self, purpose: ClusterRolePurpose) -> Option<&ClusterRole> {
        self.eks.role(purpose)
    }

    /// The Kubernetes version.
    fn version(&self) -> String {
        let version = self.spec().version.as_ref();
        version.map_or_else(|| KUBERNETES_VERSION.to_owned(), ToString::to_string)
    }

    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut main = self.control_plane(Body::new());
        main = self.nodes(main);
        main = self.access(main);
        main = self.addons(main);
        if self.provisioner() == Provisioner::Karpenter {
            main = self.karpenter(main);
        }
        main = self.delivery(main);
        let issuer = Expression::reference("local.oidc_issuer");
        let outputs = vec![
            (OutputKind::ClusterEndpoint, of_cluster("endpoint")),
            (
                OutputKind::ClusterCertificateAuthority,
                of_cluster("certificate_authority[0].data"),
            ),
            (OutputKind::OidcIssuer, issuer),
            (
                OutputKind::OidcProviderArn,
                Expression::reference("aws_iam_openid_connect_provider.cluster.arn"),
            ),
            (
                OutputKind::ClusterSecurityGroupId,
                of_cluster("vpc_config[0].cluster_security_group_id"),
            ),
            (OutputKind::ClusterVersion, of_cluster("version")),
            (OutputKind::NodeVersions, self.node_versions()),
        ];
        Content { main, outputs }
    }

    fn control_plane(&self, body: Body) -> Body {
        let days = self.spec().log_retention_days.unwrap_or(LOG_DAYS);
        let log = resource("aws_cloudwatch_log_group", CLUSTER)
            .attribute("name", format!("/aws/eks/{}/cluster", self.name))
            .attribute("kms_key_id", key(KeyPurpose::Logs))
            .attribute("retention_in_days", days);
        let body = body
            .comment("EKS writes into a group of this name; without one it makes its own, unencrypted and for ever.")
            .blank()
            .block(log);
        let body = self.service_role(body, ClusterRolePurpose::Cluster);
        let encrypts = Statement::allow("EncryptSecrets")
            .actions([
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:ListGrants",
            ])
            .on([key(KeyPurpose::Cluster)]);
        let mut body = roles::own_policy(body, ClusterRolePurpose::Cluster, vec![encrypts]);
        let mut needs: Vec<String> = vec![
            "aws_cloudwatch_log_group.cluster".to_owned(),
            "aws_iam_role_policy.cluster".to_owned(),
        ];
        needs.extend(
            roles::managed_policies(ClusterRolePurpose::Cluster, self.provisioner())
                .iter()
                .map(|policy| {
                    let label = roles::attachment_label(ClusterRolePurpose::Cluster, policy);
                    format!("aws_iam_role_policy_attachment.{label}")
                }),
        );
        let is_auto = self.provisioner() == Provisioner::Auto;
        let mut cluster = resource("aws_eks_cluster", CLUSTER)
            .attribute("name", self.name.as_str())
            .attribute("version", self.version())
            .attribute("role_arn", role_arn(ClusterRolePurpose::Cluster))
            .attribute(
                "enabled_cluster_log_types",
                Expression::list(CONTROL_PLANE_LOGS),
            )
            .attribute("bootstrap_self_managed_addons", false)
            .block(
                Block::unlabelled("access_config")
                    .attribute("authentication_mode", "API")
                    .attribute("bootstrap_cluster_creator_admin_permissions", false),
            )
            .block(self.network());
        if is_auto {
            cluster =
                cluster
                    .block(
                        Block::unlabelled("compute_config")
                            .attribute("enabled", true)
                            .attribute(
                                "node_pools",
                                Expression::list(["general-purpose", "system"]),
                            )
                            .attribute("node_role_arn", role_arn(ClusterRolePurpose::Nodes)),
                    )
                    .block(Block::unlabelled("kubernetes_network_config").block(
                        Block::unlabelled("elastic_load_balancing").attribute("enabled", true),
                    ))
                    .block(
                        Block::unlabelled("storage_config")
                            .block(Block::unlabelled("block_storage").attribute("enabled", true)),
                    );
        }
        cluster = cluster
            .block(
                Block::unlabelled("encryption_config")
                    .attribute("resources", Expression::list(["secrets"]))
                    .block(
                        Block::unlabelled("provider")
                            .attribute("key_arn", key(KeyPurpose::Cluster)),
                    ),
            )
            .block(Block::unlabelled("upgrade_policy").attribute("support_type", "STANDARD"));
        body.push(after(cluster.block(self.lifecycle()), &needs));
        let issuer = Expression::call(
            "replace",
            [
                of_cluster("identity[0].oidc[0].issuer"),
                "https://".into(),
                "".into(),
            ],
        );
        body.block(Block::unlabelled("locals").attribute("oidc_issuer", issuer))
            .block(
                resource("aws_iam_openid_connect_provider", CLUSTER)
                    .attribute("url", of_cluster("identity[0].oidc[0].issuer"))
                    .attribute("client_id_list", Expression::list(["sts.amazonaws.com"])),
            )
    }

    /// What Terraform must not do to the cluster, whatever it finds. How it was made cannot be read of one that is
    /// imported, and the provider would make it again for that.
    fn lifecycle(&self) -> Block {
        let protected = self.spec().deletion_protection.unwrap_or(true);
        Block::unlabelled("lifecycle")
            .optional("prevent_destroy", protected.then_some(true))
            .comment("Only said when it is made, and not to be read afterwards.")
            .attribute(
                "ignore_changes",
                Expression::list([
                    Expression::reference(
                        "access_config[0].bootstrap_cluster_creator_admin_permissions",
                    ),
                    Expression::reference("bootstrap_self_managed_addons"),
                ]),
            )
    }

    fn network(&self) -> Block {
        let endpoint = &self.spec().endpoint;
        let is_public = endpoint.access == EndpointAccess::Public;
        let cidrs = endpoint.cidrs.iter().map(Cidr::as_str);
        Block::unlabelled("vpc_config")
            .attribute(
                "subnet_ids",
                Variable::reference(OutputKind::PrivateSubnetIds.as_str()),
            )
            .attribute("endpoint_private_access", true)
            .attribute("endpoint_public_access", is_public)
            .optional(
                "public_access_cidrs",
                is_public.then(|| super::policy::lines(cidrs.map(Into::into).collect())),
            )
    }
}

/// The key of a purpose.
pub(super) fn key(purpose: KeyPurpose) -> Expression {
    Variable::reference(purpose.output().as_str())
}

/// The ARN of a role that the same root makes.
pub(super) fn role_arn(purpose: ClusterRolePurpose) -> Expression {
    let label = super::place::label(purpose.as_str());
    Expression::reference(&format!("aws_iam_role.{label}.arn"))
}
