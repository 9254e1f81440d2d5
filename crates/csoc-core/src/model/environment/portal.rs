//! What users work with: the portal, the explorer, notebooks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::cloud::BucketName;
use crate::model::name::{ContentPath, KubernetesName};
use crate::model::network::RepositoryUrl;
use crate::model::version::Revision;

/// What users see first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Frontend {
    /// The data portal.
    #[default]
    Portal,
    /// The frontend framework; the portal runs beside it only where `services` says so.
    Gen3ff,
    /// None: an API only.
    None,
}

/// A git repository that the front end's configuration and pages are cloned from when it starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct FrontendSource {
    /// The repository.
    pub repository: RepositoryUrl,
    /// The branch or tag.
    pub revision: Revision,
    /// The directory in it. Default: the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<ContentPath>,
}

/// Search over an environment's data.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Explorer {
    /// The indices that guppy serves. Default: those that the content `etl-mapping` makes, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indices: Vec<ExplorerIndex>,
    /// The index that says which fields are arrays. Default: made from the first index's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_index: Option<String>,
    /// The field that holds who may see a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_filter_field: Option<String>,
    /// Whether indices are restored from a snapshot, as for a copy of another environment. Default: the chart's `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore: Option<IndexRestore>,
}

/// What indices are filled with before the first ETL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum IndexRestore {
    /// Nothing.
    None,
    /// Snapshots in a bucket, by its name.
    Bucket(BucketName),
}

/// One index that guppy serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ExplorerIndex {
    /// Its name in the search domain.
    pub index: String,
    /// The type of its rows.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Notebooks beside an environment's data.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Workspaces {
    /// The namespace that notebooks run in. Default: the name rule `jupyter-namespace`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<KubernetesName>,
    /// Whether a node is kept ready for the next notebook.
    #[serde(default)]
    pub hot_node: bool,
}
