//! The versions that `csoc init` writes.

use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;

use crate::model::version::{ReleaseTag, Version};

/// What a new fleet runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Versions {
    /// The Gen3 release.
    pub(crate) release: ReleaseTag,
    /// Where the charts are.
    pub(crate) chart_repository: String,
    /// The umbrella chart.
    pub(crate) gen3: String,
    /// The chart of cluster add-ons.
    pub(crate) cluster_level_resources: String,
    /// Kubernetes.
    pub(crate) kubernetes: Version,
}

impl Versions {
    /// The versions that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static VERSIONS: LazyLock<Versions> =
            LazyLock::new(|| embedded("versions.yaml", include_str!("data/versions.yaml")));
        &VERSIONS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_versions_read() {
        assert!(Versions::embedded().kubernetes.as_str().starts_with("1."));
    }
}
