//! Secrets that the chart makes itself where a flag says so.

use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;

/// All of them, by service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocalSecrets {
    secrets: Vec<LocalSecret>,
}

/// A secret that the chart makes in the cluster.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocalSecret {
    /// The service.
    pub(crate) service: String,
    /// The key below its `externalSecrets` that else names the secret.
    pub(crate) value: String,
    /// The switch beside it.
    pub(crate) flag: String,
    /// What is made.
    pub(crate) random: Randomness,
}

/// What a secret that the chart makes holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Randomness {
    /// A placeholder.
    No,
    /// Something new at each rendering, which nothing outlives.
    Changes,
    /// Something new at each rendering, and what was made with it before is lost.
    Breaks,
}

impl LocalSecrets {
    /// The catalog that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static CATALOG: LazyLock<LocalSecrets> = LazyLock::new(|| {
            embedded(
                "local-secrets.yaml",
                include_str!("data/local-secrets.yaml"),
            )
        });
        &CATALOG
    }

    /// The flag that makes a secret of a service inside the cluster.
    pub(crate) fn flag(&self, service: &str, value: &str) -> Option<&str> {
        self.secrets
            .iter()
            .find(|secret| secret.service == service && secret.value == value)
            .map(|secret| secret.flag.as_str())
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &LocalSecret> {
        self.secrets.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalog_reads() {
        let flag = LocalSecrets::embedded().flag("fence", "fenceJwtKeys");
        assert_eq!(flag, Some("createK8sJwtKeysSecret"));
    }
}
