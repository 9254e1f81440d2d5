//! Where a root's resources are, and the names the cloud gives them there.

use crate::catalog::Regions;
use crate::model::cloud::{AccountId, Region};

/// A partition, an account and a region.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Place {
    pub(super) partition: &'static str,
    pub(super) account: AccountId,
    pub(super) region: Region,
}

impl Place {
    /// The ARN of a resource that a region has.
    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}:{}:{}:{resource}",
            self.partition, self.region, self.account
        )
    }

    /// The ARN of a role, policy or another resource of IAM.
    pub(super) fn iam(&self, resource: &str) -> String {
        format!("arn:{}:iam::{}:{resource}", self.partition, self.account)
    }

    /// The ARN of a bucket, or of `bucket/key`.
    pub(super) fn s3(&self, resource: &str) -> String {
        format!("arn:{}:s3:::{resource}", self.partition)
    }

    /// A service of the region as conditions name it: `sqs.us-east-1.amazonaws.com`.
    pub(super) fn service(&self, service: &str) -> String {
        format!("{service}.{}.{}", self.region, self.suffix())
    }

    /// The domain of the partition's services.
    pub(super) fn suffix(&self) -> &'static str {
        Regions::suffix(self.partition)
    }
}

/// The label of a resource: a name with everything but letters and digits as `_`.
pub(super) fn label(name: &str) -> String {
    let mut label: String = name
        .chars()
        .map(|character| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => character,
            _ => '_',
        })
        .collect();
    if label.starts_with(|first: char| first.is_ascii_digit()) {
        label.insert(0, '_');
    }
    label
}
