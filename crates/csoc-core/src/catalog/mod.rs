//! Facts about the outside world, each with its source. They are data, never constants in code.

mod addons;
mod regions;
mod services;

pub(crate) use addons::{AddonCatalog, AddonFacts};
pub(crate) use regions::Regions;
pub(crate) use services::{
    AccountFacts, RepositoryFacts, SecretCondition, SecretFacts, SecretShape, ServiceCatalog,
    ServiceFacts,
};

mod versions;
pub(crate) use versions::Versions;
