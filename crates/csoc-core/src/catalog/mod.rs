//! Facts about the outside world, each with its source. They are data, never constants in code.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::string_slice,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

use std::fmt::Write as _;

use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::span::{SourceFile, Sources};
use crate::value::{decode, yaml_read};

mod addons;
pub(crate) mod chart;
mod components;
mod content;
mod controls;
pub(crate) mod crd;
pub(crate) mod embedded;
mod fits;
pub(crate) mod flat;
mod git_refs;
mod local_secrets;
pub(crate) mod module;
mod networks;
mod observability;
mod partitions;
pub(crate) mod provider;
mod regions;
mod rendered_accepted;
mod secret_contents;
mod services;
mod shared_accounts;
mod store;
pub(crate) mod support;
mod time_zones;
mod values_notes;
mod versions;

pub(crate) use addons::{AddonCatalog, AddonFacts};
pub(crate) use components::{ComponentCatalog, ComponentFacts, Ignored};
pub(crate) use content::ContentFacts;
pub(crate) use controls::ControlTitles;
pub(crate) use fits::{Fits, numbers};
pub use git_refs::{GitRefs, GitRefsError};
pub(crate) use local_secrets::{LocalSecrets, Randomness};
pub(crate) use networks::NetworkFacts;
pub(crate) use observability::{
    AlertCatalog, AlertFacts, AlertSeverity, ByTier, DashboardCatalog, PanelFacts, PanelKind,
    StackSize, chart_values,
};
pub(crate) use partitions::PartitionFacts;
pub(crate) use regions::Regions;
pub(crate) use rendered_accepted::RenderedAccepted;
pub(crate) use secret_contents::{
    RotationMeans, SecretContentFacts, SecretContents, SecretTemplate,
};
pub(crate) use services::{
    AccountFacts, ImageFacts, RepositoryFacts, SecretCondition, SecretFacts, SecretShape,
    ServiceCatalog, ServiceFacts, SettingFacts, VariableShape,
};
pub(crate) use shared_accounts::SharedAccounts;

pub(crate) use embedded::carried_names;
pub(crate) use flat::CatalogKind;
pub use store::{
    AddOptions, CatalogContent, CatalogEntry, CatalogError, CatalogMove, CatalogUpdate, Catalogs,
    EditionMove,
};
pub(crate) use store::{
    CATALOG_DAMAGED, CATALOG_MISSING, LOCK_INVALID, LOCK_NAME, Lock, Problem, ProviderChoice,
    PublishedChart, ReadLock, Wanted, WantedVersion,
};
pub(crate) use support::{Product, Support};
pub(crate) use time_zones::time_zones;
pub(crate) use values_notes::{ChartNotes, KeyNote, ValuesNotes};
pub(crate) use versions::Versions;

/// What a catalog's header says of the bytes it was made of.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold("sha256:".to_owned(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What an embedded text says.
pub(crate) fn embedded<T: DeserializeOwned>(name: &str, text: &str) -> T {
    let id = Sources::default().add(SourceFile::new(name, text));
    let (node, found) = yaml_read::read(text, id, &yaml_read::Limits::default());
    let node = node
        .filter(|_| found.is_empty())
        .expect("a test reads the same text");
    decode::decode(&node).expect("a test reads the same text")
}

/// The texts that this version's facts are read from: part of what every unit depends on.
pub(crate) const TEXTS: [&str; 7] = [
    include_str!("data/addons.yaml"),
    include_str!("data/components.yaml"),
    include_str!("data/local-secrets.yaml"),
    include_str!("data/networks.yaml"),
    include_str!("data/regions.json"),
    include_str!("data/services.yaml"),
    include_str!("data/versions.yaml"),
];
