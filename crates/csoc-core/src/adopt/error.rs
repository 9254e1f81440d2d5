//! Why something cannot be adopted.

use crate::context::Stopped;
use crate::fleet::FleetError;
use crate::model::Mode;

use super::request::Aspect;

/// Why something cannot be adopted. Nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdoptError {
    /// There is no such object.
    #[error("the fleet has no object `{object}`")]
    NoObject {
        /// What was asked for.
        object: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// It is managed so already.
    #[error("`{aspect}` of `{object}` is `{}` already", mode_name(*.mode))]
    Already {
        /// The object.
        object: String,
        /// The aspect.
        aspect: Aspect,
        /// How it is managed.
        mode: Mode,
    },
    /// Things are only taken into management here.
    #[error("nothing is adopted to `{}`", mode_name(*.to))]
    Direction {
        /// What was asked for.
        to: Mode,
    },
    /// The file is written in a way that is not edited.
    #[error("`{object}` is not written in a way that can be edited")]
    Unwritable {
        /// The object.
        object: String,
        /// The line that would have to be there.
        line: String,
    },
    /// The list of resources cannot be read.
    #[error(
        "`{name}` is no state, no output of `terraform show -json` and no list of resources: {reason}"
    )]
    Resources {
        /// What it is called.
        name: String,
        /// Why not.
        reason: String,
    },
    /// The changed fleet does not load.
    #[error("the changed fleet does not load")]
    Fleet(#[source] Box<FleetError>),
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl AdoptError {
    /// How to mend it, where that is known.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoObject { suggestion, .. } => Some(match suggestion {
                Some(suggestion) => format!("did you mean `{suggestion}`?"),
                None => "name an account, a cluster or an environment by its model path: `clusters.midrc`".to_owned(),
            }),
            Self::Direction { .. } => Some("adopt to `adopt` or `managed`".to_owned()),
            Self::Unwritable { line, .. } => Some(format!("write it there by hand: {line}")),
            Self::Resources { .. } => Some(
                "give `terraform show -json`, a state file, or a JSON list of objects with `type`, `id` and the attributes that name the resource".to_owned(),
            ),
            _ => None,
        }
    }
}

/// A mode's name in fleet files.
pub(super) const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Managed => "managed",
        Mode::Adopt => "adopt",
        Mode::External => "external",
        Mode::Observed => "observed",
    }
}
