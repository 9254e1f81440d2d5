//! Facts about the outside world, each with its source. They are data, never constants in code.

mod addons;
mod regions;
mod services;
mod versions;

pub(crate) use addons::{AddonCatalog, AddonFacts};
pub(crate) use regions::Regions;
pub(crate) use services::{
    AccountFacts, RepositoryFacts, SecretCondition, SecretFacts, SecretShape, ServiceCatalog,
    ServiceFacts,
};

pub(crate) use versions::Versions;

/// The texts that this version's facts are read from: part of what every unit depends on.
pub(crate) const TEXTS: [&str; 4] = [
    include_str!("data/addons.yaml"),
    include_str!("data/regions.json"),
    include_str!("data/services.yaml"),
    include_str!("data/versions.yaml"),
];
