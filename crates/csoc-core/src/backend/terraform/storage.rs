//! The layer `storage`: an environment's buckets and queues.

use super::place::{Place, label};
use super::policy::{Statement, deny_plain_http, document, json};
use super::root::{Content, depends_on};
use super::variables::Variable;
use crate::contract::{BucketContract, BucketPurpose, KeyPurpose, QueueContract, QueuePurpose};
use crate::hcl::{Block, Body, Expression};
use crate::model::environment::Tier;
use crate::model::network::Hostname;

/// What an environment's buckets and queues are made of.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Storage {
    pub(super) place: Place,
    pub(super) hostname: Hostname,
    pub(super) tier: Tier,
    pub(super) buckets: Vec<BucketContract>,
    pub(super) queues: Vec<QueueContract>,
}

/// The key of buckets, topics and queues.
pub(super) fn data_key() -> Expression {
    Variable::reference(KeyPurpose::Data.output().as_str())
}

/// An attribute of a resource of ours.
pub(super) fn of(kind: &str, name: &str, attribute: &str) -> Expression {
    Expression::reference(&format!("{kind}.{name}.{attribute}"))
}

impl Storage {
    /// Whether anything in it is encrypted by the account's key.
    pub(super) fn uses_key(&self) -> bool {
        self.buckets
            .iter()
            .any(|bucket| bucket.purpose != BucketPurpose::AccessLogs)
            || self
                .queues
                .iter()
                .any(|queue| queue.purpose == QueuePurpose::Audit)
    }

    /// The bucket of a purpose.
    pub(super) fn bucket(&self, purpose: BucketPurpose) -> Option<&BucketContract> {
        self.buckets.iter().find(|bucket| bucket.purpose == purpose)
    }

    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut main = Body::new();
        for bucket in &self.buckets {
            main = self.bucket_blocks(main, bucket);
        }
        for queue in &self.queues {
            main = self.queue_blocks(main, queue);
        }
        Content {
            main,
            outputs: Vec::new(),
        }
    }

    fn bucket_blocks(&self, body: Body, bucket: &BucketContract) -> Body {
        let name = label(bucket.purpose.as_str());
        let id = || of("aws_s3_bucket", &name, "id");
        let resource = |kind: &'static str| Block::new("resource", [kind.to_owned(), name.clone()]);
        let part = |kind: &'static str| resource(kind).attribute("bucket", id());
        let is_log = bucket.purpose == BucketPurpose::AccessLogs;
        let itself = resource("aws_s3_bucket")
            .attribute("bucket", bucket.name.as_str())
            .attribute("force_destroy", false);
        let itself = if self.tier == Tier::Prod {
            itself.block(Block::unlabelled("lifecycle").attribute("prevent_destroy", true))
        } else {
            itself
        };
        let policy = format!("bucket_{name}");
        let mut body = body
            .comment(about(bucket.purpose))
            .blank()
            .block(itself)
            .block(part("aws_s3_bucket_ownership_controls").block(
                Block::unlabelled("rule").attribute("object_ownership", "BucketOwnerEnforced"),
            ))
            .block(
                part("aws_s3_bucket_public_access_block")
                    .attribute("block_public_acls", true)
                    .attribute("block_public_policy", true)
                    .attribute("ignore_public_acls", true)
                    .attribute("restrict_public_buckets", true),
            )
            .block(part("aws_s3_bucket_versioning").block(
                Block::unlabelled("versioning_configuration").attribute("status", "Enabled"),
            ));
        if is_log {
            body = body.comment("S3 delivers access logs only to buckets with SSE-S3.");
        }
        body = body
            .block(
                part("aws_s3_bucket_server_side_encryption_configuration")
                    .block(encryption(is_log)),
            )
            .block(document(policy.clone(), self.bucket_policy(bucket)))
            .block(depends_on(
                part("aws_s3_bucket_policy").attribute("policy", json(&policy)),
                &format!("aws_s3_bucket_public_access_block.{name}"),
            ))
            .block(depends_on(
                part("aws_s3_bucket_lifecycle_configuration").blocks(lifecycle(bucket.purpose)),
                &format!("aws_s3_bucket_versioning.{name}"),
            ));
        if !is_log && self.bucket(BucketPurpose::AccessLogs).is_some() {
            let log = label(BucketPurpose::AccessLogs.as_str());
            body = body.block(depends_on(
                part("aws_s3_bucket_logging")
                    .attribute("target_bucket", of("aws_s3_bucket", &log, "id"))
                    .attribute("target_prefix", format!("{}/", bucket.purpose.as_str())),
                &format!("aws_s3_bucket_policy.{log}"),
            ));
        }
        match cors(bucket.purpose, &self.hostname) {
            Some(cors) => body.block(part("aws_s3_bucket_cors_configuration").block(cors)),
            None => body,
        }
    }

    fn bucket_policy(&self, bucket: &BucketContract) -> Vec<Statement> {
        let itself = self.place.s3(&bucket.name);
        let objects = format!("{itself}/*");
        let mut statements = vec![deny_plain_http("s3:*", [itself, objects.clone()])];
        let mut sources: Vec<String> = self
            .buckets
            .iter()
            .filter(|other| other.purpose != BucketPurpose::AccessLogs)
            .map(|other| self.place.s3(&other.name))
            .collect();
        sources.sort();
        if bucket.purpose == BucketPurpose::AccessLogs && !sources.is_empty() {
            statements.push(
                Statement::allow("AccessLogDelivery")
                    .actions(["s3:PutObject"])
                    .on([objects])
                    .principals("Service", ["logging.s3.amazonaws.com"])
                    .when(
                        "StringEquals",
                        "aws:SourceAccount",
                        [self.place.account.as_str()],
                    )
                    .when("ArnLike", "aws:SourceArn", sources),
            );
        }
        statements
    }
}

