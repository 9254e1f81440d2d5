//! Queues of the layer `storage`, and the topic through which uploads reach theirs.

use super::place::label;
use super::policy::{Statement, deny_plain_http, document, json};
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
        // By its name: each of the two queues speaks of the other, and one must be made first.
        let sources = Expression::object([
            ("redrivePermission", Expression::from("byQueue")),
            (
                "sourceQueueArns",
                Expression::list([self.place.arn("sqs", &queue.name)]),
            ),
        ]);
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
        let main = encrypted(queue.purpose, &name, &queue.name)
            .attribute("visibility_timeout_seconds", 300)
            .attribute("receive_wait_time_seconds", 20);
        body = self.queue(
            body.blank(),
            encrypted(queue.purpose, &dead, &dead_name),
            (&dead, &dead_name),
            ("redrive_allow_policy", sources),
            None,
        );
        self.queue(
            body,
            main,
            (&name, &queue.name),
            ("redrive_policy", redrive),
            sends,
        )
    }

    /// A queue with its policies in it: all that they speak of has names, so nothing must be made between.
    fn queue(
        &self,
        body: Body,
        mut queue: Block,
        (label, name): (&str, &str),
        (redrive, value): (&'static str, Expression),
        allow: Option<Statement>,
    ) -> Body {
        let policy = format!("queue_{label}");
        let deny = deny_plain_http("sqs:*", [self.place.arn("sqs", name)]);
        queue.body = queue
            .body
            .attribute("policy", json(&policy))
            .blank()
            .attribute(redrive, Expression::call("jsonencode", [value]));
        body.block(document(policy, allow.into_iter().chain([deny])))
            .block(queue)
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
                    .attribute("kms_master_key_id", data_key())
                    .attribute("policy", json(&policy)),
            )
            .block(
                resource("aws_sns_topic_subscription")
                    .attribute("topic_arn", of("aws_sns_topic", name, "arn"))
                    .attribute("protocol", "sqs")
                    .attribute("endpoint", of("aws_sqs_queue", name, "arn"))
                    .attribute("raw_message_delivery", false),
            )
            .block(
                resource("aws_s3_bucket_notification")
                    .attribute("bucket", of("aws_s3_bucket", &bucket_label, "id"))
                    .block(
                        Block::unlabelled("topic")
                            .attribute("id", "upload-events")
                            .attribute("topic_arn", of("aws_sns_topic", name, "arn"))
                            .attribute("events", Expression::list(["s3:ObjectCreated:*"])),
                    ),
            )
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
