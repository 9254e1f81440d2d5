//! Cloud accounts.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cloud::{AccountAlias, AccountId, Arn, Region, SecretReference};
use super::lifecycle::{Lifecycle, Management};
use super::name::NamePattern;
use super::network::{Email, Hostname};
use super::observability::AccountObservability;
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
    /// The role that applies the layers `bootstrap`, `access` and `organization`, and nothing else uses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap_role: Option<Arn>,
    /// Where the external id is that the account's roles ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<SecretReference>,
    /// The domain whose zone this account holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Hostname>,
    /// The name that people sign in to it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<AccountAlias>,
    /// What watches it.
    #[serde(default)]
    pub audit: Audit,
    /// Money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// Who is told about the account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<Email>,
    /// What it keeps of metrics, logs and traces, and whom its alarms tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observability: Option<AccountObservability>,
    /// A layer below the environments of this account's clusters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment_defaults: Option<Open>,
    /// Naming rules of this account.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub naming: IndexMap<String, NamePattern>,
    /// Whether it stays. It leaves after its clusters.
    #[serde(default)]
    pub lifecycle: Lifecycle,
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

/// What watches an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Audit {
    /// Who keeps the trail of what was done in it.
    #[serde(default)]
    pub trail: Trail,
    /// What is switched on in each of its regions. Default: all; leave out what the organization switches on for all its accounts.
    #[serde(default = "Audit::default_services")]
    pub services: Vec<AuditService>,
}

impl Audit {
    fn default_services() -> Vec<AuditService> {
        AuditService::ALL.to_vec()
    }

    /// Whether a service is switched on.
    pub fn has(&self, service: AuditService) -> bool {
        self.services.contains(&service)
    }
}

impl Default for Audit {
    fn default() -> Self {
        Self {
            trail: Trail::default(),
            services: Self::default_services(),
        }
    }
}

/// Who keeps the trail of what was done in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Trail {
    /// The account, in a bucket of its own.
    #[default]
    Account,
    /// The organization, by a trail of all its accounts.
    Organization,
}

/// A service of AWS that watches a region of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AuditService {
    /// AWS Config: what resources looked like, and when.
    Config,
    /// Amazon `GuardDuty`: what looks like an attack.
    #[serde(rename = "guardduty")]
    GuardDuty,
    /// AWS Security Hub: what breaks the standards of AWS and CIS. It needs `config`.
    SecurityHub,
    /// Amazon Inspector: known weaknesses of machines and images.
    Inspector,
}

impl AuditService {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Config,
        Self::GuardDuty,
        Self::SecurityHub,
        Self::Inspector,
    ];
}

/// Money per month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Budget {
    /// US dollars a month.
    #[schemars(range(min = 1))]
    pub monthly_usd: u32,
}
