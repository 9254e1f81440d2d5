//! What a fleet is: plain data and texts that cannot hold a wrong value. No files, no network.

pub mod account;
pub mod cloud;
pub mod cluster;
pub mod commons;
pub(crate) mod deferred;
pub mod environment;
pub mod fleet;
pub mod hub;
pub mod kro;
pub mod lifecycle;
pub mod name;
pub mod network;
pub mod open;
pub mod organization;
pub mod policy;
mod schema;
pub mod service;
pub(crate) mod stack;
pub mod text;
pub mod version;

pub use account::{Account, Provider};
pub use cluster::Cluster;
pub use commons::Commons;
pub use environment::{Environment, Tier};
pub use fleet::FleetSpec;
pub use lifecycle::{Lifecycle, Management, Mode};
pub use schema::Object;

/// The checks of all validated texts, by the names that the schema gives them.
pub(crate) const TEXT_PARSERS: &[(&str, crate::value::parsers::Parse)] = &[
    ("AccountAlias", cloud::AccountAlias::parse),
    ("AccountId", cloud::AccountId::parse),
    ("Arn", cloud::Arn::parse),
    ("BucketName", cloud::BucketName::parse),
    ("ChartName", name::ChartName::parse),
    ("CiSubject", hub::CiSubject::parse),
    ("Cidr", network::Cidr::parse),
    ("ContentPath", name::ContentPath::parse),
    ("Date", version::Date::parse),
    ("DirectoryName", name::DirectoryName::parse),
    ("Edition", version::Edition::parse),
    ("Email", network::Email::parse),
    ("EnvironmentId", cloud::EnvironmentId::parse),
    ("FileName", name::FileName::parse),
    ("Hostname", network::Hostname::parse),
    ("HttpsUrl", network::HttpsUrl::parse),
    ("ImageRepository", version::ImageRepository::parse),
    ("ImageTag", version::ImageTag::parse),
    ("KeyPath", name::KeyPath::parse),
    ("KubernetesName", name::KubernetesName::parse),
    ("NamePattern", name::NamePattern::parse),
    ("ObjectName", name::ObjectName::parse),
    ("OrganizationId", cloud::OrganizationId::parse),
    ("OrganizationUnitId", cloud::OrganizationUnitId::parse),
    ("Region", cloud::Region::parse),
    ("Registry", network::Registry::parse),
    ("ReleaseTag", version::ReleaseTag::parse),
    ("RepositoryUrl", network::RepositoryUrl::parse),
    ("Revision", version::Revision::parse),
    ("RoleName", cloud::RoleName::parse),
    ("S3Url", network::S3Url::parse),
    ("SecretName", cloud::SecretName::parse),
    ("SecretReference", cloud::SecretReference::parse),
    ("Version", version::Version::parse),
    ("VersionRange", version::VersionRange::parse),
    ("Zone", cloud::Zone::parse),
];
