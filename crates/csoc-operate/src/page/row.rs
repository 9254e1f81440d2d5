//! One stack on the page.

use serde::Serialize;

use super::signs;
use crate::digest::Digest;
use crate::event::Diagnostic;
use crate::plan::PlannedChange;
use crate::run::{Ending, Planned, StackError};
use crate::stack::{Stack, StackId};

/// One stack on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// The stack.
    pub stack: StackId,
    /// The object of the fleet that it is made from.
    pub object: String,
    /// The layer that it is of.
    pub layer: String,
    /// The tier of what it is for.
    pub tier: Option<String>,
    /// How planning it came out.
    #[serde(flatten)]
    pub state: RowState,
}

/// How planning a stack came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RowState {
    /// Nothing is to be done.
    Clean,
    /// This is to be done.
    Changes {
        /// The bundle that does it.
        bundle: Digest,
        /// What would be done, by address.
        changes: Vec<PlannedChange>,
        /// Outputs that would change.
        outputs: Vec<Box<str>>,
        /// What is not as the state says.
        drift: Vec<PlannedChange>,
    },
    /// What it needs is not recorded.
    Blocked {
        /// The outputs.
        needs: Vec<String>,
    },
    /// It could not be planned.
    Failed {
        /// Why, in a line.
        message: String,
        /// What the program said.
        diagnostics: Vec<Diagnostic>,
    },
    /// It was not begun: the run was stopped.
    Skipped,
}

impl Row {
    pub(super) fn new(stack: &Stack, ending: &Ending<Planned, StackError>) -> Self {
        Self {
            stack: stack.id.clone(),
            object: stack.object.clone(),
            layer: stack.kind.clone(),
            tier: stack.tier.clone(),
            state: RowState::new(ending),
        }
    }

    /// What would be done.
    pub fn changes(&self) -> &[PlannedChange] {
        match &self.state {
            RowState::Changes { changes, .. } => changes,
            _ => &[],
        }
    }

    /// How it came out, in a few words: `+2 ~1`, `clean`, `failed`.
    pub fn outcome(&self) -> String {
        match &self.state {
            RowState::Clean => "clean".to_owned(),
            RowState::Changes {
                changes, outputs, ..
            } => {
                let count = |action| {
                    changes
                        .iter()
                        .filter(|change| change.action == action)
                        .count()
                };
                let signs = signs(count);
                if signs.is_empty() {
                    format!("outputs: {}", outputs.join(", "))
                } else {
                    signs
                }
            }
            RowState::Blocked { .. } => "blocked".to_owned(),
            RowState::Failed { .. } => "failed".to_owned(),
            RowState::Skipped => "not begun".to_owned(),
        }
    }

    /// What there is to say of it besides: a bundle's name, what is missing, why it failed.
    pub fn remark(&self) -> String {
        match &self.state {
            RowState::Changes { bundle, .. } => short(*bundle),
            RowState::Blocked { needs } => needs_of(needs),
            RowState::Failed { message, .. } => message.clone(),
            RowState::Clean | RowState::Skipped => String::new(),
        }
    }
}

impl RowState {
    fn new(ending: &Ending<Planned, StackError>) -> Self {
        match ending {
            Ending::Done(Planned::Clean) => Self::Clean,
            Ending::Done(Planned::Changes(bundle)) => {
                let summary = &bundle.facts().summary;
                Self::Changes {
                    bundle: bundle.digest(),
                    changes: summary.changes.clone(),
                    outputs: summary.outputs.clone(),
                    drift: summary.drift.clone(),
                }
            }
            Ending::Failed(StackError::Blocked(needs)) => Self::Blocked {
                needs: needs.clone(),
            },
            Ending::Failed(error) => Self::Failed {
                message: crate::told::with_causes(error),
                diagnostics: match error {
                    StackError::Failed { diagnostics, .. } => diagnostics.clone(),
                    _ => Vec::new(),
                },
            },
            Ending::Needs(_) | Ending::Stopped => Self::Skipped,
        }
    }
}

/// What is missing, in a line: a stack may wait for a dozen outputs.
fn needs_of(needs: &[String]) -> String {
    match needs {
        [first, second, _, rest @ ..] => {
            format!("needs {first}, {second} and {} more", rest.len() + 1)
        }
        few => format!("needs {}", few.join(", ")),
    }
}

/// As much of a digest as people copy.
pub(super) fn short(digest: Digest) -> String {
    digest.to_string().chars().take(12).collect()
}
