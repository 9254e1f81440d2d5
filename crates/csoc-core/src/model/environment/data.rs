//! What data an environment holds, and where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::cloud::{AccountId, BucketName};

/// The index of data files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Indexd {
    /// The prefix of new identifiers: it is minted into them for good. A final `/` is added where it lacks.
    pub prefix: String,
}

/// What data an environment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Data {
    /// How closely it must be held.
    #[serde(default)]
    pub classification: Classification,
}

/// How closely data must be held.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Classification {
    /// For everyone.
    Open,
    /// For those who were granted access.
    #[default]
    Controlled,
    /// Protected health information.
    Phi,
}

/// A bucket of data files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct DataBucket {
    /// Its name.
    pub name: BucketName,
    /// The account it is in. Default: the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// What fence may sign.
    #[serde(default)]
    pub access: BucketAccess,
}

/// What may be done with a bucket's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum BucketAccess {
    /// Read.
    #[default]
    Read,
    /// Read and write.
    Write,
}
