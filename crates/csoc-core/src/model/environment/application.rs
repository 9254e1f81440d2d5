//! How an environment's Argo CD application differs from the fleet's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::name::{FileName, KeyPath, KubernetesName};
use crate::model::network::RepositoryUrl;
use crate::model::open::Open;
use crate::model::version::Revision;

/// Where an environment's chart comes from, where it is not the fleet's: an older revision, a branch that is tried.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ChartSettings {
    /// A chart repository or a git repository. Default: the fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<RepositoryUrl>,
    /// The directory of the chart in a git repository. Default: the fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A chart version, or a branch, tag or commit of git. Default: the fleet's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
}

/// An environment's Argo CD application, where it is not what we would make.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ApplicationSettings {
    /// The Argo CD project it is in. Default: one of its commons, which we make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<KubernetesName>,
    /// The branch, tag or commit that its values are read at. Default: the fleet's `gitops.revision`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// Names of its values files in the order in which Helm merges them. Each takes the values below the key
    /// that its name says, `values.yaml` takes all others. Default: large content apart, `values.yaml` last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values_files: Vec<FileName>,
    /// Raw fields of the Application, merged last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Open>,
    /// Fields that we would generate and that must not be there: dotted paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<KeyPath>,
}
