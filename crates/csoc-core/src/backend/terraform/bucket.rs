//! A private bucket with everything that belongs to one.

use super::place::Place;
use super::policy::{Statement, deny_plain_http, document, json};
use super::root::depends_on;
use crate::hcl::{Block, Body, Expression};
use crate::model::hub::RetentionLock;

/// A bucket that is nobody else's, keeps old versions and asks for TLS.
pub(super) struct Bucket {
    label: String,
    name: String,
    key: Option<Expression>,
    statements: Vec<Statement>,
    rules: Vec<Block>,
    access_logs: Option<AccessLogs>,
    lock: Option<(RetentionLock, u32)>,
    is_disposable: bool,
}

/// The bucket that takes the access logs of another.
enum AccessLogs {
    /// One of the same root, by its label.
    Here(String),
    /// One of another root, by its name.
    Elsewhere(String),
}

impl Bucket {
    /// A bucket of that label and name, encrypted with a key.
    pub(super) fn new(label: impl Into<String>, name: impl Into<String>, key: Expression) -> Self {
        Self {
            label: label.into(),
            name: name.into(),
            key: Some(key),
            statements: Vec::new(),
            rules: Vec::new(),
            access_logs: None,
            lock: None,
            is_disposable: false,
        }
    }

    /// The bucket that S3 delivers the access logs of those buckets to; it has no key, since it delivers to no other.
    pub(super) fn of_access_logs(
        label: impl Into<String>,
        name: impl Into<String>,
        place: &Place,
        sources: &[&str],
    ) -> Self {
        let name = name.into();
        let delivery = Statement::allow("AccessLogDelivery")
            .actions(["s3:PutObject"])
            .on([place.s3(&format!("{name}/*"))])
            .principals("Service", ["logging.s3.amazonaws.com"])
            .when(
                "StringEquals",
                "aws:SourceAccount",
                [place.account.as_str()],
            )
            .when(
                "ArnLike",
                "aws:SourceArn",
                sources.iter().map(|source| place.s3(source)),
            );
        Self {
            label: label.into(),
            name,
            key: None,
            statements: vec![delivery],
            rules: vec![noncurrent(30), expire(400)],
            access_logs: None,
            lock: None,
            is_disposable: false,
        }
    }

    /// The same, with those statements in its policy.
    pub(super) fn statements(mut self, statements: impl IntoIterator<Item = Statement>) -> Self {
        self.statements.extend(statements);
        self
    }

    /// The same, with those rules of its lifecycle.
    pub(super) fn rules(mut self, rules: impl IntoIterator<Item = Block>) -> Self {
        self.rules.extend(rules);
        self
    }

    /// The same, with its access logs in the bucket of that label.
    pub(super) fn logs_to(mut self, label: impl Into<String>) -> Self {
        self.access_logs = Some(AccessLogs::Here(label.into()));
        self
    }

    /// The same, with its access logs in the bucket of that name, which another root makes.
    pub(super) fn logs_elsewhere(mut self, name: impl Into<String>) -> Self {
        self.access_logs = Some(AccessLogs::Elsewhere(name.into()));
        self
    }

    /// The same, which Terraform may destroy once it is empty.
    pub(super) fn disposable(mut self) -> Self {
        self.is_disposable = true;
        self
    }

    /// The same, with each object locked for so many days.
    pub(super) fn locked(mut self, lock: RetentionLock, days: u32) -> Self {
        self.lock = Some((lock, days));
        self
    }

