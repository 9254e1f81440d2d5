//! One line of a journal.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::plan::Action;
use crate::stack::StackId;

/// The format that this version writes.
pub(super) const FORMAT: u32 = 1;

/// One line: what was done, and how it continues the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// The format of the line.
    pub format: u32,
    /// Its number, from 1.
    pub number: u64,
    /// The digest of the line before.
    pub previous: Option<Digest>,
    /// The digest of what a crash left between the line before and this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub torn: Option<Digest>,
    /// What was done.
    #[serde(flatten)]
    pub record: Record,
}

/// What was done to a stack, when and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When it was written.
    pub at: Timestamp,
    /// The run that it is of.
    pub run: Box<str>,
    /// Who runs it, as the cloud or the machine knows them.
    pub actor: Box<str>,
    /// The stack.
    pub stack: StackId,
    /// What was done.
    #[serde(flatten)]
    pub phase: Phase,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Phase {
    /// A plan is about to be made.
    PlanStarted,
    /// A plan was made.
    Planned {
        /// The bundle that holds it.
        bundle: Digest,
        /// How many resources would undergo what.
        changes: Vec<(Action, usize)>,
    },
    /// A plan had nothing to do: the stack is as its root says.
    PlanClean,
    /// Somebody accepted a plan: whoever runs it.
    Approved {
        /// The bundle that holds it.
        bundle: Digest,
        /// How.
        how: Approval,
    },
    /// A plan is about to be applied.
    ApplyStarted {
        /// The bundle that holds it.
        bundle: Digest,
    },
    /// Applying a plan came to an end.
    ApplyEnded {
        /// The bundle that holds it.
        bundle: Digest,
        /// How.
        outcome: Outcome,
    },
    /// A lock that somebody left on the state is about to be taken away.
    Unlock {
        /// Its name.
        lock: Box<str>,
        /// Who held it, and since when.
        holder: Box<str>,
    },
    /// Something is about to be done to a secret.
    SecretStarted {
        /// What.
        step: SecretStep,
        /// The secret's name.
        secret: Box<str>,
        /// The version that it is done with.
        version: Box<str>,
    },
    /// Something was done to a secret.
    SecretDone {
        /// What.
        step: SecretStep,
        /// The secret's name.
        secret: Box<str>,
        /// The version that it was done with.
        version: Box<str>,
    },
}

/// How somebody accepted a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Approval {
    /// They were asked on a terminal, and said yes.
    Prompt,
    /// They said before it was made that what only makes things needs no yes.
    Creates,
    /// They said before it was made that what takes nothing away needs no yes.
    Changes,
    /// They named the run that planned it.
    Run,
    /// They named the plan itself, or the file that it came in.
    Bundle,
    /// They named the digest that was shown of it and of all that is applied with it.
    Digest,
    /// The portal showed it to them, and they said yes there.
    Portal,
    /// In a way that a newer version knows.
    #[serde(other)]
    Other,
}

impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prompt => "asked, and said yes",
            Self::Creates => "`--approve creates`",
            Self::Changes => "`--approve changes`",
            Self::Run => "by the name of its run",
            Self::Bundle => "by its own name",
            Self::Digest => "by the digest that was shown",
            Self::Portal => "in the portal",
            Self::Other => "in a way that a newer csoc knows",
        })
    }
}

/// What is done to a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SecretStep {
    /// It gets its first value.
    Seed,
    /// A new value is put beside the one that there is.
    Stage,
    /// Readers get the new value.
    Promote,
    /// The value before is taken away.
    Retire,
}

impl SecretStep {
    /// It as a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seed => "seed",
            Self::Stage => "stage",
            Self::Promote => "promote",
            Self::Retire => "retire",
        }
    }
}

/// How something came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// All of it was done.
    Done,
    /// Some of it was done, then something failed.
    Failed,
    /// Some of it was done, then somebody asked it to stop.
    Stopped,
    /// Nobody knows how much was done: what did it went away.
    Interrupted,
    /// Nothing of it was done: somebody else came first, or held the state.
    NotBegun,
}
