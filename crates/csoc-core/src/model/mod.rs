//! What a fleet is: plain data and texts that cannot hold a wrong value. No files, no network.

pub mod account;
pub mod cloud;
pub mod cluster;
pub mod commons;
pub(crate) mod deferred;
pub mod environment;
pub mod fleet;
pub mod lifecycle;
pub mod name;
pub mod network;
pub mod open;
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
pub(crate) const TEXT_CHECKS: &[(&str, text::TextCheck)] = &[
    ("AccountId", cloud::AccountId::check),
    ("Arn", cloud::Arn::check),
    ("BucketName", cloud::BucketName::check),
    ("ChartName", name::ChartName::check),
    ("Cidr", network::Cidr::check),
    ("ContentPath", name::ContentPath::check),
    ("Date", version::Date::check),
    ("DirectoryName", name::DirectoryName::check),
    ("Edition", version::Edition::check),
    ("Email", network::Email::check),
    ("EnvironmentId", cloud::EnvironmentId::check),
    ("Hostname", network::Hostname::check),
    ("HttpsUrl", network::HttpsUrl::check),
    ("ImageRepository", version::ImageRepository::check),
    ("ImageTag", version::ImageTag::check),
    ("KeyPath", name::KeyPath::check),
    ("KubernetesName", name::KubernetesName::check),
    ("NamePattern", name::NamePattern::check),
    ("ObjectName", name::ObjectName::check),
    ("OrganizationId", cloud::OrganizationId::check),
    ("Region", cloud::Region::check),
    ("Registry", network::Registry::check),
    ("ReleaseTag", version::ReleaseTag::check),
    ("RepositoryUrl", network::RepositoryUrl::check),
    ("Revision", version::Revision::check),
    ("RoleName", cloud::RoleName::check),
    ("S3Url", network::S3Url::check),
    ("SecretName", cloud::SecretName::check),
    ("SecretReference", cloud::SecretReference::check),
    ("Version", version::Version::check),
    ("VersionRange", version::VersionRange::check),
    ("Zone", cloud::Zone::check),
];
