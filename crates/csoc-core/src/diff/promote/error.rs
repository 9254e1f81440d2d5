//! Why nothing is promoted.

use super::super::error::DiffError;
use crate::context::Stopped;
use crate::explain::Place;
use crate::fleet::FleetError;

/// Why nothing is promoted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PromoteError {
    /// One of the environments is not there.
    #[error(transparent)]
    Environment(DiffError),
    /// Both are the same.
    #[error("`{environment}` cannot be promoted to itself")]
    Same {
        /// The environment.
        environment: String,
    },
    /// The field is none.
    #[error("{0}")]
    Path(String),
    /// A field that is each environment's own.
    #[error("`{field}` is each environment's own and is not carried")]
    Own {
        /// The field.
        field: String,
    },
    /// The environment that it is taken from has no such field.
    #[error("`{environment}` does not set `{field}`")]
    Absent {
        /// The environment.
        environment: String,
        /// The field.
        field: String,
        /// The one that was probably meant.
        suggestion: Option<String>,
    },
    /// A layer sets the field that other environments share.
    #[error(
        "`{field}` of `{environment}` is set by the layer {layer}, which {others} other environments share"
    )]
    Shared {
        /// The field.
        field: String,
        /// The environment.
        environment: String,
        /// The layer.
        layer: &'static str,
        /// How many share it.
        others: usize,
        /// Where it is set.
        place: Option<Place>,
    },
    /// The text cannot be changed in place without losing something of it.
    #[error("`{field}` cannot be changed in `{file}` as it is written there")]
    Text {
        /// The field.
        field: String,
        /// The file.
        file: String,
    },
    /// The changed files would mean something else, too.
    #[error("changing `{field}` in `{file}` would change more than that: the text is shared")]
    More {
        /// The field.
        field: String,
        /// The file.
        file: String,
    },
    /// The changed files are no fleet.
    #[error("the changed fleet does not load")]
    Fleet(#[source] Box<FleetError>),
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl PromoteError {
    /// What to do instead.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Environment(DiffError::NoEnvironment { suggestion, .. }) | Self::Absent { suggestion, .. } => suggestion.as_ref().map(|suggestion| format!("did you mean `{suggestion}`?")),
            Self::Shared { place, .. } => {
                let place = place.as_ref().map(|place| format!("change it at {}:{} for all of them, or ", place.file, place.line)).unwrap_or_default();
                Some(format!("{place}let this environment override it: --override"))
            }
            Self::Text { .. } | Self::More { .. } => Some("change it by hand".to_owned()),
            Self::Own { .. } => Some("only what a commons is made of is carried: release, images, services, content, values".to_owned()),
            _ => None,
        }
    }
}
