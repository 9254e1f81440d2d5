//! What partitions of AWS lack.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Facts about partitions of AWS.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PartitionFacts {
    /// The service behind resources of Terraform, by the beginning of their names.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "a test holds all that is rendered to it")
    )]
    services: BTreeMap<Box<str>, Box<str>>,
    /// The services that a partition lacks.
    lacking: BTreeMap<Box<str>, Vec<Box<str>>>,
    /// The partitions whose zones are of networks, and none is of the internet.
    private_zones_only: Vec<Box<str>>,
}

impl PartitionFacts {
    /// The facts that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static FACTS: LazyLock<PartitionFacts> = LazyLock::new(|| {
            super::embedded("partitions.yaml", include_str!("data/partitions.yaml"))
        });
        &FACTS
    }

    /// Whether a partition lacks a service.
    pub(crate) fn lacks(&self, partition: &str, service: &str) -> bool {
        let lacking = self.lacking.get(partition);
        lacking.is_some_and(|all| all.iter().any(|one| **one == *service))
    }

    /// Whether a partition has zones that the internet asks.
    pub(crate) fn has_public_zones(&self, partition: &str) -> bool {
        !self
            .private_zones_only
            .iter()
            .any(|one| **one == *partition)
    }

    /// The service behind a resource of Terraform.
    #[cfg(test)]
    pub(crate) fn service(&self, resource: &str) -> Option<&str> {
        let fits = |prefix: &str| {
            let rest = resource.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_') || rest == "s")
        };
        let all = self.services.iter().filter(|(prefix, _)| fits(prefix));
        all.max_by_key(|(prefix, _)| prefix.len())
            .map(|(_, service)| &**service)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_facts_read() {
        let facts = PartitionFacts::embedded();
        assert!(facts.lacks("aws-us-gov", "budgets"));
        assert!(!facts.lacks("aws-cn", "budgets"));
        assert!(!facts.lacks("aws", "ce"));
        assert!(facts.has_public_zones("aws-cn"));
        assert!(!facts.has_public_zones("aws-us-gov"));
        assert_eq!(facts.service("aws_s3_bucket"), Some("s3"));
        assert_eq!(
            facts.service("aws_s3_account_public_access_block"),
            Some("s3-control")
        );
        assert_eq!(facts.service("aws_route53_zone"), Some("route53"));
        assert_eq!(facts.service("aws_route_table"), Some("ec2"));
        assert_eq!(facts.service("google_project"), None);
    }
}