    /// The bucket's own blocks, behind what is there.
    pub(super) fn blocks(self, body: Body, place: &Place) -> Body {
        let Self {
            label,
            name,
            key,
            statements,
            rules,
            access_logs,
            lock,
            is_disposable,
        } = self;
        let resource =
            |kind: &'static str| Block::new("resource", [kind, &label].map(str::to_owned));
        let part = |kind: &'static str| {
            resource(kind).attribute(
                "bucket",
                Expression::reference(&format!("aws_s3_bucket.{label}.id")),
            )
        };
        let arn = place.s3(&name);
        let policy = format!("bucket_{label}");
        let plain = deny_plain_http("s3:*", [arn.clone(), format!("{arn}/*")]);
        let mut itself = resource("aws_s3_bucket")
            .attribute("bucket", name.as_str())
            .attribute("force_destroy", false)
            .optional("object_lock_enabled", lock.map(|_| true));
        if !is_disposable {
            itself =
                itself.block(Block::unlabelled("lifecycle").attribute("prevent_destroy", true));
        }
        let mut body = body
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
        body = match key {
            Some(key) => body.block(
                part("aws_s3_bucket_server_side_encryption_configuration").block(encryption(key)),
            ),
            None => body
                .comment("S3 delivers access logs to no bucket with a key of the account: its own encrypt this one, as every bucket.")
                .blank(),
        };
        body = body
            .block(document(
                policy.clone(),
                [plain].into_iter().chain(statements),
            ))
            .block(depends_on(
                part("aws_s3_bucket_policy").attribute("policy", json(&policy)),
                &format!("aws_s3_bucket_public_access_block.{label}"),
            ))
            .block(depends_on(
                part("aws_s3_bucket_lifecycle_configuration").blocks(rules),
                &format!("aws_s3_bucket_versioning.{label}"),
            ));
        if let Some((lock, days)) = lock {
            let mode = match lock {
                RetentionLock::Governance => "GOVERNANCE",
                RetentionLock::Compliance => "COMPLIANCE",
            };
            let retention = Block::unlabelled("default_retention")
                .attribute("mode", mode)
                .attribute("days", days);
            body = body.block(depends_on(
                part("aws_s3_bucket_object_lock_configuration")
                    .block(Block::unlabelled("rule").block(retention)),
                &format!("aws_s3_bucket_versioning.{label}"),
            ));
        }
        match access_logs {
            Some(AccessLogs::Elsewhere(log)) => body.block(
                part("aws_s3_bucket_logging")
                    .attribute("target_bucket", log)
                    .attribute("target_prefix", format!("{name}/")),
            ),
            Some(AccessLogs::Here(log)) => body.block(depends_on(
                part("aws_s3_bucket_logging")
                    .attribute(
                        "target_bucket",
                        Expression::reference(&format!("aws_s3_bucket.{log}.id")),
                    )
                    .attribute("target_prefix", format!("{label}/")),
                &format!("aws_s3_bucket_policy.{log}"),
            )),
            None => body,
        }
    }
}

fn encryption(key: Expression) -> Block {
    Block::unlabelled("rule")
        .block(
            Block::unlabelled("apply_server_side_encryption_by_default")
                .attribute("sse_algorithm", "aws:kms")
                .attribute("kms_master_key_id", key),
        )
        .attribute("bucket_key_enabled", true)
}

fn rule(id: &'static str) -> Block {
    rule_of(id, Block::unlabelled("filter"))
}

fn rule_of(id: &'static str, filter: Block) -> Block {
    Block::unlabelled("rule")
        .attribute("id", id)
        .attribute("status", "Enabled")
        .block(filter)
}

/// The rule that lets old versions and broken uploads go.
pub(super) fn noncurrent(days: u32) -> Block {
    rule("noncurrent")
        .block(
            Block::unlabelled("abort_incomplete_multipart_upload")
                .attribute("days_after_initiation", 7),
        )
        .block(
            Block::unlabelled("noncurrent_version_expiration").attribute("noncurrent_days", days),
        )
}

/// The rule that lets everything go.
pub(super) fn expire(days: u32) -> Block {
    rule("expire").block(Block::unlabelled("expiration").attribute("days", days))
}

/// The rule that lets everything go whose name begins so.
pub(super) fn expire_below(prefix: &'static str, days: u32) -> Block {
    let filter = Block::unlabelled("filter").attribute("prefix", prefix);
    rule_of("expire", filter).block(Block::unlabelled("expiration").attribute("days", days))
}
