//! What an account has in each of its regions: keys, defaults, what watches it, and where its logs go.

use crate::backend::terraform::bucket::Bucket;
use crate::backend::terraform::key;
use crate::backend::terraform::place::Place;
use crate::backend::terraform::policy::{Statement, document, json};
use crate::backend::terraform::root::{Content, depends_on};
use crate::contract::{KeyPurpose, VOLUME_KEY, access_log_bucket};
use crate::hcl::{Block, Body, Expression};
use crate::model::account::Audit;
use crate::model::cloud::{AccountId, OrganizationId};

/// What an account has in each of its regions.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct RegionFoundation {
    pub(crate) place: Place,
    /// Whether it is the account's own.
    pub(crate) is_home: bool,
    pub(crate) audit: Audit,
    /// The bucket that AWS Config writes into.
    pub(crate) audit_bucket: Option<String>,
    /// Whether its logs go to the hub.
    pub(crate) forwards: bool,
    /// The account that copies of its backups go to.
    pub(crate) backup_account: Option<AccountId>,
    pub(crate) organization: Option<OrganizationId>,
}

impl RegionFoundation {
    /// The layer's content.
    pub(in crate::backend::terraform) fn content(&self) -> Content {
        let mut main = Body::new()
            .comment("Keys. IAM policies decide who uses them; only services without a role in this account are named here.")
            .blank();
        let make = |body, name: &str, description, statements: Vec<Statement>| {
            key::blocks(
                body,
                &self.place,
                &format!("gen3/{name}"),
                description,
                statements,
            )
        };
        main = make(
            main,
            VOLUME_KEY,
            "Volumes and snapshots",
            vec![self.volumes()],
        );
        let mut outputs = Vec::new();
        for purpose in KeyPurpose::ALL {
            let (description, statements) = match purpose {
                KeyPurpose::Logs => ("Log groups", vec![key::log_groups(&self.place)]),
                KeyPurpose::Secrets => ("Secrets Manager", vec![]),
                KeyPurpose::Database => (
                    "Databases and their snapshots",
                    self.copies().into_iter().collect(),
                ),
                KeyPurpose::Data => (
                    "Buckets, topics and queues",
                    vec![self.bucket_events(), self.topics()],
                ),
                KeyPurpose::Cluster => ("Kubernetes Secrets of clusters", vec![]),
            };
            main = make(main, purpose.as_str(), description, statements);
            let arn = Expression::reference(&format!("aws_kms_key.{}.arn", purpose.as_str()));
            outputs.push((purpose.output(), arn));
        }
        main = self.access_logs(main);
        Content {
            main: self.forward(self.watch(self.web_acl_logs(region_defaults(main)))),
            outputs,
        }
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

    /// AWS Backup copies snapshots into the hub's vault with its own role there.
    fn copies(&self) -> Option<Statement> {
        let account = self.backup_account.as_ref()?;
        let partition = self.place.partition;
        let role = "aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup";
        let statement = Statement::allow("CopiesIntoTheHub")
            .actions([
                "kms:CreateGrant",
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ])
            .anywhere()
            .principals("AWS", [format!("arn:{partition}:iam::{account}:root")])
            .when(
                "ArnEquals",
                "aws:PrincipalArn",
                [format!("arn:{partition}:iam::{account}:role/{role}")],
            );
        Some(match &self.organization {
            Some(organization) => statement.when(
                "StringEquals",
                "aws:PrincipalOrgID",
                [organization.as_str()],
            ),
            None => statement,
        })
    }

    /// One bucket for all environments, in which each bucket has a folder of its name.
    fn access_logs(&self, body: Body) -> Body {
        let name = access_log_bucket(&self.place.account, &self.place.region);
        Bucket::of_access_logs("access_logs", name, &self.place, &["*"]).blocks(
            body.comment("Access logs of the buckets of environments.")
                .blank(),
            &self.place,
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
