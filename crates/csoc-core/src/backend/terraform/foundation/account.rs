//! What an account has once: its guardrails, trail, budget and zone.

use super::audit::Trailed;
use crate::backend::terraform::place::Place;
use crate::backend::terraform::root::Content;
use crate::hcl::{Block, Body, Expression};
use crate::model::Account;
use crate::model::account::AuditService;
use crate::model::name::ObjectName;
use crate::model::stack::OutputKind;

/// What an account has once.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct AccountFoundation {
    /// The account and its own region.
    pub(crate) place: Place,
    pub(crate) account: ObjectName,
    pub(crate) spec: Account,
    /// The bucket of its trail, where it keeps one.
    pub(crate) audit_bucket: Option<String>,
    /// The limit of the roles that it makes.
    pub(crate) boundary: String,
}

impl AccountFoundation {
    /// The layer's content.
    pub(in crate::backend::terraform) fn content(&self) -> Content {
        let public_access = Block::new(
            "resource",
            ["aws_s3_account_public_access_block", "account"],
        )
        .attribute("block_public_acls", true)
        .attribute("block_public_policy", true)
        .attribute("ignore_public_acls", true)
        .attribute("restrict_public_buckets", true);
        let password = Block::new("resource", ["aws_iam_account_password_policy", "account"])
            .attribute("minimum_password_length", 16)
            .attribute("require_lowercase_characters", true)
            .attribute("require_uppercase_characters", true)
            .attribute("require_numbers", true)
            .attribute("require_symbols", true)
            .attribute("allow_users_to_change_password", true)
            .attribute("max_password_age", 90)
            .attribute("password_reuse_prevention", 24);
        let linked = |name: &'static str, service: &'static str| {
            Block::new("resource", ["aws_iam_service_linked_role", name])
                .attribute("aws_service_name", service)
        };
        let mut main = Body::new().block(public_access).block(password);
        if let Some(alias) = &self.spec.alias {
            main.push(
                Block::new("resource", ["aws_iam_account_alias", "account"])
                    .attribute("account_alias", alias.as_str()),
            );
        }
        main = main
            .comment("Exactly once per account. If AWS made one of them already: terraform import.")
            .blank()
            .block(linked("opensearch", "opensearchservice.amazonaws.com"))
            .block(linked("spot", "spot.amazonaws.com"));
        if self.spec.audit.has(AuditService::Config) {
            main.push(linked("config", "config.amazonaws.com"));
        }
        if let Some(bucket) = &self.audit_bucket {
            let trailed = Trailed {
                place: &self.place,
                bucket,
                audit: &self.spec.audit,
                boundary: &self.boundary,
            };
            main = trailed.blocks(main);
        }
        let mut content = Content {
            main: self.money(main),
            outputs: Vec::new(),
        };
        if let Some(domain) = &self.spec.domain {
            let comment = format!(
                "Domain of account {}; delegated from the parent zone",
                self.account
            );
            content.main.push(
                Block::new("resource", ["aws_route53_zone", "account"])
                    .attribute("name", domain.as_str())
                    .attribute("comment", comment)
                    .attribute("force_destroy", false),
            );
            let zone =
                |name: &str| Expression::reference(&format!("aws_route53_zone.account.{name}"));
            content.outputs = vec![
                (OutputKind::ZoneId, zone("zone_id")),
                (OutputKind::NameServers, zone("name_servers")),
            ];
        }
        content
    }
}
