//! The layer `storage`: an environment's buckets and queues.

use super::bucket::{Bucket, expire, noncurrent};
use super::place::{Place, label};
use super::root::Content;
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
    /// The account's bucket for access logs in this region, where the environment has none of its own.
    pub(super) access_logs: Option<String>,
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
        let is_log = bucket.purpose == BucketPurpose::AccessLogs;
        let mut made = if is_log {
            let logged = self.buckets.iter().map(|other| other.name.as_str());
            let mut logged: Vec<&str> = logged.filter(|other| *other != bucket.name).collect();
            logged.sort_unstable();
            Bucket::of_access_logs(name.as_str(), &bucket.name, &self.place, &logged)
        } else {
            Bucket::new(name.as_str(), &bucket.name, data_key()).rules(lifecycle(bucket.purpose))
        };
        if !is_log && self.bucket(BucketPurpose::AccessLogs).is_some() {
            made = made.logs_to(label(BucketPurpose::AccessLogs.as_str()));
        } else if !is_log && let Some(logs) = &self.access_logs {
            made = made.logs_elsewhere(logs);
        }
        if self.tier != Tier::Prod {
            made = made.disposable();
        }
        let body = made.blocks(body.comment(about(bucket.purpose)).blank(), &self.place);
        match cors(bucket.purpose, &self.hostname) {
            Some(cors) => body.block(
                Block::new(
                    "resource",
                    ["aws_s3_bucket_cors_configuration".to_owned(), name.clone()],
                )
                .attribute("bucket", of("aws_s3_bucket", &name, "id"))
                .block(cors),
            ),
            None => body,
        }
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

/// How long old versions stay, and for exports how long anything does.
fn lifecycle(purpose: BucketPurpose) -> Vec<Block> {
    match purpose {
        BucketPurpose::Export => vec![noncurrent(7), expire(30)],
        _ => vec![noncurrent(30)],
    }
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
