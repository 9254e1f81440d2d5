//! What controls are called.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::embedded;

/// Titles by the number of the control.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ControlTitles {
    controls: IndexMap<String, String>,
}

impl ControlTitles {
    /// The catalog that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static CATALOG: LazyLock<ControlTitles> =
            LazyLock::new(|| embedded("controls.yaml", include_str!("data/controls.yaml")));
        &CATALOG
    }

    /// What a control is called.
    pub(crate) fn get(&self, number: &str) -> Option<&str> {
        self.controls.get(number).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalog_reads() {
        assert_eq!(
            ControlTitles::embedded().get("CM-2"),
            Some("Baseline Configuration")
        );
    }
}
