//! The role for secrets: it alone puts values into containers, and sees them again. It makes and deletes nothing else.

use std::collections::BTreeSet;

use super::{Access, role_policy};
use crate::backend::terraform::place::Place;
use crate::backend::terraform::policy::Statement;
use crate::contract::{AccountContract, Contracts, SEEDER_ROLE};
use crate::hcl::Body;
use crate::model::cloud::Region;

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
        if self.secrets.is_empty() {
            return Vec::new();
        }
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
                .on(self.secrets.iter().map(String::as_str)),
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
        if !self.members.is_empty() {
            statements.push(
                Statement::allow("BecomeThoseOfMembers")
                    .actions(["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"])
                    .on(self.members.iter().map(String::as_str)),
            );
        }
        statements
    }
}

/// What the fleet keeps in an account: all that begins with the name of an environment, everything else by its own name.
pub(super) fn of(
    account: &AccountContract,
    contracts: &Contracts,
    place: &Place,
) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    let mut keep = |region: &Region, pattern: &str| {
        let place = Place {
            region: region.clone(),
            ..place.clone()
        };
        secrets.insert(place.arn("secretsmanager", &format!("secret:{pattern}")));
    };
    let environments = contracts.environments.values();
    for environment in environments.filter(|it| it.account == account.name) {
        let own = environment
            .secrets
            .iter()
            .map(|secret| secret.name.as_str());
        let providers = environment.spec.identity_providers.values();
        let clients = providers.filter_map(|it| Some(it.client_secret.as_ref()?.name()));
        let prefix = format!("{}-", environment.environment_id);
        for name in own.chain(clients) {
            if prefix.len() > 1 && name.starts_with(&prefix) {
                keep(&environment.region, &format!("{prefix}*"));
            } else {
                keep(&environment.region, &format!("{name}-??????"));
            }
        }
    }
    let clusters = contracts.clusters.values();
    for cluster in clusters.filter(|it| it.account == account.name) {
        let Some(eks) = &cluster.eks else {
            continue;
        };
        let delivery = eks.delivery.as_ref();
        let credential = delivery.and_then(|it| it.credential.as_ref());
        let names = credential.map(|it| &it.secret).into_iter();
        for name in names.chain(&eks.telemetry) {
            keep(&cluster.region, &format!("{name}-??????"));
        }
    }
    let hub = contracts.hub.as_ref();
    if let Some(hub) = hub.filter(|hub| hub.account == account.name) {
        for secret in hub.secrets() {
            keep(&hub.region, &format!("{}-??????", secret.name()));
        }
    }
    secrets
}

/// The roles for secrets of an account's members: those of which it is the hub.
pub(super) fn members(account: &AccountContract, contracts: &Contracts) -> Vec<String> {
    let own = &account.spec.id;
    let accounts = contracts.accounts.values();
    let members = accounts.filter(|it| it.hub.as_ref() == Some(own) && it.spec.id != *own);
    members
        .map(|member| {
            let (partition, id) = (member.partition, &member.spec.id);
            format!("arn:{partition}:iam::{id}:role/{SEEDER_ROLE}")
        })
        .collect()
}
