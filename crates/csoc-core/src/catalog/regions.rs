//! Regions and availability zones that there are.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::Provider;

/// The regions of each cloud, each with the letters of its zones.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Regions {
    aws: BTreeMap<String, String>,
    gcp: BTreeMap<String, String>,
}

impl Regions {
    /// The table that this version carries.
    pub(crate) fn embedded() -> Self {
        serde_json::from_str(include_str!("data/regions.json")).expect("a test reads the same text")
    }

    /// The regions of a cloud; none where the table does not know them.
    pub(crate) fn of(&self, provider: Provider) -> Option<&BTreeMap<String, String>> {
        match provider {
            Provider::Aws => Some(&self.aws),
            Provider::Gcp => Some(&self.gcp),
            Provider::Azure | Provider::Onprem => None,
        }
    }

    /// The partition of an AWS region, the second field of its ARNs.
    pub(crate) fn partition(region: &str) -> &'static str {
        match region {
            _ if region.starts_with("cn-") => "aws-cn",
            _ if region.starts_with("us-gov-") => "aws-us-gov",
            _ if region.starts_with("eusc-") => "aws-eusc",
            _ => "aws",
        }
    }

    /// The domain that a partition's services are below.
    pub(crate) fn suffix(partition: &str) -> &'static str {
        match partition {
            "aws-cn" => "amazonaws.com.cn",
            "aws-eusc" => "amazonaws.eu",
            _ => "amazonaws.com",
        }
    }

    /// The partition that an ARN names.
    pub(crate) fn partition_of(arn: &str) -> &'static str {
        match arn.split(':').nth(1) {
            Some("aws-cn") => "aws-cn",
            Some("aws-us-gov") => "aws-us-gov",
            Some("aws-eusc") => "aws-eusc",
            _ => "aws",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_reads() {
        let regions = Regions::embedded();
        assert_eq!(regions.of(Provider::Aws).unwrap()["us-east-1"], "abcdef");
        assert!(regions.of(Provider::Azure).is_none());
    }
}
