//! Who runs a fleet, and what their organization of accounts forbids everywhere.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cloud::{OrganizationId, OrganizationUnitId, Region};
use super::name::ObjectName;

/// Who runs the fleet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Organization {
    /// Its short name, part of bucket names.
    pub name: ObjectName,
    /// The AWS organization that the accounts belong to; trust policies name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aws_organization: Option<OrganizationId>,
    /// What no one may do in the fleet's accounts, whatever their policies say. Absent: the boundary of each account's roles says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardrails: Option<Guardrails>,
}

/// Policies of the organization for the fleet's accounts: the layer `organization`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Guardrails {
    /// The account that applies them, by its name under `accounts`: the organization's own, or one that it delegated this to.
    pub account: ObjectName,
    /// The root or unit below which the units are made; needed where there are units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<OrganizationUnitId>,
    /// Units by name with their accounts, which somebody moves there. Absent: the policies are attached to each account.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("x-key-parser" = "ObjectName"))]
    pub units: IndexMap<ObjectName, Vec<ObjectName>>,
    /// The regions that may be used besides those of the fleet's accounts and clusters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Region>,
}
