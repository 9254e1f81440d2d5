//! Who reaches an environment, and how much those without access are shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::network::{Cidr, HttpsUrl};

/// Where a certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Certificate {
    /// AWS Certificate Manager.
    #[default]
    Acm,
    /// Let's Encrypt, proved by a DNS record.
    LeDns01,
    /// Let's Encrypt, proved by a file.
    LeHttp01,
    /// One that its owner brings.
    Byo,
}

/// Who keeps the record that leads to an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Records {
    /// The add-on external-dns of its cluster, in the zone of the account's domain.
    ExternalDns,
    /// The layer `dns`, once the load balancer is there.
    Terraform,
    /// A person, wherever the zone is.
    Manual,
}

/// Who reaches an environment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Exposure {
    /// The only networks that reach it; all do where it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_list: Vec<Cidr>,
    /// Whether some data is for everyone.
    #[serde(default)]
    pub public_data: bool,
    /// How much of controlled data is shown to those without access.
    #[serde(default)]
    pub tier_access: TierAccess,
    /// Other sites that may call it with the user's cookies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<HttpsUrl>,
}

/// How much of controlled data is shown to those without access.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct TierAccess {
    /// How much.
    #[serde(default)]
    pub level: TierAccessLevel,
    /// The smallest count that is shown at level `regular`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// How much of controlled data is shown to those without access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TierAccessLevel {
    /// Everything is counted and listed.
    Libre,
    /// Counts above a limit.
    Regular,
    /// Nothing.
    #[default]
    Private,
}
