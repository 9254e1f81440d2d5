//! Accounts that everybody's values name.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::embedded;

/// Accounts whose resources are no sign of a mistake, with what is in them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SharedAccounts {
    accounts: IndexMap<String, String>,
}

impl SharedAccounts {
    /// The catalog that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static CATALOG: LazyLock<SharedAccounts> = LazyLock::new(|| {
            embedded(
                "shared-accounts.yaml",
                include_str!("data/shared-accounts.yaml"),
            )
        });
        &CATALOG
    }

    /// Whether an account is one of them.
    pub(crate) fn contains(&self, account: &str) -> bool {
        self.accounts.contains_key(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalog_reads() {
        assert!(SharedAccounts::embedded().contains("602401143452"));
    }
}
