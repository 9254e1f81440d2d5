//! The layer `secrets`: containers and who may read them, never values.

use super::place::{Place, label};
use super::policy::{Statement, document, json};
use super::root::Content;
use super::variables::Variable;
use crate::catalog::SecretShape;
use crate::contract::{ACCESS_ROLES, KeyPurpose, SEEDER_ROLE, SecretContract};
use crate::hcl::{Block, Body};
use crate::model::environment::Tier;

/// What an environment's secrets are made of.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Secrets {
    pub(super) place: Place,
    pub(super) tier: Tier,
    pub(super) containers: Vec<SecretContract>,
    /// The role of External Secrets.
    pub(super) reader: Option<String>,
}

impl Secrets {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let main = Body::new()
            .comment("Containers only: values are seeded outside Terraform and are never in a plan or a state.")
            .blank()
            .block(document("readers", self.readers()))
            .blocks(self.containers.iter().map(|secret| self.secret(secret)));
        Content {
            main,
            outputs: Vec::new(),
        }
    }

    /// A second lock beside the roles' policies. Roles that do not exist yet may be named.
    fn readers(&self) -> [Statement; 2] {
        let values = [
            "secretsmanager:BatchGetSecretValue",
            "secretsmanager:GetSecretValue",
        ];
        let [deploy, plan, breakglass] =
            ACCESS_ROLES.map(|role| self.place.iam(&format!("role/{role}")));
        let seeder = self.place.iam(&format!("role/{SEEDER_ROLE}"));
        let readers = self.reader.iter().cloned().chain([breakglass, seeder]);
        [
            Statement::deny("DenyOtherReaders")
                .actions(values)
                .anywhere()
                .everyone()
                .when("ArnNotEquals", "aws:PrincipalArn", readers),
            Statement::deny("DenyDeployAndPlan")
                .actions(values)
                .anywhere()
                .everyone()
                .when("ArnEquals", "aws:PrincipalArn", [deploy, plan]),
        ]
    }

    fn secret(&self, secret: &SecretContract) -> Block {
        let what = match secret.shape {
            SecretShape::DatabaseCredentials => "Database credentials".to_owned(),
            _ => secret.purpose.clone(),
        };
        let window = if self.tier == Tier::Prod { 30 } else { 7 };
        Block::new(
            "resource",
            [
                "aws_secretsmanager_secret".to_owned(),
                label(&secret.purpose),
            ],
        )
        .attribute("name", secret.name.as_str())
        .attribute("description", format!("{what} of {}", secret.service))
        .attribute(
            "kms_key_id",
            Variable::reference(KeyPurpose::Secrets.output().as_str()),
        )
        .attribute("recovery_window_in_days", window)
        .attribute("policy", json("readers"))
    }
}
