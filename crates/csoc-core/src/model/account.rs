//! Cloud accounts.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cloud::{AccountId, Arn, Region, SecretReference};
use super::lifecycle::Management;
use super::name::NamePattern;
use super::network::{Email, Hostname};
use super::open::Open;

/// A cloud account that clusters and commons live in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Account {
    /// Whose cloud it is.
    pub provider: Provider,
    /// Its number: twelve digits in quotes.
    pub id: AccountId,
    /// The region of its clusters that name none.
    pub region: Region,
    /// The role that may apply the `access` layer, and nothing else uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap_role: Option<Arn>,
    /// Where the external id is that the account's roles ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<SecretReference>,
    /// The domain whose zone this account holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Hostname>,
    /// Money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// Who is told about the account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Email>,
    /// A layer below the environments of this account's clusters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment_defaults: Option<Open>,
    /// Naming rules of this account.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub naming: IndexMap<String, NamePattern>,
    /// Who owns its Terraform.
    #[serde(default)]
    pub management: Management,
}

/// Whose cloud an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Google Cloud.
    Gcp,
    /// Microsoft Azure.
    Azure,
    /// Machines of one's own.
    Onprem,
}

/// Money per month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Budget {
    /// US dollars a month.
    pub monthly_usd: u32,
}
