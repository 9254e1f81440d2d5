//! Workflows that users run beside an environment's data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::version::ImagePattern;

/// Workflows that users run beside an environment's data, with the service `gen3-workflow`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Workflows {
    /// The images that their tasks may run; `*` stands for anything. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub task_images: Vec<ImagePattern>,
}
