//! What the charts make whatever their values say.

use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;

/// Defects of rendered objects that no value can mend.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenderedAccepted {
    accepted: Vec<Accepted>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    object: String,
    about: String,
}

impl RenderedAccepted {
    /// The catalog that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static CATALOG: LazyLock<RenderedAccepted> = LazyLock::new(|| {
            embedded(
                "rendered-accepted.yaml",
                include_str!("data/rendered-accepted.yaml"),
            )
        });
        &CATALOG
    }

    /// Whether the chart itself makes this defect of an object.
    pub(crate) fn contains(&self, object: &str, about: &str) -> bool {
        self.accepted
            .iter()
            .any(|accepted| accepted.about == about && is_like(&accepted.object, object))
    }
}

/// Whether a text is what a pattern says, in which a `*` at the end stands for anything.
fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => pattern == text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalog_reads() {
        let catalog = RenderedAccepted::embedded();
        assert!(catalog.contains("Secret/gen3-certs", "changes"));
        assert!(is_like("Job/x-*", "Job/x-y") && !is_like("Job/x", "Job/x-y"));
    }
}