const fn about(purpose: BucketPurpose) -> &'static str {
    match purpose {
        BucketPurpose::AccessLogs => "Access logs of the buckets of this environment.",
        BucketPurpose::Upload => "Files that users upload, until they are indexed.",
        BucketPurpose::Manifest => "Manifests that users saved for workspaces.",
        BucketPurpose::Dashboard => "Files that the dashboard service serves.",
        BucketPurpose::Export => "PFB files and other exports of sower jobs.",
    }
}

fn encryption(is_log: bool) -> Block {
    let default = Block::unlabelled("apply_server_side_encryption_by_default");
    if is_log {
        return Block::unlabelled("rule").block(default.attribute("sse_algorithm", "AES256"));
    }
    Block::unlabelled("rule")
        .block(
            default
                .attribute("sse_algorithm", "aws:kms")
                .attribute("kms_master_key_id", data_key()),
        )
        .attribute("bucket_key_enabled", true)
}

/// How long old versions stay, and for logs and exports how long anything does.
fn lifecycle(purpose: BucketPurpose) -> Vec<Block> {
    let (noncurrent, expire) = match purpose {
        BucketPurpose::AccessLogs => (7, Some(365)),
        BucketPurpose::Export => (7, Some(30)),
        BucketPurpose::Upload | BucketPurpose::Manifest | BucketPurpose::Dashboard => (30, None),
    };
    let rule = |id: &'static str| {
        Block::unlabelled("rule")
            .attribute("id", id)
            .attribute("status", "Enabled")
            .block(Block::unlabelled("filter"))
    };
    let old = rule("noncurrent")
        .block(
            Block::unlabelled("abort_incomplete_multipart_upload")
                .attribute("days_after_initiation", 7),
        )
        .block(
            Block::unlabelled("noncurrent_version_expiration")
                .attribute("noncurrent_days", noncurrent),
        );
    let all = expire
        .map(|days| rule("expire").block(Block::unlabelled("expiration").attribute("days", days)));
    [old].into_iter().chain(all).collect()
}

/// What the portal's pages may do with a bucket's objects.
fn cors(purpose: BucketPurpose, host: &Hostname) -> Option<Block> {
    let (headers, methods): (_, &[&str]) = match purpose {
        BucketPurpose::Upload => ("*", &["GET", "HEAD", "POST", "PUT"]),
        BucketPurpose::Export => ("Range", &["GET", "HEAD"]),
        BucketPurpose::AccessLogs | BucketPurpose::Manifest | BucketPurpose::Dashboard => {
            return None;
        }
    };
    Some(
        Block::unlabelled("cors_rule")
            .attribute("allowed_headers", Expression::list([headers]))
            .attribute("allowed_methods", Expression::list(methods.iter().copied()))
            .attribute(
                "allowed_origins",
                Expression::list([format!("https://{host}")]),
            )
            .attribute("expose_headers", Expression::list(["ETag"]))
            .attribute("max_age_seconds", 3000),
    )
}
