//! Metadata that is gathered from several commons for one page of studies.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::name::KubernetesName;
use crate::model::schedule::CronSchedule;

/// Metadata that is gathered from several commons; the content `aggregate-metadata` says from which, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Discovery {
    /// Whether it is gathered. Default: where there is content `aggregate-metadata`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// What its indices are named after in the search domain: environments of one domain need different ones.
    /// Default: the chart's `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<KubernetesName>,
    /// The field of a study that holds its data dictionary. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dictionary_field: Option<String>,
    /// When it is gathered by itself. Default: never, a person starts the job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<CronSchedule>,
}
