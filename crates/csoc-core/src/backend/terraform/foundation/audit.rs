//! The trail of an account, and the bucket that it and AWS Config write into.

use crate::backend::terraform::bucket::{Bucket, expire, noncurrent};
use crate::backend::terraform::cluster::{LOG_DAYS, after};
use crate::backend::terraform::key;
use crate::backend::terraform::place::Place;
use crate::backend::terraform::policy::{Statement, deny_plain_http, document, json};
use crate::backend::terraform::storage::of;
use crate::contract::{AUDIT_KEY, TRAIL_ROLE};
use crate::hcl::{Block, Body, Expression, Part};
use crate::model::account::{Audit, AuditService, Trail};

/// The label of the bucket.
const BUCKET: &str = "audit";
/// The label of the bucket with its access logs.
const LOGS: &str = "audit_access_logs";
/// The trail's name.
const TRAIL: &str = "gen3";
/// The label of what belongs to the trail.
const TRAIL_LABEL: &str = "trail";
/// The log group that the trail is read in.
const TRAIL_LOGS: &str = "/gen3/trail";
/// The topic that tells of new files of the trail: for a queue of whoever reads them.
const TRAIL_TOPIC: &str = "gen3-trail";
/// Days that the trail is kept: six years.
const DAYS: u32 = 2190;

/// What an account's trail is made of.
pub(super) struct Trailed<'a> {
    pub(super) place: &'a Place,
    pub(super) bucket: &'a str,
    pub(super) audit: &'a Audit,
    /// The limit of its role.
    pub(super) boundary: &'a str,
}

