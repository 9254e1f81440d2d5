//! What the cloud takes of a network, and which addresses are better left alone.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::network::Cidr;

/// Facts about networks of clusters.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NetworkFacts {
    /// Ranges that something else is likely to use.
    pub(crate) avoided: Vec<AvoidedRange>,
    /// Addresses of a prefix that an interface takes for pods.
    pub(crate) prefix_addresses: u64,
    /// Prefixes that a node holds ready.
    pub(crate) warm_prefixes: u64,
    /// Interfaces of a node.
    pub(crate) node_interfaces: u64,
    /// Networks of a family that a set of addresses of AWS WAF holds.
    pub(crate) ip_set_networks: usize,
    /// Networks that may reach the public API of a cluster.
    pub(crate) endpoint_networks: usize,
    /// Rules that let something into a security group, where nobody asked for more.
    pub(crate) security_group_rules: usize,
    /// Days that a log group can be kept.
    pub(crate) log_retention_days: Vec<u32>,
}

/// A range that something else is likely to use.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct AvoidedRange {
    /// The range.
    pub(crate) range: Cidr,
}

impl NetworkFacts {
    /// The facts that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static FACTS: LazyLock<NetworkFacts> =
            LazyLock::new(|| super::embedded("networks.yaml", include_str!("data/networks.yaml")));
        &FACTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_facts_read() {
        let facts = NetworkFacts::embedded();
        assert_eq!(facts.prefix_addresses, 16);
        assert!(facts.log_retention_days.contains(&365));
        assert!(!facts.avoided.is_empty());
    }
}
