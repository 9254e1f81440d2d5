//! Who owns an object's output, and whether the object is on its way out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who owns each aspect of an object's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Management {
    /// Terraform roots.
    #[serde(default)]
    pub terraform: Mode,
    /// Helm values.
    #[serde(default)]
    pub values: Mode,
    /// Argo CD applications.
    #[serde(default)]
    pub applications: Mode,
}

/// Who owns an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Mode {
    /// It is generated here.
    #[default]
    Managed,
    /// It is being taken over: Terraform roots carry `import` blocks.
    Adopt,
    /// Somebody else owns it; its outputs are recorded by hand.
    External,
    /// It is checked and reported, and rendered only when asked for.
    Observed,
}

impl Mode {
    /// Its name in fleet files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::Adopt => "adopt",
            Self::External => "external",
            Self::Observed => "observed",
        }
    }
}

/// Whether an object stays.
///
/// It leaves in two steps. While it is retiring all of it is rendered as before, so that it can be destroyed and nothing new
/// comes into it; once it is retired nothing of it is rendered, it occupies no name, host or network, and what still needs it
/// is an error.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Lifecycle {
    /// It stays.
    #[default]
    Active,
    /// It is being taken down: rendered still, with finalizers that let it go.
    Retiring,
    /// It is gone: its files are removed.
    Retired,
}

impl Lifecycle {
    /// Its name in fleet files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Retired => "retired",
        }
    }
}