impl Trailed<'_> {
    /// The key, the buckets and the trail.
    pub(super) fn blocks(&self, body: Body) -> Body {
        let alias = format!("gen3/{AUDIT_KEY}");
        let is_kept = self.audit.trail == Trail::Account;
        let is_recorded = self.audit.has(AuditService::Config);
        let mut keys = Vec::new();
        let mut statements = Vec::new();
        if is_kept {
            keys.extend(self.trail_uses_key());
            keys.push(key::service(
                "TrailNotifies",
                ["cloudtrail.amazonaws.com"],
                [self.place.account.as_str()],
            ));
            keys.push(key::log_groups(self.place));
            statements.extend(self.trail_writes());
        }
        if is_recorded {
            keys.push(key::service(
                "RecorderEncrypts",
                ["config.amazonaws.com"],
                [self.place.account.as_str()],
            ));
            statements.extend(self.recorder_writes());
        }
        let body = key::blocks(
            body.comment("What was done in this account, and what its resources looked like.")
                .blank(),
            self.place,
            &alias,
            "The trail and the record of this account",
            keys,
        );
        let body = Bucket::new(BUCKET, self.bucket, key::arn(&alias))
            .statements(statements)
            .rules([noncurrent(30), expire(DAYS)])
            .logs_to(LOGS)
            .blocks(body, self.place);
        let logs = format!("{}-access", self.bucket);
        let body =
            Bucket::of_access_logs(LOGS, logs, self.place, &[self.bucket]).blocks(body, self.place);
        if !is_kept {
            return body;
        }
        self.told(body, &alias).block(after(
            Block::new("resource", ["aws_cloudtrail", "account"])
                .attribute("name", TRAIL)
                .attribute("s3_bucket_name", of("aws_s3_bucket", BUCKET, "id"))
                .attribute("kms_key_id", key::arn(&alias))
                .attribute(
                    "cloud_watch_logs_group_arn",
                    Expression::template([
                        Part::from(of("aws_cloudwatch_log_group", TRAIL_LABEL, "arn")),
                        Part::from(":*"),
                    ]),
                )
                .attribute(
                    "cloud_watch_logs_role_arn",
                    of("aws_iam_role", TRAIL_LABEL, "arn"),
                )
                .attribute("sns_topic_name", of("aws_sns_topic", TRAIL_LABEL, "name"))
                .attribute("is_multi_region_trail", true)
                .attribute("include_global_service_events", true)
                .attribute("enable_log_file_validation", true),
            &[
                format!("aws_iam_role_policy.{TRAIL_LABEL}"),
                format!("aws_s3_bucket_policy.{BUCKET}"),
            ],
        ))
    }

    /// Where the trail is read at once, and who hears that something new is in the bucket.
    fn told(&self, body: Body, alias: &str) -> Body {
        let service = "cloudtrail.amazonaws.com";
        let resource = |kind: &'static str| Block::new("resource", [kind, TRAIL_LABEL]);
        let trust = Statement::allow("Trail")
            .actions(["sts:AssumeRole"])
            .principals("Service", [service])
            .when("StringEquals", "aws:SourceArn", [self.trail()]);
        let streams = self
            .place
            .arn("logs", &format!("log-group:{TRAIL_LOGS}:log-stream:*"));
        let write = Statement::allow("WriteStreams")
            .actions(["logs:CreateLogStream", "logs:PutLogEvents"])
            .on([streams]);
        let topic = self.place.arn("sns", TRAIL_TOPIC);
        let publish = Statement::allow("TrailPublishes")
            .actions(["sns:Publish"])
            .on([topic.as_str()])
            .principals("Service", [service])
            .when("StringEquals", "aws:SourceArn", [self.trail()]);
        let (path, name) = TRAIL_ROLE.rsplit_once('/').unwrap_or(("", TRAIL_ROLE));
        body.block(
            resource("aws_cloudwatch_log_group")
                .attribute("name", TRAIL_LOGS)
                .attribute("kms_key_id", key::arn(alias))
                .attribute("retention_in_days", LOG_DAYS),
        )
        .block(document("trail_trust", [trust]))
        .block(
            resource("aws_iam_role")
                .attribute("name", name)
                .attribute("path", format!("/{path}/"))
                .attribute("description", "Writes the trail into its log group")
                .attribute("assume_role_policy", json("trail_trust"))
                .attribute("permissions_boundary", self.boundary),
        )
        .block(document(TRAIL_LABEL, [write]))
        .block(
            resource("aws_iam_role_policy")
                .attribute("name", TRAIL_LABEL)
                .attribute("role", of("aws_iam_role", TRAIL_LABEL, "name"))
                .attribute("policy", json(TRAIL_LABEL)),
        )
        .block(document(
            "trail_topic",
            [publish, deny_plain_http("sns:Publish", [topic])],
        ))
        .block(
            resource("aws_sns_topic")
                .attribute("name", TRAIL_TOPIC)
                .attribute("kms_master_key_id", key::arn(alias))
                .attribute("policy", json("trail_topic")),
        )
    }

    fn trail(&self) -> String {
        self.place.arn("cloudtrail", &format!("trail/{TRAIL}"))
    }

    fn trail_uses_key(&self) -> [Statement; 2] {
        let service = "cloudtrail.amazonaws.com";
        [
            Statement::allow("TrailEncrypts")
                .actions(["kms:GenerateDataKey*"])
                .anywhere()
                .principals("Service", [service])
                .when("StringEquals", "aws:SourceArn", [self.trail()])
                .when(
                    "StringLike",
                    "kms:EncryptionContext:aws:cloudtrail:arn",
                    [format!(
                        "arn:{}:cloudtrail:*:{}:trail/*",
                        self.place.partition, self.place.account
                    )],
                ),
            Statement::allow("TrailDescribesKey")
                .actions(["kms:DescribeKey"])
                .anywhere()
                .principals("Service", [service])
                .when("StringEquals", "aws:SourceArn", [self.trail()]),
        ]
    }

    fn objects(&self, below: &str) -> String {
        self.place.s3(&format!(
            "{}/AWSLogs/{}{below}",
            self.bucket, self.place.account
        ))
    }

    fn trail_writes(&self) -> [Statement; 2] {
        let service = "cloudtrail.amazonaws.com";
        [
            Statement::allow("TrailLooks")
                .actions(["s3:GetBucketAcl"])
                .on([self.place.s3(self.bucket)])
                .principals("Service", [service])
                .when("StringEquals", "aws:SourceArn", [self.trail()]),
            Statement::allow("TrailWrites")
                .actions(["s3:PutObject"])
                .on([self.objects("/*")])
                .principals("Service", [service])
                .when("StringEquals", "aws:SourceArn", [self.trail()])
                .when(
                    "StringEquals",
                    "s3:x-amz-acl",
                    ["bucket-owner-full-control"],
                ),
        ]
    }

    fn recorder_writes(&self) -> [Statement; 2] {
        let service = "config.amazonaws.com";
        let account = self.place.account.as_str();
        [
            Statement::allow("RecorderLooks")
                .actions(["s3:GetBucketAcl", "s3:ListBucket"])
                .on([self.place.s3(self.bucket)])
                .principals("Service", [service])
                .when("StringEquals", "aws:SourceAccount", [account]),
            Statement::allow("RecorderWrites")
                .actions(["s3:PutObject"])
                .on([self.objects("/Config/*")])
                .principals("Service", [service])
                .when("StringEquals", "aws:SourceAccount", [account])
                .when(
                    "StringEquals",
                    "s3:x-amz-acl",
                    ["bucket-owner-full-control"],
                ),
        ]
    }
}
