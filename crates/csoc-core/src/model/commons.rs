//! Data commons: what all environments of one have in common.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// Layers below the environments of one tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<Open>,
}
