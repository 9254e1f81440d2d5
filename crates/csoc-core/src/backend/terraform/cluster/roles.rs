//! Roles of a cluster: of the control plane, of nodes, and of service accounts.

use super::{Cluster, resource};
use crate::backend::terraform::place::label;
use crate::backend::terraform::policy::{Statement, document, json};
use crate::contract::{ClusterRole, ClusterRolePurpose};
use crate::hcl::{Block, Body, Expression, Part};
use crate::model::nodes::Provisioner;

/// AWS's own policies that a role has.
pub(super) fn managed_policies(
    purpose: ClusterRolePurpose,
    provisioner: Provisioner,
) -> &'static [&'static str] {
    match (purpose, provisioner) {
        (ClusterRolePurpose::Cluster, Provisioner::Auto) => &[
            "AmazonEKSBlockStoragePolicy",
            "AmazonEKSClusterPolicy",
            "AmazonEKSComputePolicy",
            "AmazonEKSLoadBalancingPolicy",
            "AmazonEKSNetworkingPolicy",
        ],
        (ClusterRolePurpose::Cluster, _) => &["AmazonEKSClusterPolicy"],
        (ClusterRolePurpose::Nodes, Provisioner::Auto) => &[
            "AmazonEC2ContainerRegistryPullOnly",
            "AmazonEKSWorkerNodeMinimalPolicy",
        ],
        (ClusterRolePurpose::Nodes, _) => &[
            "AmazonEC2ContainerRegistryPullOnly",
            "AmazonEKSWorkerNodePolicy",
        ],
        (ClusterRolePurpose::VpcCni, _) => &["AmazonEKS_CNI_Policy"],
        (ClusterRolePurpose::EbsCsi, _) => &["service-role/AmazonEBSCSIDriverPolicy"],
        (ClusterRolePurpose::EfsCsi, _) => &["service-role/AmazonEFSCSIDriverPolicy"],
        _ => &[],
    }
}

/// The label of the resource that attaches a policy of AWS.
pub(in crate::backend::terraform) fn attachment_label(
    purpose: ClusterRolePurpose,
    policy: &str,
) -> String {
    let policy = policy.rsplit('/').next().unwrap_or(policy);
    let policy = policy.trim_start_matches("Amazon");
    format!(
        "{}_{}",
        label(purpose.as_str()),
        label(&policy.to_ascii_lowercase())
    )
}

const fn describe(purpose: ClusterRolePurpose) -> &'static str {
    match purpose {
        ClusterRolePurpose::Cluster => "Control plane",
        ClusterRolePurpose::Nodes => "Nodes",
        ClusterRolePurpose::VpcCni => "Network of pods",
        ClusterRolePurpose::EbsCsi => "Volumes",
        ClusterRolePurpose::EfsCsi => "Shared file systems",
        ClusterRolePurpose::Ingress => "Load balancers of ingresses",
        ClusterRolePurpose::Karpenter => "Nodes that Karpenter makes",
        ClusterRolePurpose::ExternalDns => "Records of ingresses",
        ClusterRolePurpose::CertManager => "Records that prove certificates",
        ClusterRolePurpose::ArgoCdHub => "Argo CD of the hub",
        ClusterRolePurpose::ArgoCd => "The hub's Argo CD in this cluster",
        ClusterRolePurpose::ArgoCdRepository => "Credential for Argo CD",
        ClusterRolePurpose::Telemetry => "Credential of what is sent between clusters",
        ClusterRolePurpose::Loki => "Logs",
        ClusterRolePurpose::Mimir => "Metrics",
        ClusterRolePurpose::Tempo => "Traces",
        ClusterRolePurpose::Backup => "AWS Backup",
        ClusterRolePurpose::Monitoring => "Monitoring of the databases",
    }
}

