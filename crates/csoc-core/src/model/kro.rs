//! What a fleet says to gen3-kro: which clusters are spokes, and what the model has no field for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::name::{KeyPath, KubernetesName, ObjectName};
use super::open::Open;

/// The fleet's part: `config/shared.auto.tfvars.json`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Kro {
    /// Variables of the hub, merged last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Open>,
    /// Variables that we would generate and that must not be there: dotted paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<KeyPath>,
}

/// A cluster that gen3-kro makes: a directory below `argocd/spokes/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct KroSpoke {
    /// The prefix of every name that its graphs make; for good once it is deployed.
    pub name: KubernetesName,
    /// Its directory, and its namespace in the hub's cluster. Default: the cluster's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<ObjectName>,
    /// Whether its roles are made.
    #[serde(default = "enabled")]
    pub enabled: bool,
    /// The profile that its account is reached by when its roles are made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Raw values of the chart kro-aws-instances, merged last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Open>,
    /// Values that we would generate and that must not be there: dotted paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<KeyPath>,
}

const fn enabled() -> bool {
    true
}
