//! The role for secrets: it alone puts values into containers, and sees them again. It makes and deletes nothing else.

use super::{Access, role_policy};
use crate::backend::terraform::place::Place;
use crate::backend::terraform::policy::Statement;
use crate::hcl::Body;

impl Access {
    /// The role that seeds, checks and rotates, for people with a second factor: no pipeline sees a value.
    pub(super) fn secrets(&self, body: Body) -> Body {
        let body = self.role(
            body.comment("csoc-secrets is for people who seed, check and rotate secrets.")
                .blank(),
            "secrets",
            "Seeds, checks and rotates secrets",
            std::slice::from_ref(&self.seeder),
            // AWS tells of no second factor of who is a role already: the hub's own role asked for it.
            self.seeder.ends_with(":root"),
        );
        role_policy(body, "secrets", "values", self.secret_values())
    }

    fn secret_values(&self) -> Vec<Statement> {
        let values = [
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
        ];
        let services = self.regions.iter().map(|region| {
            let place = Place {
                region: region.clone(),
                ..self.place.clone()
            };
            place.service("secretsmanager")
        });
        let mut statements = vec![
            Statement::allow("KeepSecrets")
                .actions(values.into_iter().chain([
                    "secretsmanager:CreateSecret",
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:ListSecretVersionIds",
                ]))
                .on(self.regional("secretsmanager", "secret:*")),
            Statement::allow("UseKeysOfSecrets")
                .actions(["kms:Decrypt", "kms:GenerateDataKey"])
                .on(self.regional("kms", "key/*"))
                .when("StringEquals", "kms:ViaService", services),
        ];
        // Those are Terraform's: what is in them is in the database, too.
        let masters = self.master_secrets();
        if !masters.is_empty() {
            statements.push(
                Statement::deny("KeepOffDatabases")
                    .actions(values)
                    .on(masters),
            );
        }
        // From the hub's account people go on to the members'.
        if self.hub.as_ref() == Some(&self.place.account) {
            statements.push(
                Statement::allow("BecomeThoseOfMembers")
                    .actions(["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"])
                    .on([format!(
                        "arn:{}:iam::*:role/{}",
                        self.place.partition,
                        crate::contract::SEEDER_ROLE
                    )]),
            );
        }
        statements
    }
}
