//! The layer `foundation`: an account's guardrails and zone, and each region's keys and defaults.

use super::place::Place;
use super::policy::{Statement, document, json};
use super::root::{Content, depends_on};
use crate::contract::{KeyPurpose, VOLUME_KEY};
use crate::hcl::{Block, Body, Expression};
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::model::stack::OutputKind;

/// What an account has once.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct AccountFoundation {
    pub(super) account: ObjectName,
    pub(super) domain: Option<Hostname>,
}

/// What an account has in each of its regions.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct RegionFoundation {
    pub(super) place: Place,
}

impl AccountFoundation {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
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
        let mut content = Content {
            main: Body::new()
                .block(public_access)
                .block(password)
                .comment(
                    "Exactly once per account. If AWS made one of them already: terraform import.",
                )
                .blank()
                .block(linked("opensearch", "opensearchservice.amazonaws.com"))
                .block(linked("spot", "spot.amazonaws.com")),
            outputs: Vec::new(),
        };
        if let Some(domain) = &self.domain {
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

impl RegionFoundation {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut main = Body::new()
            .comment("Keys. IAM policies decide who uses them; only services without a role in this account are named here.")
            .blank();
        main = self.key(
            main,
            VOLUME_KEY,
            "Volumes and snapshots",
            vec![self.volumes()],
        );
        let mut outputs = Vec::new();
        for purpose in KeyPurpose::ALL {
            let (description, statements) = match purpose {
                KeyPurpose::Logs => ("Log groups", vec![self.log_groups()]),
                KeyPurpose::Secrets => ("Secrets Manager", vec![]),
                KeyPurpose::Database => ("Databases and their snapshots", vec![]),
                KeyPurpose::Data => (
                    "Buckets, topics and queues",
                    vec![self.bucket_events(), self.topics()],
                ),
                KeyPurpose::Cluster => ("Kubernetes Secrets of clusters", vec![]),
            };
            main = self.key(main, purpose.as_str(), description, statements);
            let arn = Expression::reference(&format!("aws_kms_key.{}.arn", purpose.as_str()));
            outputs.push((purpose.output(), arn));
        }
        Content {
            main: self.web_acl_logs(region_defaults(main)),
            outputs,
        }
    }

    fn key(
        &self,
        body: Body,
        name: &'static str,
        description: &'static str,
        statements: Vec<Statement>,
    ) -> Body {
        let policy = format!("kms_{name}");
        let administer = Statement::allow("AccountAdministersThroughIam")
            .actions(["kms:*"])
            .anywhere()
            .principals("AWS", [self.place.iam("root")]);
        let key = Block::new("resource", ["aws_kms_key", name])
            .attribute("description", description)
            .attribute("policy", json(&policy))
            .attribute("enable_key_rotation", true)
            .attribute("deletion_window_in_days", 30)
            .block(Block::unlabelled("lifecycle").attribute("prevent_destroy", true));
        let alias = Block::new("resource", ["aws_kms_alias", name])
            .attribute("name", format!("alias/gen3/{name}"))
            .attribute(
                "target_key_id",
                Expression::reference(&format!("aws_kms_key.{name}.key_id")),
            );
        body.block(document(policy, [administer].into_iter().chain(statements)))
            .block(key)
            .block(alias)
    }

    /// As AWS's own key for volumes has it: a named principal that does not exist yet would break the policy.
    fn volumes(&self) -> Statement {
        Statement::allow("UseThroughEc2")
            .actions([
                "kms:CreateGrant",
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ])
            .anywhere()
            .everyone()
            .when(
                "StringEquals",
                "kms:CallerAccount",
                [self.place.account.as_str()],
            )
            .when(
                "StringEquals",
                "kms:ViaService",
                [self.place.service("ec2")],
            )
    }

    fn log_groups(&self) -> Statement {
        Statement::allow("LogGroupsOfThisAccount")
            .actions([
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ])
            .anywhere()
            .principals("Service", [self.place.service("logs")])
            .when(
                "ArnLike",
                "kms:EncryptionContext:aws:logs:arn",
                [self.place.arn("logs", "log-group:*")],
            )
    }

    fn bucket_events(&self) -> Statement {
        self.service_uses_key(
            "BucketEventsToEncryptedTopics",
            "s3.amazonaws.com",
            self.place.s3("*"),
        )
    }

    fn topics(&self) -> Statement {
        self.service_uses_key(
            "TopicsToEncryptedQueues",
            "sns.amazonaws.com",
            self.place.arn("sns", "*"),
        )
    }

    fn service_uses_key(
        &self,
        sid: &'static str,
        service: &'static str,
        source: String,
    ) -> Statement {
        Statement::allow(sid)
            .actions(["kms:Decrypt", "kms:GenerateDataKey"])
            .anywhere()
            .principals("Service", [service])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [self.place.account.as_str()],
            )
            .when("ArnLike", "aws:SourceArn", [source])
    }

    fn web_acl_logs(&self, body: Body) -> Body {
        let statement = Statement::allow("WebAclLogs")
            .actions(["logs:CreateLogStream", "logs:PutLogEvents"])
            .on([self.place.arn("logs", "log-group:aws-waf-logs-*:*")])
            .principals("Service", ["delivery.logs.amazonaws.com"])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [self.place.account.as_str()],
            )
            .when("ArnLike", "aws:SourceArn", [self.place.arn("logs", "*")]);
        body.comment(
            "One for all web ACLs: CloudWatch Logs takes ten resource policies per region.",
        )
        .blank()
        .block(document("waf_logs", [statement]))
        .block(
            Block::new("resource", ["aws_cloudwatch_log_resource_policy", "waf"])
                .attribute("policy_name", "gen3-waf-logs")
                .attribute("policy_document", json("waf_logs")),
        )
    }
}

fn region_defaults(body: Body) -> Body {
    let resource = |kind: &'static str| Block::new("resource", [kind, "region"]);
    body.comment("Defaults of the region.")
        .blank()
        .block(resource("aws_ebs_default_kms_key").attribute(
            "key_arn",
            Expression::reference(&format!("aws_kms_key.{VOLUME_KEY}.arn")),
        ))
        .block(depends_on(
            resource("aws_ebs_encryption_by_default").attribute("enabled", true),
            "aws_ebs_default_kms_key.region",
        ))
        .block(
            resource("aws_ebs_snapshot_block_public_access")
                .attribute("state", "block-all-sharing"),
        )
        .block(
            resource("aws_ec2_image_block_public_access").attribute("state", "block-new-sharing"),
        )
        .block(
            resource("aws_ec2_instance_metadata_defaults")
                .attribute("http_endpoint", "enabled")
                .attribute("http_tokens", "required")
                .attribute("http_put_response_hop_limit", 1)
                .attribute("instance_metadata_tags", "disabled"),
        )
        .block(
            resource("aws_accessanalyzer_analyzer")
                .attribute("analyzer_name", "gen3")
                .attribute("type", "ACCOUNT"),
        )
}
