//! The hub's own secrets: containers that people fill, and who reads them. Never a value.

use super::cluster::key;
use super::hub::Hub;
use super::place::label;
use super::policy::{Statement, document, json};
use crate::contract::{ACCESS_ROLES, HubContract, HubSecret, KeyPurpose, SEEDER_ROLE};
use crate::hcl::{Block, Body};

/// The label of the policy of all containers.
const POLICY: &str = "secrets";

impl Hub {
    /// The containers, where services of the hub need any, or clusters that it speaks to with a token.
    pub(super) fn containers(&self, body: Body) -> Body {
        let secrets = self.contract.secrets();
        if secrets.is_empty() {
            return body;
        }
        let body = body
            .comment("What services of the hub need: containers only, which people fill.")
            .blank()
            .block(document(POLICY, self.readers()));
        secrets
            .iter()
            .fold(body, |body, secret| body.block(container(secret)))
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
        let reader = self
            .place
            .iam(&format!("role/{}", HubContract::SECRETS_ROLE));
        [
            Statement::deny("DenyOtherReaders")
                .actions(values)
                .anywhere()
                .everyone()
                .when(
                    "ArnNotEquals",
                    "aws:PrincipalArn",
                    [reader, breakglass, seeder],
                ),
            Statement::deny("DenyDeployAndPlan")
                .actions(values)
                .anywhere()
                .everyone()
                .when("ArnEquals", "aws:PrincipalArn", [deploy, plan]),
        ]
    }
}

fn container(secret: &HubSecret) -> Block {
    let keys = secret.keys.join(", ");
    Block::new(
        "resource",
        [
            "aws_secretsmanager_secret".to_owned(),
            label(&secret.purpose),
        ],
    )
    .attribute("name", secret.name())
    .attribute(
        "description",
        format!("{}, JSON: {keys}", secret.description),
    )
    .attribute("kms_key_id", key(KeyPurpose::Secrets))
    .attribute("recovery_window_in_days", 30)
    .attribute("policy", json(POLICY))
}
