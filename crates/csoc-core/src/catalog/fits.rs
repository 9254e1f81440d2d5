//! Which versions of add-ons fit each other, the cluster, and what is written for them.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::embedded;
use crate::model::version::Version;

/// What fits what.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Fits {
    /// The oldest Karpenter of each Kubernetes.
    pub(crate) karpenter: IndexMap<String, Version>,
    /// The first External Secrets that no longer serves a version of its kinds.
    pub(crate) external_secrets: IndexMap<String, Version>,
    /// What EKS runs in place of an add-on, by its field of `eksAddons`.
    pub(crate) eks: IndexMap<String, String>,
}

impl Fits {
    /// The facts that this version carries.
    pub(crate) fn embedded() -> &'static Self {
        static FITS: LazyLock<Fits> =
            LazyLock::new(|| embedded("fits.yaml", include_str!("data/fits.yaml")));
        &FITS
    }
}

/// Versions compare by their first three numbers, with or without a `v`.
pub(crate) fn numbers(version: &str) -> [u64; 3] {
    let mut parts = version
        .trim_start_matches('v')
        .split(['.', '-', '+'])
        .map(|part| part.parse().unwrap_or(0));
    [(); 3].map(|()| parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_facts_read() {
        let fits = Fits::embedded();
        assert_eq!(fits.karpenter["1.35"].as_str(), "1.9.0");
        let gone = &fits.external_secrets["external-secrets.io/v1beta1"];
        assert_eq!(gone.as_str(), "0.17.0");
        assert!(fits.eks.contains_key("vpcCni"));
    }

    #[test]
    fn versions_compare_by_numbers() {
        assert!(numbers("v1.17.2") < numbers("1.17.10"));
        assert!(numbers("1.9.0") >= numbers("1.9"));
    }
}
