//! Charts of others that Argo CD installs in a cluster, each at an exact version.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::embedded;

/// All components, by name, in the order of the catalog.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComponentCatalog {
    components: IndexMap<String, ComponentFacts>,
}

/// Where a component comes from, and where it runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComponentFacts {
    /// The chart's name in its repository.
    pub(crate) chart: String,
    /// The chart's directory, where it is taken from a repository of git.
    #[serde(default)]
    pub(crate) path: Option<String>,
    /// Where the chart is published: an address, or a registry of OCI without a scheme.
    pub(crate) repository: String,
    /// The version that runs where the fleet names none.
    pub(crate) version: String,
    /// The namespace that it runs in.
    pub(crate) namespace: String,
    /// Which comes first among a cluster's Applications: the lower.
    pub(crate) wave: i8,
    /// Its name among a cluster's add-ons, where it has one.
    #[serde(default)]
    pub(crate) addon: Option<String>,
    /// What the chart makes anew at every rendering.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) ignores: Vec<Ignored>,
}

/// A part of an object that differs at every rendering, so that Argo CD keeps what is there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ignored {
    /// The group of the object's API; empty for the core.
    pub(crate) group: String,
    /// Its kind.
    pub(crate) kind: String,
    /// Its name.
    pub(crate) name: String,
    /// Places in it, as JSON pointers.
    #[serde(default)]
    pub(crate) pointers: Vec<String>,
    /// Places in it, as expressions of jq.
    #[serde(default)]
    pub(crate) paths: Vec<String>,
}

impl ComponentCatalog {
    /// The catalog that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static CATALOG: LazyLock<ComponentCatalog> =
            LazyLock::new(|| embedded("components.yaml", include_str!("data/components.yaml")));
        &CATALOG
    }

    /// A component by its name.
    pub(crate) fn get(&self, name: &str) -> Option<&ComponentFacts> {
        self.components.get(name)
    }

    /// A component by its name among a cluster's add-ons.
    pub(crate) fn of_addon(&self, addon: &str) -> Option<(&str, &ComponentFacts)> {
        self.iter()
            .find(|(_, facts)| facts.addon.as_deref() == Some(addon))
    }

    /// All components, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &ComponentFacts)> {
        let all = self.components.iter();
        all.map(|(name, facts)| (name.as_str(), facts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::AddonCatalog;

    /// Add-ons that cluster-level-resources does not have.
    const OWN: [&str; 1] = ["external-dns"];

    #[test]
    fn components_name_add_ons_that_there_are() {
        for (name, facts) in ComponentCatalog::embedded().iter() {
            let known = |addon: &String| {
                AddonCatalog::embedded().get(addon).is_some() || OWN.contains(&addon.as_str())
            };
            assert!(facts.addon.iter().all(known), "{name}");
            let is_registry = !facts.repository.contains("://");
            assert!(
                is_registry || facts.repository.starts_with("https://"),
                "{name}"
            );
        }
    }
}
