//! Buckets: who reads them, what they keep.

use super::context::{Said, TerraformContext};
use super::module::Resource;
use super::policy::PolicyKind;
use super::values::{Flag, blocks, flag, texts};
use crate::diagnostic::Diagnostics;
use crate::value::Node;

/// The buckets of a directory that something is said about.
fn each(
    context: &TerraformContext<'_>,
    found: &mut Diagnostics,
    is_wrong: impl Fn(&Resource<'_>) -> bool,
    what: &str,
    label: &str,
    help: &str,
) {
    for bucket in context.module.of("aws_s3_bucket") {
        if is_wrong(bucket) {
            context.resource(
                found,
                bucket,
                None,
                Said {
                    message: format!("`{}` {what}", bucket.address()),
                    label,
                    help,
                },
            );
        }
    }
}

/// Whether a bucket is one that only keeps logs.
fn is_of_logs(bucket: &Resource<'_>) -> bool {
    let names = [Some(bucket.name), bucket.text("bucket")];
    names.into_iter().flatten().any(|name| name.contains("log"))
}

/// What was overwritten can be brought back.
pub(super) fn bucket_versioning_off(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let is_wrong = |bucket: &Resource<'_>| {
        let of = ["aws_s3_bucket_versioning"];
        let mut settings = context.module.companions(&of, "bucket", bucket);
        let is_on = settings.any(|settings| {
            blocks(&settings.values, "versioning_configuration").any(|it| {
                it.get("status")
                    .is_none_or(|status| !matches!(status.text(), Some("Disabled" | "Suspended")))
            })
        });
        !is_on && !blocks(&bucket.values, "versioning").any(|it| flag(it, "enabled") == Flag::On)
    };
    each(
        context,
        found,
        is_wrong,
        "keeps no older versions; it must",
        "overwritten is lost",
        "add `aws_s3_bucket_versioning` with the status `Enabled`",
    );
}

/// Nobody reads a bucket without TLS.
pub(super) fn bucket_tls_optional(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let is_wrong = |bucket: &Resource<'_>| {
        let of = ["aws_s3_bucket_policy"];
        let policies: Vec<_> = context.module.companions(&of, "bucket", bucket).collect();
        let is_denied = context.module.policies.iter().any(|policy| {
            let Some(owner) = policy.owner(context.module) else {
                return false;
            };
            let is_of_bucket = owner.of == bucket.of && owner.name == bucket.name
                || policies
                    .iter()
                    .any(|other| other.name == owner.name && other.of == owner.of);
            policy.kind == PolicyKind::Resource
                && is_of_bucket
                && policy.denies.iter().any(|statement| {
                    statement.is_undecided() || statement.tests(&["aws:SecureTransport"])
                })
        });
        // A policy that text does not decide may say it.
        let is_unread = policies.iter().any(|owner| {
            !context.module.policies.iter().any(|policy| {
                let own = policy.owner(context.module);
                own.is_some_and(|own| own.name == owner.name && own.of == owner.of)
                    && policy.is_whole
            })
        });
        !is_denied && !is_unread
    };
    each(
        context,
        found,
        is_wrong,
        "may be read without TLS; its policy must deny that",
        "plain text is accepted",
        "deny `s3:*` where `aws:SecureTransport` is `false`, in `aws_s3_bucket_policy`",
    );
}

/// What lies in a bucket is its owner's.
pub(super) fn bucket_ownership_mixed(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let is_wrong = |bucket: &Resource<'_>| {
        !context
            .module
            .has_companion(&["aws_s3_bucket_ownership_controls"], "bucket", bucket)
    };
    each(
        context,
        found,
        is_wrong,
        "does not say whose its objects are; it must be its owner's",
        "without ownership",
        "add `aws_s3_bucket_ownership_controls` with `BucketOwnerEnforced`",
    );
}

/// What lies in a bucket is encrypted with a key of one's own.
pub(super) fn bucket_key_missing(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let is_wrong = |bucket: &Resource<'_>| {
        let of = ["aws_s3_bucket_server_side_encryption_configuration"];
        let mut settings = context.module.companions(&of, "bucket", bucket);
        let has_key = settings.any(|settings| {
            super::values::is_undecided(&settings.values, "rule")
                || blocks(&settings.values, "rule")
                    .flat_map(|rule| blocks(rule, "apply_server_side_encryption_by_default"))
                    .any(|it| {
                        it.get("kms_master_key_id")
                            .is_some_and(|key| !key.is_null())
                    })
        });
        let is_within = bucket.get("server_side_encryption_configuration").is_some();
        !has_key && !is_within && !is_of_logs(bucket)
    };
    each(
        context,
        found,
        is_wrong,
        "is encrypted with a key of AWS; it must be with one of the account",
        "without `kms_master_key_id`",
        "add `aws_s3_bucket_server_side_encryption_configuration` with `aws:kms` and a key",
    );
}

