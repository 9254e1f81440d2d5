//! Facts about the outside world, each with its source. They are data, never constants in code.

use serde::de::DeserializeOwned;

use crate::span::{SourceFile, Sources};
use crate::value::{decode, yaml_read};

mod addons;
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        unused_imports,
        reason = "readers of catalogs come one by one"
    )
)]
pub(crate) mod chart;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "readers of catalogs come one by one")
)]
pub(crate) mod flat;
mod regions;
mod services;
mod values_notes;
mod versions;

pub(crate) use addons::{AddonCatalog, AddonFacts};
pub(crate) use regions::Regions;
pub(crate) use services::{
    AccountFacts, RepositoryFacts, SecretCondition, SecretFacts, SecretShape, ServiceCatalog,
    ServiceFacts,
};

pub(crate) use values_notes::{ChartNotes, KeyNote, ValuesNotes};
pub(crate) use versions::Versions;

/// What an embedded text says.
fn embedded<T: DeserializeOwned>(name: &str, text: &str) -> T {
    let id = Sources::default().add(SourceFile::new(name, text));
    let (node, found) = yaml_read::read(text, id, &yaml_read::Limits::default());
    let node = node
        .filter(|_| found.is_empty())
        .expect("a test reads the same text");
    decode::decode(&node).expect("a test reads the same text")
}

/// The texts that this version's facts are read from: part of what every unit depends on.
pub(crate) const TEXTS: [&str; 4] = [
    include_str!("data/addons.yaml"),
    include_str!("data/regions.json"),
    include_str!("data/services.yaml"),
    include_str!("data/versions.yaml"),
];
