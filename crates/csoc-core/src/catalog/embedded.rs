//! The catalogs that this version carries, opened when somebody asks.

use std::sync::OnceLock;

use super::flat::{Catalog, CatalogKind};

/// A catalog that this version carries.
#[derive(Debug)]
pub(crate) struct Embedded {
    /// What it holds facts about.
    pub(crate) kind: CatalogKind,
    /// Its name.
    pub(crate) name: &'static str,
    /// Its version.
    pub(crate) version: &'static str,
    /// Its catalog.
    pub(crate) bytes: &'static [u8],
    opened: OnceLock<Catalog>,
}

impl Embedded {
    const fn new(
        kind: CatalogKind,
        name: &'static str,
        version: &'static str,
        bytes: &'static [u8],
    ) -> Self {
        Self {
            kind,
            name,
            version,
            bytes,
            opened: OnceLock::new(),
        }
    }

    /// The catalog, opened once.
    pub(crate) fn open(&self) -> &Catalog {
        self.opened
            .get_or_init(|| Catalog::open(self.bytes).expect("a test opens the same bytes"))
    }
}

/// A provider of the public registry.
macro_rules! provider {
    ($name:literal, $file:literal, $version:literal) => {
        Embedded::new(
            CatalogKind::Provider,
            $name,
            $version,
            include_bytes!(concat!("data/provider/", $file, "-", $version, ".catalog")),
        )
    };
}

/// A chart of gen3-helm.
macro_rules! chart {
    ($name:literal) => {
        Embedded::new(
            CatalogKind::Chart,
            $name,
            "0.0.0+42cc46bc",
            include_bytes!(concat!("data/chart/", $name, ".catalog")),
        )
    };
}

/// A chart of somebody else, as it was published.
macro_rules! published {
    ($name:literal, $version:literal) => {
        Embedded::new(
            CatalogKind::Chart,
            $name,
            $version,
            include_bytes!(concat!(
                "data/chart/published/",
                $name,
                "-",
                $version,
                ".catalog"
            )),
        )
    };
}

/// A custom resource of Argo CD.
macro_rules! argocd {
    ($kind:literal) => {
        Embedded::new(
            CatalogKind::Crd,
            concat!("argoproj.io/", $kind),
            "3.6.0",
            include_bytes!(concat!("data/crd/", $kind, "-3.6.0.catalog")),
        )
    };
}

/// All of them, by kind and name, the newest version of each first.
pub(crate) static EMBEDDED: [Embedded; 51] = [
    published!("alloy", "1.11.1"),
    published!("alloy", "0.4.0"),
    published!("argo-cd", "10.1.1"),
    published!("argo-events", "2.1.3"),
    published!("argo-workflows", "1.0.18"),
    published!("argo-workflows", "0.29.1"),
    published!("aws-ebs-csi-driver", "2.64.0"),
    published!("aws-ebs-csi-driver", "2.48.0"),
    published!("aws-efs-csi-driver", "4.4.1"),
    published!("aws-efs-csi-driver", "4.2.0"),
    published!("aws-load-balancer-controller", "3.5.0"),
    published!("aws-load-balancer-controller", "1.13.4"),
    published!("aws-mountpoint-s3-csi-driver", "2.7.0"),
    published!("aws-mountpoint-s3-csi-driver", "2.2.0"),
    published!("cert-manager", "v1.21.1"),
    published!("cert-manager", "v1.17.2"),
    chart!("cluster-level-resources"),
    published!("csoc", "0.0.0+592db945"),
    published!("external-dns", "1.21.1"),
    published!("external-secrets", "2.9.0"),
    published!("external-secrets", "0.16.2"),
    chart!("gen3"),
    published!("grafana", "12.11.1"),
    published!("karpenter", "1.14.1"),
    published!("karpenter", "1.9.0"),
    published!("keycloakx", "7.1.11"),
    published!("kube-state-metrics", "8.4.0"),
    published!("kube-state-metrics", "6.3.0"),
    published!("loki", "18.11.0"),
    published!("metrics-server", "3.13.1"),
    published!("metrics-server", "3.13.0"),
    published!("nvidia-device-plugin", "0.20.0"),
    published!("nvidia-device-plugin", "0.18.0"),
    published!("tempo", "2.2.4"),
    published!("tigera-operator", "v3.30.3"),
    argocd!("AppProject"),
    argocd!("Application"),
    argocd!("ApplicationSet"),
    Embedded::new(
        CatalogKind::Module,
        "github.com/uc-cdis/gen3-terraform",
        "51c47bf9a7cc2bcb57823d3e84ab703ceb2a5475",
        include_bytes!("data/module/gen3-terraform.catalog"),
    ),
    provider!("builtin/terraform", "terraform", "1.11.4"),
    provider!("hashicorp/aws", "aws", "6.25.0"),
    provider!("hashicorp/aws", "aws", "5.100.0"),
    provider!("hashicorp/azurerm", "azurerm", "4.55.0"),
    provider!("hashicorp/google", "google", "6.50.0"),
    provider!("hashicorp/helm", "helm", "3.1.1"),
    provider!("hashicorp/kubernetes", "kubernetes", "2.38.0"),
    provider!("hashicorp/null", "null", "3.2.4"),
    provider!("hashicorp/random", "random", "3.7.2"),
    provider!("hashicorp/time", "time", "0.13.1"),
    provider!("hashicorp/tls", "tls", "4.1.0"),
    Embedded::new(
        CatalogKind::Support,
        "aws",
        "2026-08-22",
        include_bytes!("data/support/aws.catalog"),
    ),
];

/// The names of those of a kind, each once.
pub(crate) fn carried_names(kind: CatalogKind) -> impl Iterator<Item = &'static str> {
    let mut names: Vec<&str> = of_kind(kind).map(|embedded| embedded.name).collect();
    names.dedup();
    names.into_iter()
}

/// Those of a kind.
pub(crate) fn of_kind(kind: CatalogKind) -> impl Iterator<Item = &'static Embedded> + Clone {
    EMBEDDED
        .iter()
        .filter(move |embedded| embedded.kind == kind)
}
