//! Metrics, logs and traces: who keeps those of an environment, how long, and who is told of alarms.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::name::ObjectName;
use super::network::Email;

/// How an environment is observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Observability {
    /// Who keeps its metrics, logs and traces. Default: the hub, where it has a cluster; else its account for `staging` and `prod`, and nobody below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ObservabilityProfile>,
}

/// Who keeps the metrics, logs and traces of an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ObservabilityProfile {
    /// The hub, for all accounts.
    Hub,
    /// The environment's account, in the environment's region.
    PerAccount,
    /// Nobody.
    None,
}

impl ObservabilityProfile {
    /// Its name in fleet files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::PerAccount => "per-account",
            Self::None => "none",
        }
    }
}

/// What an account keeps of metrics, logs and traces, and whom its alarms tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct AccountObservability {
    /// The cluster that runs what keeps them, where the profile is `per-account`. Default: in each region the first whose environments ask for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ObjectName>,
    /// Days that logs are kept to be searched; what must be kept for years is in the hub's archive.
    #[serde(default = "AccountObservability::default_log_days")]
    #[schemars(range(min = 7, max = 3650))]
    pub log_retention_days: u32,
    /// Days that metrics are kept.
    #[serde(default = "AccountObservability::default_metric_days")]
    #[schemars(range(min = 7, max = 3650))]
    pub metric_retention_days: u32,
    /// Days that traces are kept.
    #[serde(default = "AccountObservability::default_trace_days")]
    #[schemars(range(min = 1, max = 3650))]
    pub trace_retention_days: u32,
    /// Who is told of alarms. Default: the account's contacts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receivers: Vec<Email>,
}

impl AccountObservability {
    fn default_log_days() -> u32 {
        365
    }

    /// A year and a month: this month beside the one of last year.
    fn default_metric_days() -> u32 {
        395
    }

    fn default_trace_days() -> u32 {
        30
    }
}

impl Default for AccountObservability {
    fn default() -> Self {
        Self {
            cluster: None,
            log_retention_days: Self::default_log_days(),
            metric_retention_days: Self::default_metric_days(),
            trace_retention_days: Self::default_trace_days(),
            receivers: Vec::new(),
        }
    }
}
