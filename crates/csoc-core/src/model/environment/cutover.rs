//! Two environments of a commons with one host name: which of them its users meet.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an environment takes of the requests of a host name that it shares with others of its commons.
///
/// All of them say it in the same way: one is active and the others stand by,
/// or each has a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Cutover {
    /// All requests, or none.
    State(CutoverState),
    /// A part of them, in hundredths.
    Weight(CutoverWeight),
}

/// Whether an environment takes the requests of a host name, or waits to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CutoverState {
    /// Users meet it.
    Active,
    /// It runs, and nobody is led to it.
    Standby,
}

/// A part of the requests of a host name, in hundredths: 0 to 100.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct CutoverWeight(#[schemars(range(min = 0, max = 100))] u8);

impl CutoverWeight {
    /// The hundredths.
    pub const fn hundredths(self) -> u8 {
        self.0
    }
}

impl Cutover {
    /// The hundredths of the requests that it takes.
    pub const fn share(self) -> u8 {
        match self {
            Self::State(CutoverState::Active) => 100,
            Self::State(CutoverState::Standby) => 0,
            Self::Weight(weight) => weight.hundredths(),
        }
    }

    /// Whether it is said as a weight.
    pub const fn is_weight(self) -> bool {
        matches!(self, Self::Weight(_))
    }
}

impl fmt::Display for Cutover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(CutoverState::Active) => f.write_str("active"),
            Self::State(CutoverState::Standby) => f.write_str("standby"),
            Self::Weight(weight) => write!(f, "weight-{}", weight.hundredths()),
        }
    }
}
