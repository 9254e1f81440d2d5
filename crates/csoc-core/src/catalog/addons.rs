//! The add-ons of the chart cluster-level-resources.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::embedded;
use crate::model::version::Version;

/// All add-ons of the chart, by name, in the order of the catalog.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddonCatalog {
    addons: IndexMap<String, AddonFacts>,
}

/// What an add-on takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddonFacts {
    /// The version that runs where the fleet names none.
    #[serde(default)]
    pub(crate) version: Option<String>,
    /// The oldest version that serves what the chart's own manifests ask for.
    #[serde(default)]
    pub(crate) oldest: Option<Version>,
    /// Whether its own values may stand in a file of their own.
    #[serde(default)]
    pub(crate) values: bool,
    /// Whether ours stand there: those that the chart has do not fit clusters of ours.
    #[serde(default)]
    pub(crate) own: bool,
    /// Whether the chart looks for the revision of that file in `configurationRevision`, beside `configuration`.
    #[serde(default)]
    pub(crate) revision_beside: bool,
    /// The chart that takes those values.
    #[serde(default)]
    pub(crate) chart: Option<String>,
}

impl AddonCatalog {
    /// The catalog that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static CATALOG: LazyLock<AddonCatalog> =
            LazyLock::new(|| embedded("addons.yaml", include_str!("data/addons.yaml")));
        &CATALOG
    }

    /// An add-on by its name.
    pub(crate) fn get(&self, name: &str) -> Option<&AddonFacts> {
        self.addons.get(name)
    }

    /// All add-ons, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &AddonFacts)> {
        self.addons
            .iter()
            .map(|(name, facts)| (name.as_str(), facts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalog_reads() {
        let catalog = AddonCatalog::embedded();
        assert!(catalog.get("external-secrets").unwrap().values);
        assert!(catalog.get("kube-proxy").unwrap().version.is_none());
        for (name, facts) in catalog.iter() {
            assert_eq!(facts.values, facts.chart.is_some(), "{name}");
        }
    }
}