/// It is known who read what.
pub(super) fn bucket_logs_off(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let is_wrong = |bucket: &Resource<'_>| {
        let is_logged = context
            .module
            .has_companion(&["aws_s3_bucket_logging"], "bucket", bucket)
            || bucket.get("logging").is_some();
        let is_target =
            context
                .module
                .has_companion(&["aws_s3_bucket_logging"], "target_bucket", bucket);
        !is_logged && !is_target && !is_of_logs(bucket)
    };
    each(
        context,
        found,
        is_wrong,
        "does not log who reads it; it must",
        "without access logs",
        "add `aws_s3_bucket_logging`",
    );
}

/// What is old goes.
pub(super) fn bucket_lifecycle_missing(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let is_wrong = |bucket: &Resource<'_>| {
        !context
            .module
            .has_companion(&["aws_s3_bucket_lifecycle_configuration"], "bucket", bucket)
            && bucket.get("lifecycle_rule").is_none()
    };
    each(
        context,
        found,
        is_wrong,
        "keeps old versions and broken uploads for ever; it must have a lifecycle",
        "without a lifecycle",
        "add `aws_s3_bucket_lifecycle_configuration`",
    );
}

/// The four switches that keep a bucket private.
const SWITCHES: [&str; 4] = [
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
];

/// No bucket becomes public.
pub(super) fn bucket_public_possible(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    let of = ["aws_s3_bucket_public_access_block"];
    let is_wrong = |bucket: &Resource<'_>| !context.module.has_companion(&of, "bucket", bucket);
    each(
        context,
        found,
        is_wrong,
        "has no block of public access; it must have all four",
        "may become public",
        "add `aws_s3_bucket_public_access_block` with all four switches on",
    );
    for block in context.module.of_any(&[
        "aws_s3_bucket_public_access_block",
        "aws_s3_account_public_access_block",
    ]) {
        let off = SWITCHES
            .into_iter()
            .find(|name| matches!(flag(&block.values, name), Flag::Unset | Flag::Off));
        if let Some(off) = off {
            context.resource(
                found,
                block,
                block.get(off),
                Said {
                    message: format!(
                        "`{}` does not set `{off}`; all four switches must be on",
                        block.address()
                    ),
                    label: "leaves a way",
                    help: "set all four to `true`",
                },
            );
        }
    }
}

/// No data goes with its bucket.
pub(super) fn bucket_destroy_forced(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for bucket in context.module.of("aws_s3_bucket") {
        if flag(&bucket.values, "force_destroy") == Flag::On {
            context.resource(
                found,
                bucket,
                bucket.get("force_destroy"),
                Said {
                    message: format!(
                        "`{}` is destroyed with what lies in it; in production it must not be",
                        bucket.address()
                    ),
                    label: "deletes all objects",
                    help: "take `force_destroy` out, and empty a bucket by hand",
                },
            );
        }
    }
}

/// Not every page reads a bucket in its user's name.
pub(super) fn bucket_cors_open(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for bucket in context
        .module
        .of_any(&["aws_s3_bucket_cors_configuration", "aws_s3_bucket"])
    {
        for rule in blocks(&bucket.values, "cors_rule") {
            let open = texts(rule.get("allowed_origins")).find(|(origin, _)| *origin == "*");
            if let Some((_, at)) = open {
                context.resource(
                    found,
                    bucket,
                    Some(at),
                    Said {
                        message: format!(
                            "`{}` answers pages of every origin; it must name them",
                            bucket.address()
                        ),
                        label: "every page",
                        help: "name the origins: `https://HOST`",
                    },
                );
            }
        }
    }
}

/// A rule of a lifecycle does something.
pub(super) fn lifecycle_rule_ineffective(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for lifecycle in context.module.of("aws_s3_bucket_lifecycle_configuration") {
        for rule in blocks(&lifecycle.values, "rule") {
            let prefix = blocks(rule, "filter")
                .find_map(|filter| filter.get("prefix"))
                .or_else(|| rule.get("prefix"));
            let leads = prefix
                .and_then(Node::text)
                .is_some_and(|prefix| prefix.starts_with('/') || prefix.contains('*'));
            let status = rule.get("status");
            let is_off = status.and_then(Node::text) == Some("Disabled");
            let (what, at) = if leads {
                ("can match nothing: no key starts so", prefix)
            } else if is_off {
                ("is off", status)
            } else {
                continue;
            };
            context.resource(found, lifecycle, at, Said {
                message: format!("a rule of `{}` {what}", lifecycle.address()),
                label: "does nothing",
                help: "write the prefix without a leading slash and without `*`, or take the rule out",
            });
        }
    }
}
