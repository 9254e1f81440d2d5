//! The providers that this version carries, opened when somebody asks.

use std::sync::OnceLock;

use crate::catalog::flat::Catalog;

/// Terraform itself: `terraform_data`, `terraform_remote_state`.
pub(crate) const TERRAFORM: &str = "builtin/terraform";

/// A provider that this version carries.
#[derive(Debug)]
pub(crate) struct Embedded {
    /// Its name, without the registry.
    pub(crate) name: &'static str,
    /// Its version.
    pub(crate) version: &'static str,
    /// Its catalog.
    pub(crate) bytes: &'static [u8],
    opened: OnceLock<Catalog>,
}

impl Embedded {
    /// The bytes of a catalog, with the name and version that they say.
    pub(crate) const fn new(
        name: &'static str,
        version: &'static str,
        bytes: &'static [u8],
    ) -> Self {
        Self {
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

/// All of them, by name, the newest version of each first.
pub(crate) static EMBEDDED: [Embedded; 11] = [
    Embedded::new(
        TERRAFORM,
        "1.11.4",
        include_bytes!("../data/provider/terraform-1.11.4.catalog"),
    ),
    Embedded::new(
        "hashicorp/aws",
        "6.25.0",
        include_bytes!("../data/provider/aws-6.25.0.catalog"),
    ),
    Embedded::new(
        "hashicorp/aws",
        "5.100.0",
        include_bytes!("../data/provider/aws-5.100.0.catalog"),
    ),
    Embedded::new(
        "hashicorp/azurerm",
        "4.55.0",
        include_bytes!("../data/provider/azurerm-4.55.0.catalog"),
    ),
    Embedded::new(
        "hashicorp/google",
        "6.50.0",
        include_bytes!("../data/provider/google-6.50.0.catalog"),
    ),
    Embedded::new(
        "hashicorp/helm",
        "3.1.1",
        include_bytes!("../data/provider/helm-3.1.1.catalog"),
    ),
    Embedded::new(
        "hashicorp/kubernetes",
        "2.38.0",
        include_bytes!("../data/provider/kubernetes-2.38.0.catalog"),
    ),
    Embedded::new(
        "hashicorp/null",
        "3.2.4",
        include_bytes!("../data/provider/null-3.2.4.catalog"),
    ),
    Embedded::new(
        "hashicorp/random",
        "3.7.2",
        include_bytes!("../data/provider/random-3.7.2.catalog"),
    ),
    Embedded::new(
        "hashicorp/time",
        "0.13.1",
        include_bytes!("../data/provider/time-0.13.1.catalog"),
    ),
    Embedded::new(
        "hashicorp/tls",
        "4.1.0",
        include_bytes!("../data/provider/tls-4.1.0.catalog"),
    ),
];
