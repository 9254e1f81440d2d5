//! The repository's credential: a container for it, and the role that copies it into the cluster. Never a value.

use super::Delivery;
use crate::backend::terraform::cluster::{key, own_policy, role_block};
use crate::backend::terraform::policy::{Statement, document, json};
use crate::backend::terraform::service_account::trust;
use crate::contract::{
    ACCESS_ROLES, ClusterRole, ClusterRolePurpose, CredentialContract, KeyPurpose, matters,
};
use crate::hcl::{Block, Body};

/// The label of the container and its policy.
const LABEL: &str = "repository";

impl Delivery {
    pub(super) fn credential(
        &self,
        body: Body,
        credential: &CredentialContract,
        reader: &ClusterRole,
    ) -> Body {
        let purpose = ClusterRolePurpose::ArgoCdRepository;
        let name = &credential.secret;
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
        let keys = credential.kind.keys().join(", ");
        let body = body
            .comment(
                "What Argo CD shows to its repository: a container only, which a person fills.",
            )
            .blank()
            .block(document(LABEL, self.readers(reader)))
            .block(
                Block::new("resource", ["aws_secretsmanager_secret", LABEL])
                    .attribute("name", name.as_str())
                    .attribute(
                        "description",
                        format!("Argo CD's credential of its repository, JSON: {keys}"),
                    )
                    .attribute("kms_key_id", key(KeyPurpose::Secrets))
                    .attribute("recovery_window_in_days", window)
                    .attribute("policy", json(LABEL)),
            )
            .block(document(
                format!(
                    "{}_trust",
                    crate::backend::terraform::place::label(purpose.as_str())
                ),
                [trust(namespace, accounts)],
            ))
            .block(role_block(reader, self.cluster.as_str(), &self.boundary));
        own_policy(body, purpose, vec![read, decrypt])
    }

    /// A second lock beside the role's policy.
    fn readers(&self, reader: &ClusterRole) -> [Statement; 2] {
        let values = [
            "secretsmanager:BatchGetSecretValue",
            "secretsmanager:GetSecretValue",
        ];
        let [deploy, plan, breakglass] =
            ACCESS_ROLES.map(|role| self.place.iam(&format!("role/{role}")));
        [
            Statement::deny("DenyOtherReaders")
                .actions(values)
                .anywhere()
                .everyone()
                .when(
                    "ArnNotEquals",
                    "aws:PrincipalArn",
                    [reader.arn.clone(), breakglass],
                ),
            Statement::deny("DenyDeployAndPlan")
                .actions(values)
                .anywhere()
                .everyone()
                .when("ArnEquals", "aws:PrincipalArn", [deploy, plan]),
        ]
    }
}
