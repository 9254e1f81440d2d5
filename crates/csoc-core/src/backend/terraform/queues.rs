//! Queues of the layer `storage`, and the topic through which uploads reach theirs.

use super::place::label;
use super::policy::{Statement, deny_plain_http, document, json};
use super::root::depends_on;
use super::storage::{Storage, data_key, of};
use crate::contract::{BucketContract, BucketPurpose, QueueContract, QueuePurpose};
use crate::hcl::{Block, Body, Expression};

/// Days in seconds that messages stay: the most that SQS allows.
const RETENTION: u32 = 1_209_600;

impl Storage {
    /// A queue, the queue of what could not be worked off, and what leads to it.
    pub(super) fn queue_blocks(&self, body: Body, queue: &QueueContract) -> Body {
        let name = label(queue.purpose.as_str());
        let dead = format!("{name}_dead");
        let dead_name = queue.dead_name();
        let bucket = match queue.purpose {
            QueuePurpose::Upload => self.bucket(BucketPurpose::Upload),
            QueuePurpose::Audit => None,
        };
        let mut body = match bucket {
            Some(bucket) => self.topic(body, queue, bucket, &name),
            None => body,
        };
        body = body.comment(match queue.purpose {
            QueuePurpose::Audit => "Audit events from fence to audit; they name users, so the key of the account encrypts them.",
            QueuePurpose::Upload => "SQS manages the encryption of this queue: object keys only, and no service needs a key to send to it.",
        });
        let redrive = Expression::object([
            ("deadLetterTargetArn", of("aws_sqs_queue", &dead, "arn")),
            ("maxReceiveCount", Expression::from(5)),
        ]);
        let mut main = encrypted(queue.purpose, &name, &queue.name)
            .attribute("visibility_timeout_seconds", 300)
            .attribute("receive_wait_time_seconds", 20);
        main.body = main
            .body
            .blank()
            .attribute("redrive_policy", Expression::call("jsonencode", [redrive]));
        let sources = Expression::object([
            ("redrivePermission", Expression::from("byQueue")),
            (
                "sourceQueueArns",
                Expression::list([of("aws_sqs_queue", &name, "arn")]),
            ),
        ]);
        let mut allow = Block::new(
            "resource",
            [
                "aws_sqs_queue_redrive_allow_policy".to_owned(),
                dead.clone(),
            ],
        )
        .attribute("queue_url", of("aws_sqs_queue", &dead, "id"));
        allow.body = allow.body.blank().attribute(
            "redrive_allow_policy",
            Expression::call("jsonencode", [sources]),
        );
        let sends = bucket.map(|_| {
            Statement::allow("TopicSends")
                .actions(["sqs:SendMessage"])
                .on([self.place.arn("sqs", &queue.name)])
                .principals("Service", ["sns.amazonaws.com"])
                .when(
                    "StringEquals",
                    "aws:SourceAccount",
                    [self.place.account.as_str()],
                )
                .when(
                    "ArnEquals",
                    "aws:SourceArn",
                    [self.place.arn("sns", &queue.name)],
                )
        });
        body = body
            .blank()
            .block(encrypted(queue.purpose, &dead, &dead_name))
            .block(main)
            .block(allow);
        body = self.queue_policy(body, &name, &queue.name, sends);
        self.queue_policy(body, &dead, &dead_name, None)
    }

    fn queue_policy(&self, body: Body, name: &str, queue: &str, allow: Option<Statement>) -> Body {
        let policy = format!("queue_{name}");
        let deny = deny_plain_http("sqs:*", [self.place.arn("sqs", queue)]);
        body.block(document(policy.clone(), allow.into_iter().chain([deny])))
            .block(
                Block::new(
                    "resource",
                    ["aws_sqs_queue_policy".to_owned(), name.to_owned()],
                )
                .attribute("queue_url", of("aws_sqs_queue", name, "id"))
                .attribute("policy", json(&policy)),
            )
    }

    fn topic(
        &self,
        body: Body,
        queue: &QueueContract,
        bucket: &BucketContract,
        name: &str,
    ) -> Body {
        let arn = self.place.arn("sns", &queue.name);
        let policy = format!("topic_{name}");
        let resource = |kind: &str| Block::new("resource", [kind.to_owned(), name.to_owned()]);
        let publishes = Statement::allow("UploadBucketPublishes")
            .actions(["sns:Publish"])
            .on([arn.as_str()])
            .principals("Service", ["s3.amazonaws.com"])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [self.place.account.as_str()],
            )
            .when("ArnEquals", "aws:SourceArn", [self.place.s3(&bucket.name)]);
        let bucket_label = label(bucket.purpose.as_str());
        body.comment("Upload events: bucket to topic to queue. ssjdispatcher reads only messages in the envelope of a topic,\nso the bucket does not write to the queue itself and raw_message_delivery stays off.")
            .blank()
            .block(document(policy.clone(), [publishes, deny_plain_http("sns:Publish", [arn.as_str()])]))
            .comment("The policy of the key lets S3 use it for topics of this account.")
            .block(
                resource("aws_sns_topic")
                    .attribute("name", queue.name.as_str())
                    .attribute("kms_master_key_id", data_key()),
            )
            .block(
                resource("aws_sns_topic_policy")
                    .attribute("arn", of("aws_sns_topic", name, "arn"))
                    .attribute("policy", json(&policy)),
            )
            .block(depends_on(
                resource("aws_sns_topic_subscription")
                    .attribute("topic_arn", of("aws_sns_topic", name, "arn"))
                    .attribute("protocol", "sqs")
                    .attribute("endpoint", of("aws_sqs_queue", name, "arn"))
                    .attribute("raw_message_delivery", false),
                &format!("aws_sqs_queue_policy.{name}"),
            ))
            .block(depends_on(
                resource("aws_s3_bucket_notification")
                    .attribute("bucket", of("aws_s3_bucket", &bucket_label, "id"))
                    .block(
                        Block::unlabelled("topic")
                            .attribute("id", "upload-events")
                            .attribute("topic_arn", of("aws_sns_topic", name, "arn"))
                            .attribute("events", Expression::list(["s3:ObjectCreated:*"])),
                    ),
                &format!("aws_sns_topic_policy.{name}"),
            ))
    }
}

/// A queue with the encryption of its purpose.
fn encrypted(purpose: QueuePurpose, name: &str, queue: &str) -> Block {
    let block =
        Block::new("resource", ["aws_sqs_queue", name].map(str::to_owned)).attribute("name", queue);
    let block = match purpose {
        QueuePurpose::Audit => block
            .attribute("kms_master_key_id", data_key())
            .attribute("kms_data_key_reuse_period_seconds", 300),
        QueuePurpose::Upload => block.attribute("sqs_managed_sse_enabled", true),
    };
    block.attribute("message_retention_seconds", RETENTION)
}
