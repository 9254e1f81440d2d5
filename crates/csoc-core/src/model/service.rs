//! The services of a commons and what can be set for each.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cloud::Arn;
use super::environment::DatabaseSetup;
use super::open::Open;
use super::pod::{Annotations, ServiceAccount, Variables};
use super::version::{ImageRepository, ImageTag};

/// A bundle of services that together do one thing for users.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ServiceProfile {
    /// Sign-in, permissions, index, submission, metadata, audit: what every commons has.
    Core,
    /// Search and filter data: guppy, its indices and the jobs that fill them.
    DataExplorer,
    /// Notebooks beside the data: hatchery, its proxy and tokens.
    Workspaces,
    /// Data files from users: upload bucket, events and the jobs that index them.
    Uploads,
    /// Requests for access and their approval.
    Requests,
    /// What other commons sign in to and index with.
    Hub,
    /// A commons that signs in to and indexes with its `parent`.
    Child,
}

/// Settings of one service.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ServiceSettings {
    /// Whether it runs. Default: as the profiles say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// How many copies run. Default: the environment's `replicas` for services that can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    /// The image, where it is not the release's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageSettings>,
    /// How it grows by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoscaling: Option<Autoscaling>,
    /// Requests and limits of its containers, as Kubernetes writes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Open>,
    /// The role it runs as, where it is not the one that we make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<Arn>,
    /// The Kubernetes service account that it runs as, where it is not the chart's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<ServiceAccount>,
    /// Its database, where it is not made as all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<ServiceDatabase>,
    /// Variables of its containers, by name: `GEN3_DEBUG: "true"`. For most services they take the place of the chart's own.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("x-key-parser" = "VariableName"))]
    pub env: Variables,
    /// Annotations of its pods, by key: `prometheus.io/scrape: "true"`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("x-key-parser" = "AnnotationKey"))]
    pub pod_annotations: Annotations,
}

/// The database of one service, where it is not made as all are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ServiceDatabase {
    /// Who makes it. Where the environment's `databaseSetup` is `job`, a job makes it whatever stands here.
    /// Default: the environment's `databaseSetup`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup: Option<DatabaseSetup>,
    /// Whether the credentials that the chart makes are pushed into the cloud's secret manager. Default: no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_credentials: Option<bool>,
}

/// An image that is not the release's.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ImageSettings {
    /// Where it is. Default: the registry's image of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<ImageRepository>,
    /// When it is fetched. Default: as the chart says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_policy: Option<PullPolicy>,
    /// Its tag. Default: the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<ImageTag>,
}

/// When a node fetches an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub enum PullPolicy {
    /// Before every start.
    Always,
    /// Where the node does not have it.
    IfNotPresent,
    /// Not at all.
    Never,
}

impl PullPolicy {
    /// Its name in fleet files and in values.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::IfNotPresent => "IfNotPresent",
            Self::Never => "Never",
        }
    }
}

/// How a service grows by itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Autoscaling {
    /// Whether it does. While it does not, the numbers wait.
    #[serde(default)]
    pub enabled: bool,
    /// The fewest copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_replicas: Option<u32>,
    /// The most copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_replicas: Option<u32>,
}

/// Settings by the service's name in the umbrella chart.
pub type Services = IndexMap<super::name::ChartName, ServiceSettings>;
