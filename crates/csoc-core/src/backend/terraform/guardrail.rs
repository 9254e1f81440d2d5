//! What no one may do in an account of the fleet, whatever their policies say.
//!
//! An organization says it by policies of its own (the layer `organization`);
//! where there is none, the boundary of the account's roles says the same.

use super::policy::Statement;

/// The services that have no region, or answer for all from one.
const GLOBAL: [&str; 22] = [
    "access-analyzer:*",
    "account:*",
    "acm:*",
    "aws-portal:*",
    "billing:*",
    "budgets:*",
    "ce:*",
    "cloudfront:*",
    "cur:*",
    "globalaccelerator:*",
    "health:*",
    "iam:*",
    "kms:*",
    "organizations:*",
    "route53:*",
    "route53domains:*",
    "s3:GetAccountPublic*",
    "s3:ListAllMyBuckets",
    "s3:PutAccountPublic*",
    "shield:*",
    "sts:*",
    "support:*",
];

/// What watches the account stays on.
pub(super) fn keep_audit() -> Statement {
    Statement::deny("KeepAudit")
        .actions([
            "access-analyzer:DeleteAnalyzer",
            "cloudtrail:DeleteTrail",
            "cloudtrail:StopLogging",
            "config:DeleteConfigurationRecorder",
            "config:DeleteDeliveryChannel",
            "config:StopConfigurationRecorder",
            "guardduty:DeleteDetector",
            "guardduty:DisassociateFromAdministratorAccount",
            "inspector2:Disable",
            "securityhub:DisableSecurityHub",
            "securityhub:DisassociateFromAdministratorAccount",
        ])
        .anywhere()
}

/// Nothing is made that is not encrypted.
pub(super) fn encrypt() -> [Statement; 2] {
    let deny = |sid, actions: &[&'static str], key: &str| {
        Statement::deny(sid)
            .actions(actions.iter().copied())
            .anywhere()
            .when("Bool", key, ["false"])
    };
    [
        deny(
            "EncryptVolumes",
            &["ec2:CreateVolume", "ec2:RunInstances"],
            "ec2:Encrypted",
        ),
        deny(
            "EncryptDatabases",
            &["rds:CreateDBCluster", "rds:CreateDBInstance"],
            "rds:StorageEncrypted",
        ),
    ]
}

/// Nothing is given to the whole world.
pub(super) fn keep_private() -> [Statement; 2] {
    [
        Statement::deny("KeepImagesPrivate")
            .actions(["ec2:ModifyImageAttribute", "ec2:ModifySnapshotAttribute"])
            .anywhere()
            .when("StringEquals", "ec2:Add/group", ["all"]),
        Statement::deny("KeepObjectsPrivate")
            .actions(["s3:PutBucketAcl", "s3:PutObject", "s3:PutObjectAcl"])
            .anywhere()
            .when(
                "StringEquals",
                "s3:x-amz-acl",
                ["authenticated-read", "public-read", "public-read-write"],
            ),
    ]
}

/// Machines ask for their metadata with a token.
pub(super) fn require_tokens(partition: &str) -> Statement {
    Statement::deny("RequireMetadataTokens")
        .actions(["ec2:RunInstances"])
        .on([format!("arn:{partition}:ec2:*:*:instance/*")])
        .when("StringNotEquals", "ec2:MetadataHttpTokens", ["required"])
}

/// Only regions that the fleet uses.
pub(super) fn only_regions<'a>(regions: impl IntoIterator<Item = &'a str>) -> Statement {
    Statement::deny("OnlyRegionsOfThisFleet")
        .not_actions(GLOBAL)
        .anywhere()
        .when("StringNotEquals", "aws:RequestedRegion", regions)
}
