//! The layer `logging`: where all accounts send the logs of one region, and the archive that keeps them.

use super::bucket::{Bucket, expire, noncurrent};
use super::key;
use super::place::Place;
use super::policy::{Statement, document, json};
use super::root::{Content, depends_on};
use super::storage::of;
use crate::contract::HubContract;
use crate::hcl::{Block, Body, Expression};
use crate::model::cloud::AccountId;
use crate::model::hub::LogArchive;
use crate::model::stack::OutputKind;

/// The name of the destination, its stream and what belongs to them.
const NAME: &str = "gen3-logs";
/// The alias of the archive's key.
const KEY: &str = HubContract::ARCHIVE_KEY;
/// The label of the archive.
const ARCHIVE: &str = "archive";
/// The label of the bucket with its access logs.
const ACCESS: &str = "archive_access_logs";

/// Where the logs of a region go.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Logging {
    pub(super) place: Place,
    /// The accounts that send.
    pub(super) senders: Vec<AccountId>,
    pub(super) bucket: String,
    pub(super) spec: LogArchive,
    pub(super) boundary: String,
}

impl Logging {
    /// That of a region.
    pub(super) fn new(hub: &HubContract, place: Place, boundary: String) -> Self {
        let bucket = hub.log_archive(&place.region);
        Self {
            senders: hub.members.iter().map(|member| member.id.clone()).collect(),
            bucket,
            spec: hub.spec.logs.clone(),
            boundary,
            place,
        }
    }

    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let body = self.archive(Body::new());
        let body = self.stream(body);
        Content {
            main: self.destination(body),
            outputs: vec![(
                OutputKind::LogDestinationArn,
                of("aws_cloudwatch_log_destination", "logs", "arn"),
            )],
        }
    }

    fn senders(&self) -> Vec<&str> {
        self.senders.iter().map(AccountId::as_str).collect()
    }

    fn archive(&self, body: Body) -> Body {
        let body = key::blocks(
            body.comment("The key of the archive.").blank(),
            &self.place,
            KEY,
            "Logs of all accounts",
            [key::log_groups(&self.place)],
        );
        let days = self.spec.retention_days;
        let body = Bucket::new(ARCHIVE, self.bucket.as_str(), key::arn(KEY))
            .rules([cold(days), noncurrent(30), expire(days + 1)])
            .locked(self.spec.lock, days)
            .logs_to(ACCESS)
            .blocks(
                body.comment("The archive: what is in it stays, until its days are over.")
                    .blank(),
                &self.place,
            );
        let access = format!("{}-access", self.bucket);
        Bucket::of_access_logs(ACCESS, access, &self.place, &[&self.bucket])
            .blocks(body.comment("Who read the archive.").blank(), &self.place)
    }

    fn stream(&self, body: Body) -> Body {
        let stream = self
            .place
            .arn("firehose", &format!("deliverystream/{NAME}"));
        let trust = Statement::allow("Firehose")
            .actions(["sts:AssumeRole"])
            .principals("Service", ["firehose.amazonaws.com"])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [self.place.account.as_str()],
            )
            .when("ArnLike", "aws:SourceArn", [stream]);
        let bucket = self.place.s3(&self.bucket);
        let write = Statement::allow("WriteArchive")
            .actions([
                "s3:AbortMultipartUpload",
                "s3:GetBucketLocation",
                "s3:ListBucket",
                "s3:ListBucketMultipartUploads",
                "s3:PutObject",
            ])
            .on([bucket.clone(), format!("{bucket}/*")]);
        let encrypt = Statement::allow("UseKey")
            .actions(["kms:Decrypt", "kms:GenerateDataKey"])
            .on([key::arn(KEY)])
            .when("StringEquals", "kms:ViaService", [self.place.service("s3")]);
        let group = format!("/aws/kinesisfirehose/{NAME}");
        let errors = Statement::allow("WriteErrors")
            .actions(["logs:PutLogEvents"])
            .on([self
                .place
                .arn("logs", &format!("log-group:{group}:log-stream:*"))]);
        let body = body.comment("The stream into the archive.").blank();
        let body = self.role(body, "stream", "Writes logs into the archive", trust);
        let body = role_policy(body, "stream", [write, encrypt, errors]);
        let logging = Block::unlabelled("cloudwatch_logging_options")
            .attribute("enabled", true)
            .attribute(
                "log_group_name",
                of("aws_cloudwatch_log_group", "stream", "name"),
            )
            .attribute(
                "log_stream_name",
                of("aws_cloudwatch_log_stream", "stream", "name"),
            );
        let day = "!{timestamp:yyyy/MM/dd}/";
        let target = Block::unlabelled("extended_s3_configuration")
            .attribute("role_arn", of("aws_iam_role", "stream", "arn"))
            .attribute("bucket_arn", of("aws_s3_bucket", ARCHIVE, "arn"))
            .attribute("kms_key_arn", key::arn(KEY))
            .attribute("prefix", format!("logs/{day}"))
            .attribute(
                "error_output_prefix",
                format!("errors/!{{firehose:error-output-type}}/{day}"),
            )
            .attribute("buffering_size", 64)
            .attribute("buffering_interval", 300)
            // What CloudWatch Logs sends is compressed already.
            .attribute("compression_format", "UNCOMPRESSED")
            .block(logging);
        let stream = Block::new("resource", ["aws_kinesis_firehose_delivery_stream", "logs"])
            .attribute("name", NAME)
            .attribute("destination", "extended_s3")
            .block(
                Block::unlabelled("server_side_encryption")
                    .attribute("enabled", true)
                    .attribute("key_type", "CUSTOMER_MANAGED_CMK")
                    .attribute("key_arn", key::arn(KEY)),
            )
            .block(target);
        body.block(
            Block::new("resource", ["aws_cloudwatch_log_group", "stream"])
                .attribute("name", group)
                .attribute("kms_key_id", key::arn(KEY))
                .attribute("retention_in_days", 365),
        )
        .block(
            Block::new("resource", ["aws_cloudwatch_log_stream", "stream"])
                .attribute("name", "errors")
                .attribute(
                    "log_group_name",
                    of("aws_cloudwatch_log_group", "stream", "name"),
                ),
        )
        .block(depends_on(stream, "aws_iam_role_policy.stream"))
    }

    fn destination(&self, body: Body) -> Body {
        let sources = self.senders.iter().map(|account| {
            format!(
                "arn:{}:logs:{}:{account}:*",
                self.place.partition, self.place.region
            )
        });
        let trust = Statement::allow("LogsOfAccounts")
            .actions(["sts:AssumeRole"])
            .principals("Service", ["logs.amazonaws.com"])
            .when("ArnLike", "aws:SourceArn", sources);
        let put = Statement::allow("WriteStream")
            .actions(["firehose:PutRecord", "firehose:PutRecordBatch"])
            .on([of("aws_kinesis_firehose_delivery_stream", "logs", "arn")]);
        let arn = self.place.arn("logs", &format!("destination:{NAME}"));
        let subscribe = Statement::allow("AccountsOfThisFleet")
            .actions(["logs:PutAccountPolicy", "logs:PutSubscriptionFilter"])
            .on([arn])
            .principals("AWS", self.senders());
        let body = body
            .comment(
                "What accounts send to. One policy names them all: a destination has no other.",
            )
            .blank();
        let body = self.role(
            body,
            "destination",
            "Hands logs of accounts to the stream",
            trust,
        );
        role_policy(body, "destination", [put])
            .block(depends_on(
                Block::new("resource", ["aws_cloudwatch_log_destination", "logs"])
                    .attribute("name", NAME)
                    .attribute("role_arn", of("aws_iam_role", "destination", "arn"))
                    .attribute(
                        "target_arn",
                        of("aws_kinesis_firehose_delivery_stream", "logs", "arn"),
                    ),
                "aws_iam_role_policy.destination",
            ))
            .block(document("subscriptions", [subscribe]))
            .block(
                Block::new(
                    "resource",
                    ["aws_cloudwatch_log_destination_policy", "logs"],
                )
                .attribute(
                    "destination_name",
                    of("aws_cloudwatch_log_destination", "logs", "name"),
                )
                .attribute("access_policy", json("subscriptions")),
            )
    }

    /// A role of this region: its name has the region, since the account has one of each.
    fn role(
        &self,
        body: Body,
        label: &'static str,
        description: &'static str,
        trust: Statement,
    ) -> Body {
        let document_label = format!("{label}_trust");
        let role = HubContract::log_role(label, &self.place.region);
        let (path, name) = role.rsplit_once('/').unwrap_or(("", &role));
        body.block(document(document_label.clone(), [trust])).block(
            Block::new("resource", ["aws_iam_role", label])
                .attribute("name", name)
                .attribute("path", format!("/{path}/"))
                .attribute("description", description)
                .attribute("assume_role_policy", json(&document_label))
                .attribute("permissions_boundary", self.boundary.as_str()),
        )
    }
}

fn role_policy(
    body: Body,
    label: &'static str,
    statements: impl IntoIterator<Item = Statement>,
) -> Body {
    body.block(document(label, statements)).block(
        Block::new("resource", ["aws_iam_role_policy", label])
            .attribute("name", label)
            .attribute(
                "role",
                Expression::reference(&format!("aws_iam_role.{label}.name")),
            )
            .attribute("policy", json(label)),
    )
}

/// After a while nobody reads it, and it costs less.
fn cold(days: u32) -> Block {
    let transition = Block::unlabelled("transition")
        .attribute("days", 90.min(days.saturating_sub(1)))
        .attribute("storage_class", "GLACIER_IR");
    Block::unlabelled("rule")
        .attribute("id", "cold")
        .attribute("status", "Enabled")
        .block(Block::unlabelled("filter"))
        .block(transition)
}
