//! How much an environment matters, and how large what it shares is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much an environment matters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Tier {
    /// For those who build it.
    Dev,
    /// For those who test it.
    Test,
    /// The next production.
    Staging,
    /// For users.
    Prod,
}

impl Tier {
    /// The tag that says it of what Terraform makes.
    pub(crate) const TAG: &str = "gen3-tier";

    /// Its name in fleet files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Test => "test",
            Self::Staging => "staging",
            Self::Prod => "prod",
        }
    }

    /// All tiers, the least first.
    pub const ALL: [Self; 4] = [Self::Dev, Self::Test, Self::Staging, Self::Prod];
}

impl std::str::FromStr for Tier {
    type Err = crate::model::text::TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|tier| tier.as_str() == text)
            .ok_or_else(|| crate::model::text::TextError::new("one of dev, test, staging, prod"))
    }
}

/// How large shared resources are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Size {
    /// A few users.
    #[default]
    Small,
    /// Tens of users.
    Medium,
    /// Hundreds of users.
    Large,
}

impl std::str::FromStr for Size {
    type Err = crate::model::text::TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "small" => Ok(Self::Small),
            "medium" => Ok(Self::Medium),
            "large" => Ok(Self::Large),
            _ => Err(crate::model::text::TextError::new(
                "one of small, medium, large",
            )),
        }
    }
}
