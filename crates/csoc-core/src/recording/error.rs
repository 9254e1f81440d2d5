//! Why outputs cannot be recorded.

use crate::context::Stopped;
use crate::diagnostic::Report;
use crate::fleet::FleetError;

/// Why outputs cannot be recorded. Nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// There is no such stack.
    #[error("`{stack}` is no stack of this fleet")]
    NoStack {
        /// What was asked for.
        stack: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// What was given cannot be read.
    #[error("`{name}` is not what `terraform output -json` prints: {reason}")]
    Unreadable {
        /// What it is called.
        name: String,
        /// Why not.
        reason: String,
    },
    /// A value that is given by name names nothing.
    #[error("`{name}` is no output of a stack `{kind}`")]
    NoOutput {
        /// What was asked for.
        name: String,
        /// The kind of stack.
        kind: &'static str,
        /// What it gives.
        outputs: Vec<String>,
    },
    /// What was given is of the wrong type or place.
    #[error("what is given does not fit")]
    Wrong(Report),
    /// The fleet does not load with it.
    #[error("the fleet does not load with it")]
    Fleet(#[source] Box<FleetError>),
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl RecordError {
    /// How to mend it, where that is known.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoStack {
                suggestion: Some(meant),
                ..
            } => Some(format!("did you mean `{meant}`?")),
            Self::NoStack { .. } => Some(
                "`csoc outputs list` shows the stacks that something waits for, `stacks.json` all"
                    .to_owned(),
            ),
            Self::Unreadable { .. } => Some(
                "give what `terraform output -json` prints in the stack's directory".to_owned(),
            ),
            Self::NoOutput { outputs, .. } if outputs.is_empty() => {
                Some("such a stack gives nothing".to_owned())
            }
            Self::NoOutput { outputs, .. } => Some(format!("it gives {}", outputs.join(", "))),
            Self::Wrong(_) | Self::Fleet(_) | Self::Stopped(_) => None,
        }
    }
}
