//! How an environment is kept in step, and who hears of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::delivery::{SlackChannel, SyncWindow};
use crate::model::network::Email;

/// Which image tags are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ImagePolicy {
    /// Any.
    #[default]
    Any,
    /// None that moves: no branch, no `latest`.
    Pinned,
}

/// How Argo CD keeps an environment in step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Sync {
    /// Whether it applies changes by itself.
    #[serde(default)]
    pub mode: SyncMode,
    /// Whether it deletes what is no longer rendered.
    #[serde(default)]
    pub prune: bool,
    /// Windows of time in which it is synced, or is not. Default: it is synced at any time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<SyncWindow>,
}

/// Whether Argo CD applies changes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SyncMode {
    /// It does, and undoes changes made by hand.
    #[default]
    SelfHeal,
    /// It does.
    Automated,
    /// A person starts it.
    Manual,
}

/// Where alerts about an environment's jobs and its syncs go.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Notifications {
    /// Whether its jobs report to Slack, by the webhook in the secret `slack-webhook`.
    #[serde(default)]
    pub slack: bool,
    /// Slack channels that Argo CD tells of syncs that fail, of services that are ill, and of what was deployed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<SlackChannel>,
    /// Mail addresses that it tells of the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Email>,
}
