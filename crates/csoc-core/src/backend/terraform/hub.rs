//! The layer `hub`: the zone that accounts' domains are delegated from, the certificate of the hub's own hosts, and who reads its secrets.

use super::dns;
use super::place::Place;
use super::policy::{Statement, document, json};
use super::root::Content;
use super::service_account;
use super::variables::Variable;
use crate::contract::{HUB_SECRETS, HubContract, KeyPurpose, ParentZone};
use crate::hcl::{Block, Body, Expression};
use crate::model::stack::OutputKind;

/// What the hub is made of besides its cluster.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Hub {
    pub(super) place: Place,
    pub(super) contract: HubContract,
    pub(super) boundary: String,
}

impl Hub {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut content = Content::default();
        if self.contract.parent_zone() == Some(ParentZone::Hub)
            && let Some(domain) = &self.contract.spec.domain
        {
            let zone = |name: &str| Expression::reference(&format!("aws_route53_zone.hub.{name}"));
            content.main.push(
                Block::new("resource", ["aws_route53_zone", "hub"])
                    .attribute("name", domain.as_str())
                    .attribute(
                        "comment",
                        "Domain of the hub; domains of accounts are delegated from it",
                    )
                    .attribute("force_destroy", false)
                    .block(Block::unlabelled("lifecycle").attribute("prevent_destroy", true)),
            );
            content.outputs = vec![
                (OutputKind::ParentZoneId, zone("zone_id")),
                (OutputKind::ParentNameServers, zone("name_servers")),
            ];
        }
        if let Some(zone) = self
            .contract
            .parent_zone()
            .filter(|_| self.has_certificate())
        {
            let zone = match zone {
                ParentZone::Hub => Expression::reference("aws_route53_zone.hub.zone_id"),
                ParentZone::Foundation => Variable::reference(zone.output().as_str()),
            };
            let services = self.contract.services.iter();
            let hosts: Vec<_> = services
                .flat_map(|services| &services.services)
                .map(|service| &service.host)
                .collect();
            let main = std::mem::take(&mut content.main)
                .comment("The hosts of the hub's own services. Nothing waits for it here: its zone has to be delegated first.")
                .blank();
            content.main = dns::certificate(main, "hub", &hosts, zone);
            let arn = Expression::reference("aws_acm_certificate.hub.arn");
            content.outputs.push((OutputKind::HubCertificateArn, arn));
        }
        let mut main = std::mem::take(&mut content.main);
        if self.contract.has_readers() {
            main = self.secrets(main);
        }
        content.main = self.containers(main);
        content
    }

    /// Whether services of the hub have hosts.
    pub(super) fn has_certificate(&self) -> bool {
        self.contract.services.is_some()
    }

    fn secrets(&self, body: Body) -> Body {
        let body = self.role(
            body.comment(
                "External Secrets of the hub: what its own services need, and no environment's.",
            )
            .blank(),
            "external_secrets",
            HubContract::SECRETS_ROLE,
            "External Secrets of the hub",
            &[HubContract::SECRETS_ACCOUNT],
        );
        let secrets = self
            .place
            .arn("secretsmanager", &format!("secret:{HUB_SECRETS}*"));
        let read = Statement::allow("ReadSecrets")
            .actions([
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
            ])
            .on([secrets]);
        let decrypt = Statement::allow("DecryptSecrets")
            .actions(["kms:Decrypt"])
            .on([Variable::reference(KeyPurpose::Secrets.output().as_str())])
            .when(
                "StringEquals",
                "kms:ViaService",
                [self.place.service("secretsmanager")],
            );
        body.block(document("external_secrets", [read, decrypt]))
            .block(
                Block::new("resource", ["aws_iam_role_policy", "external_secrets"])
                    .attribute("name", "secrets")
                    .attribute(
                        "role",
                        Expression::reference("aws_iam_role.external_secrets.name"),
                    )
                    .attribute("policy", json("external_secrets")),
            )
    }

    fn role(
        &self,
        body: Body,
        label: &'static str,
        role: &str,
        description: &str,
        accounts: &[&str],
    ) -> Body {
        let (path, name) = role.rsplit_once('/').unwrap_or(("", role));
        let trust = format!("{label}_trust");
        let statement = service_account::trust(HubContract::NAMESPACE, accounts);
        body.block(document(trust.clone(), [statement])).block(
            Block::new("resource", ["aws_iam_role", label])
                .attribute("name", name)
                .attribute("path", format!("/{path}/"))
                .attribute("description", description)
                .attribute("assume_role_policy", json(&trust))
                .attribute("permissions_boundary", self.boundary.as_str()),
        )
    }
}
