//! What a fleet is: plain data and texts that cannot hold a wrong value. No files, no network.

pub mod account;
pub mod argocd;
pub mod cloud;
pub mod cluster;
mod cluster_network;
pub mod commons;
pub mod control_plane;
pub mod data_store;
pub(crate) mod deferred;
pub mod delivery;
pub mod environment;
pub mod fleet;
pub mod hub;
mod hub_services;
pub mod kro;
pub mod lifecycle;
pub mod machine;
pub mod manifest;
pub mod name;
pub mod network;
pub mod nodes;
pub mod observability;
pub mod open;
pub mod organization;
pub mod pod;
pub mod policy;
pub mod schedule;
mod schema;
pub mod service;
mod shared_domain;
pub(crate) mod stack;
pub mod terraform;
pub mod text;
pub mod version;

pub use account::{Account, Provider};
pub use cluster::Cluster;
pub use commons::Commons;
pub use environment::{Environment, Tier};
pub use fleet::FleetSpec;
pub use lifecycle::{Lifecycle, Management, Mode};
pub use schema::Object;
pub(crate) use shared_domain::shared_domain;

/// The checks of all validated texts, by the names that the schema gives them.
pub(crate) const TEXT_PARSERS: &[(&str, crate::value::parsers::Parse)] = &[
    ("AccountAlias", cloud::AccountAlias::parse),
    ("AccountId", cloud::AccountId::parse),
    ("AnnotationKey", pod::AnnotationKey::parse),
    ("AddonBuild", machine::AddonBuild::parse),
    ("Arn", cloud::Arn::parse),
    ("BucketName", cloud::BucketName::parse),
    ("ChartName", name::ChartName::parse),
    ("CiSubject", hub::CiSubject::parse),
    ("Cidr", network::Cidr::parse),
    ("Commit", version::Commit::parse),
    ("ContentPath", name::ContentPath::parse),
    ("CronSchedule", schedule::CronSchedule::parse),
    (
        "DatabaseInstanceClass",
        machine::DatabaseInstanceClass::parse,
    ),
    ("Date", version::Date::parse),
    ("DirectoryName", name::DirectoryName::parse),
    ("Edition", version::Edition::parse),
    ("Email", network::Email::parse),
    ("EntryKey", pod::EntryKey::parse),
    ("EndpointService", cloud::EndpointService::parse),
    ("EnvironmentId", cloud::EnvironmentId::parse),
    ("FileName", name::FileName::parse),
    ("GroupName", delivery::GroupName::parse),
    ("Hostname", network::Hostname::parse),
    ("HttpsUrl", network::HttpsUrl::parse),
    ("ImagePattern", version::ImagePattern::parse),
    ("ImageRelease", machine::ImageRelease::parse),
    ("ImageRepository", version::ImageRepository::parse),
    ("ImageDigest", version::ImageDigest::parse),
    ("ImageTag", version::ImageTag::parse),
    ("InstanceType", machine::InstanceType::parse),
    ("IssuerName", hub_services::IssuerName::parse),
    ("KeyPath", name::KeyPath::parse),
    ("KubernetesName", name::KubernetesName::parse),
    ("ManifestKey", manifest::ManifestKey::parse),
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
    ("SearchInstanceType", machine::SearchInstanceType::parse),
    ("SecretName", cloud::SecretName::parse),
    ("SecretReference", cloud::SecretReference::parse),
    ("SlackChannel", delivery::SlackChannel::parse),
    ("TimeZone", delivery::TimeZone::parse),
    ("WindowDuration", delivery::WindowDuration::parse),
    ("VariableName", pod::VariableName::parse),
    ("TransitGatewayId", cloud::TransitGatewayId::parse),
    ("Version", version::Version::parse),
    ("VersionRange", version::VersionRange::parse),
    ("VpcId", cloud::VpcId::parse),
    ("Zone", cloud::Zone::parse),
];
