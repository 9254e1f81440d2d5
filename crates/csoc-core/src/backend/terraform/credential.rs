//! A credential that a cluster reads: a container that a person fills, and the role that copies it into the cluster. Never a value.

use super::cluster::{key, own_policy, role_block};
use super::place::{Place, label};
use super::policy::{Statement, document, json};
use super::service_account::trust;
use crate::contract::{ACCESS_ROLES, ClusterRole, KeyPurpose, SEEDER_ROLE, matters};
use crate::hcl::{Block, Body};
use crate::model::environment::Tier;
use crate::model::name::ObjectName;

/// A credential of a cluster.
pub(super) struct Credential<'a> {
    pub(super) place: &'a Place,
    pub(super) cluster: &'a ObjectName,
    /// The label of the container and its policy.
    pub(super) label: &'static str,
    /// The name in the secret manager.
    pub(super) secret: &'a str,
    pub(super) description: String,
    /// The role that reads it.
    pub(super) reader: &'a ClusterRole,
    /// The limit of every role.
    pub(super) boundary: &'a str,
    /// The tier of the environment on the cluster that matters most.
    pub(super) tier: Option<Tier>,
}

impl Credential<'_> {
    /// The container, its policy and the role.
    pub(super) fn blocks(&self, body: Body) -> Body {
        let purpose = self.reader.purpose;
        let name = self.secret;
        let (namespace, accounts) = purpose.service_accounts();
        let window = if matters(self.tier) { 30 } else { 7 };
        // The cloud appends six characters of its own; a shorter pattern would match longer names too.
        let secret = self
            .place
            .arn("secretsmanager", &format!("secret:{name}-??????"));
        let read = Statement::allow("ReadSecret")
            .actions([
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
            ])
            .on([secret]);
        let decrypt = Statement::allow("DecryptSecret")
            .actions(["kms:Decrypt"])
            .on([key(KeyPurpose::Secrets)])
            .when(
                "StringEquals",
                "kms:ViaService",
                [self.place.service("secretsmanager")],
            );
        let body = body
            .block(document(self.label, self.readers()))
            .block(
                Block::new("resource", ["aws_secretsmanager_secret", self.label])
                    .attribute("name", name)
                    .attribute("description", self.description.as_str())
                    .attribute("kms_key_id", key(KeyPurpose::Secrets))
                    .attribute("recovery_window_in_days", window)
                    .attribute("policy", json(self.label)),
            )
            .block(document(
                format!("{}_trust", label(purpose.as_str())),
                [trust(namespace, accounts)],
            ))
            .block(role_block(
                self.reader,
                self.cluster.as_str(),
                self.boundary,
            ));
        own_policy(body, purpose, vec![read, decrypt])
    }

    /// A second lock beside the role's policy.
    fn readers(&self) -> [Statement; 2] {
        let values = [
            "secretsmanager:BatchGetSecretValue",
            "secretsmanager:GetSecretValue",
        ];
        let [deploy, plan, breakglass] =
            ACCESS_ROLES.map(|role| self.place.iam(&format!("role/{role}")));
        let seeder = self.place.iam(&format!("role/{SEEDER_ROLE}"));
        [
            Statement::deny("DenyOtherReaders")
                .actions(values)
                .anywhere()
                .everyone()
                .when(
                    "ArnNotEquals",
                    "aws:PrincipalArn",
                    [self.reader.arn.clone(), breakglass, seeder],
                ),
            Statement::deny("DenyDeployAndPlan")
                .actions(values)
                .anywhere()
                .everyone()
                .when("ArnEquals", "aws:PrincipalArn", [deploy, plan]),
        ]
    }
}
