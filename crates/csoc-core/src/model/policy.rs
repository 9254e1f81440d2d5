//! What the fleet's owners decided about findings.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::version::Date;

/// Severities that differ from the rules' own, and waivers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Policy {
    /// Severity by code.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub severities: IndexMap<String, PolicySeverity>,
    /// Findings that are accepted for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
}

/// A severity that a fleet may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum PolicySeverity {
    /// Keeps `render` from writing.
    Error,
    /// Shown.
    Warning,
    /// Shown last.
    Info,
}

/// A finding that is accepted, by whom, why and until when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Waiver {
    /// The code of the finding.
    pub code: String,
    /// The object it is accepted for, as a model path; all objects below it are covered.
    pub object: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds.
    pub expires: Date,
}
