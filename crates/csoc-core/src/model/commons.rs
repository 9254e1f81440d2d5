//! Data commons: what all environments of one have in common.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::delivery::GroupName;
use super::network::Email;
use super::open::Open;

/// A data commons, without its environments and without what it lends them.
///
/// Every field of an [`Environment`](super::Environment) but `tier` and `cluster`
/// may also stand here; it is then a layer below the commons' environments.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Commons {
    /// What it is called where people read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Email>,
    /// Who may look at its applications in Argo CD, and who may run them.
    #[serde(default)]
    pub access: CommonsAccess,
    /// How a change reaches its environments, where the hub's Argo CD pushes to them.
    #[serde(default)]
    pub rollout: Rollout,
    /// Layers below the environments of one tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<Open>,
}

impl Commons {
    /// The fields that are its own: no environment has them.
    pub(crate) const OWN: [&str; 4] = ["title", "owner", "access", "rollout"];
}

/// Who may do what with the applications of a commons: groups, as whoever signs people in to Argo CD names them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct CommonsAccess {
    /// Groups that may start a sync and restart what runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<GroupName>,
    /// Groups that may look, also at logs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<GroupName>,
}

/// How a change reaches the environments of a commons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rollout {
    /// Tier by tier: `dev` first, then `test`, `staging` and `prod`, each once all before it are healthy.
    #[default]
    ByTier,
    /// All at once.
    AllAtOnce,
}
