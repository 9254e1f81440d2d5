//! Buckets and queues of an environment.

use super::environment::{BucketContract, BucketPurpose, QueueContract, QueuePurpose};
use super::namer::Namer;
use crate::catalog::Regions;
use crate::naming::NameKind;

/// Where an environment's resources are.
pub(crate) struct Place<'a> {
    pub(crate) partition: &'static str,
    pub(crate) region: &'a str,
    pub(crate) account_id: &'a str,
}

/// Whose bucket takes the access logs of an environment's buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccessLogs {
    /// The account's, in each of its regions.
    Account,
    /// The environment's own: the account's layers are somebody else's.
    Own,
}

impl Place<'_> {
    /// The end of host names of the partition's services.
    pub(crate) fn suffix(&self) -> &'static str {
        Regions::suffix(self.partition)
    }
}

/// The buckets that the running services need, and where the account has none for it, one with their access logs.
pub(crate) fn buckets(
    runs: &dyn Fn(&str) -> bool,
    logs: AccessLogs,
    namer: &mut Namer<'_>,
) -> Vec<BucketContract> {
    let mut buckets: Vec<BucketContract> = [
        (BucketPurpose::Upload, "fence"),
        (BucketPurpose::Manifest, "manifestservice"),
        (BucketPurpose::Dashboard, "dashboard"),
        (BucketPurpose::Export, "sower"),
    ]
    .into_iter()
    .filter(|(_, service)| runs(service))
    .map(|(purpose, _)| BucketContract {
        purpose,
        name: namer.name(NameKind::Bucket, Some(purpose.as_str())),
    })
    .collect();
    if !buckets.is_empty() && logs == AccessLogs::Own {
        let purpose = BucketPurpose::AccessLogs;
        buckets.insert(
            0,
            BucketContract {
                purpose,
                name: namer.name(NameKind::Bucket, Some(purpose.as_str())),
            },
        );
    }
    buckets
}

/// The queues that the running services need.
pub(crate) fn queues(
    runs: &dyn Fn(&str) -> bool,
    place: &Place<'_>,
    namer: &mut Namer<'_>,
) -> Vec<QueueContract> {
    [
        (QueuePurpose::Audit, "audit"),
        (QueuePurpose::Upload, "ssjdispatcher"),
    ]
    .into_iter()
    .filter(|(_, service)| runs(service))
    .map(|(purpose, _)| {
        let name = namer.name(NameKind::Queue, Some(purpose.as_str()));
        QueueContract {
            url: format!(
                "https://sqs.{}.{}/{}/{name}",
                place.region,
                place.suffix(),
                place.account_id
            ),
            arn: format!(
                "arn:{}:sqs:{}:{}:{name}",
                place.partition, place.region, place.account_id
            ),
            purpose,
            name,
        }
    })
    .collect()
}
