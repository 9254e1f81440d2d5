//! Why nothing can be explained.

use crate::context::Stopped;

/// Why there is no explanation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// The text is no path.
    #[error("{0}")]
    Syntax(String),
    /// The path leads nowhere.
    #[error("`{path}` leads nowhere in this fleet")]
    Unknown {
        /// The path.
        path: String,
        /// The path that was probably meant.
        suggestion: Option<String>,
        /// What there is at the step that failed, sorted.
        known: Vec<String>,
    },
    /// No such file is rendered.
    #[error("the fleet renders no file `{path}`")]
    NoFile {
        /// The file.
        path: String,
        /// The file that was probably meant.
        suggestion: Option<String>,
    },
    /// The file has no parts that a pointer could name.
    #[error("`{path}` is neither YAML nor JSON, so `#{pointer}` names nothing in it")]
    NoPointer {
        /// The file.
        path: String,
        /// The pointer.
        pointer: String,
    },
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl ExplainError {
    /// What to try instead.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unknown {
                suggestion: Some(suggestion),
                ..
            }
            | Self::NoFile {
                suggestion: Some(suggestion),
                ..
            } => Some(format!("did you mean `{suggestion}`?")),
            Self::Unknown { known, .. } if !known.is_empty() => {
                Some(format!("there are: {}", known.join(", ")))
            }
            Self::NoPointer { path, .. } => Some(format!("ask for `{path}` as a whole")),
            _ => None,
        }
    }
}