/// A role with its limit.
pub(in crate::backend::terraform) fn role_block(
    role: &ClusterRole,
    of: &str,
    boundary: &str,
) -> Block {
    let name = label(role.purpose.as_str());
    resource("aws_iam_role", name.as_str())
        .attribute("name", role.name())
        .attribute("path", role.path())
        .attribute("description", format!("{} of {of}", describe(role.purpose)))
        .attribute("assume_role_policy", json(&format!("{name}_trust")))
        .attribute("permissions_boundary", boundary)
}

/// A policy of AWS, attached to a role.
pub(in crate::backend::terraform) fn attach(
    partition: &str,
    purpose: ClusterRolePurpose,
    policy: &str,
) -> Block {
    let name = label(purpose.as_str());
    resource(
        "aws_iam_role_policy_attachment",
        attachment_label(purpose, policy),
    )
    .attribute(
        "role",
        Expression::reference(&format!("aws_iam_role.{name}.name")),
    )
    .attribute(
        "policy_arn",
        format!("arn:{partition}:iam::aws:policy/{policy}"),
    )
}

impl Cluster {
    /// A role that a service of AWS is.
    pub(super) fn service_role(&self, body: Body, purpose: ClusterRolePurpose) -> Body {
        let Some(role) = self.role(purpose) else {
            return body;
        };
        let service = match purpose {
            ClusterRolePurpose::Cluster => "eks.amazonaws.com",
            _ => "ec2.amazonaws.com",
        };
        let is_auto = self.provisioner() == Provisioner::Auto;
        let actions: &[&str] = if is_auto && purpose == ClusterRolePurpose::Cluster {
            &["sts:AssumeRole", "sts:TagSession"]
        } else {
            &["sts:AssumeRole"]
        };
        let trust = Statement::allow("Service")
            .actions(actions.iter().copied())
            .principals("Service", [service]);
        let name = label(purpose.as_str());
        let body = body
            .block(document(format!("{name}_trust"), [trust]))
            .block(role_block(role, self.name.as_str(), &self.boundary));
        self.attachments(body, purpose)
    }

    fn attachments(&self, body: Body, purpose: ClusterRolePurpose) -> Body {
        body.blocks(
            managed_policies(purpose, self.provisioner())
                .iter()
                .map(|policy| attach(self.place.partition, purpose, policy)),
        )
    }

    /// A role that service accounts of this cluster are.
    pub(super) fn pod_role(
        &self,
        body: Body,
        purpose: ClusterRolePurpose,
        statements: Vec<Statement>,
    ) -> Body {
        let Some(role) = self.role(purpose) else {
            return body;
        };
        let claim = |claim: &str| {
            Expression::template([
                Part::from(Expression::reference("local.oidc_issuer")),
                Part::from(claim),
            ])
        };
        let (namespace, accounts) = purpose.service_accounts();
        let subjects = accounts
            .iter()
            .map(|account| format!("system:serviceaccount:{namespace}:{account}"));
        let trust = Statement::allow("ServiceAccount")
            .actions(["sts:AssumeRoleWithWebIdentity"])
            .principals(
                "Federated",
                [Expression::reference(
                    "aws_iam_openid_connect_provider.cluster.arn",
                )],
            )
            .when("StringEquals", claim(":aud"), ["sts.amazonaws.com"])
            .when("StringEquals", claim(":sub"), subjects);
        let name = label(purpose.as_str());
        let body = body
            .block(document(format!("{name}_trust"), [trust]))
            .block(role_block(role, self.name.as_str(), &self.boundary));
        let body = self.attachments(body, purpose);
        own_policy(body, purpose, statements)
    }
}

/// A policy of a role of its own; none where nothing is in it.
pub(in crate::backend::terraform) fn own_policy(
    body: Body,
    purpose: ClusterRolePurpose,
    statements: Vec<Statement>,
) -> Body {
    if statements.is_empty() {
        return body;
    }
    let name = label(purpose.as_str());
    body.block(document(name.clone(), statements)).block(
        resource("aws_iam_role_policy", name.as_str())
            .attribute("name", purpose.as_str())
            .attribute(
                "role",
                Expression::reference(&format!("aws_iam_role.{name}.name")),
            )
            .attribute("policy", json(&name)),
    )
}
