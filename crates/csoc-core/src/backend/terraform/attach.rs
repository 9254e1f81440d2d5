//! The layer `attach`: what the hub's account has for one other account in one region.
//!
//! It is applied in the hub's account, and takes from the other only outputs
//! that are recorded: so the two never wait for each other.

use super::key;
use super::place::Place;
use super::policy::{Statement, document, json};
use super::root::Content;
use super::variables::Variable;
use crate::contract::{HubContract, ParentZone};
use crate::hcl::{Block, Body, Expression};
use crate::model::cloud::{AccountId, OrganizationId};
use crate::model::hub::{BackupVaults, RetentionLock};
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::model::stack::OutputKind;

/// The hub's side of an account in one of its regions.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Attach {
    /// The hub's account and that region.
    pub(super) place: Place,
    pub(super) member: ObjectName,
    pub(super) member_id: AccountId,
    pub(super) organization: Option<OrganizationId>,
    /// The domain that is delegated, by the zone that has its parent.
    pub(super) delegation: Option<(Hostname, &'static str)>,
    /// The vault of its copies; the hub's own account has none.
    pub(super) vault: Option<BackupVaults>,
}

impl ParentZone {
    /// The output that is the zone.
    pub(crate) const fn output(self) -> OutputKind {
        match self {
            Self::Hub => OutputKind::ParentZoneId,
            Self::Foundation => OutputKind::ZoneId,
        }
    }
}

impl Attach {
    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.delegation.is_none() && self.vault.is_none()
    }

    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut main = Body::new();
        if let Some((domain, zone)) = &self.delegation {
            main = main
                .comment("The account holds this zone itself.")
                .blank()
                .block(
                    Block::new("resource", ["aws_route53_record", "delegation"])
                        .attribute("zone_id", Variable::reference(zone))
                        .attribute("name", domain.as_str())
                        .attribute("type", "NS")
                        .attribute("ttl", 3600)
                        .attribute(
                            "records",
                            Variable::reference(OutputKind::NameServers.as_str()),
                        ),
                );
        }
        if let Some(vaults) = &self.vault {
            main = self.vault(main, vaults);
        }
        Content {
            main,
            outputs: Vec::new(),
        }
    }

    fn vault(&self, body: Body, vaults: &BackupVaults) -> Body {
        let alias = format!("gen3/{}", HubContract::vault_key(&self.member));
        let body = key::blocks(
            body.comment(
                "Copies of this account's backups, out of reach of whoever has the account.",
            )
            .blank(),
            &self.place,
            &alias,
            &format!("Copies of backups of account {}", self.member),
            [],
        );
        let name = Expression::reference("aws_backup_vault.copies.name");
        let resource = |kind: &'static str| Block::new("resource", [kind, "copies"]);
        let copy = Statement::allow("CopyFromAccount")
            .actions(["backup:CopyIntoBackupVault"])
            .anywhere()
            .principals(
                "AWS",
                [format!(
                    "arn:{}:iam::{}:root",
                    self.place.partition, self.member_id
                )],
            );
        let copy = match &self.organization {
            Some(organization) => copy.when(
                "StringEquals",
                "aws:PrincipalOrgID",
                [organization.as_str()],
            ),
            None => copy,
        };
        body.block(
            resource("aws_backup_vault")
                .attribute("name", HubContract::vault(&self.member))
                .attribute("kms_key_arn", key::arn(&alias))
                .block(Block::unlabelled("lifecycle").attribute("prevent_destroy", true)),
        )
        .block(document("copies", [copy]))
        .block(
            resource("aws_backup_vault_policy")
                .attribute("backup_vault_name", name.clone())
                .attribute("policy", json("copies")),
        )
        .block(
            resource("aws_backup_vault_lock_configuration")
                .attribute("backup_vault_name", name)
                .optional(
                    "changeable_for_days",
                    (vaults.lock == RetentionLock::Compliance).then_some(3),
                )
                .attribute("min_retention_days", vaults.minimum_days),
        )
    }
}
