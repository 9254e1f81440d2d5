//! Why no network is given.

use crate::context::Stopped;
use crate::fleet::FleetError;

/// Why no network is given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AllocateError {
    /// The pool has none of that size left.
    #[error("the pool has no /{prefix} left for the cluster `{cluster}`")]
    Exhausted {
        /// The cluster.
        cluster: String,
        /// The size that it asks for.
        prefix: u8,
    },
    /// The text cannot be changed in place without losing something of it, or it means something elsewhere, too.
    #[error(
        "the network `{cidr}` of the cluster `{cluster}` cannot be written into `{file}` as it stands there"
    )]
    Text {
        /// The cluster.
        cluster: String,
        /// Its network.
        cidr: String,
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

impl AllocateError {
    /// What to do instead.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Exhausted { .. } => Some("add a range to `network.pool`, or let the cluster take less: network: { prefix: 20 }".to_owned()),
            Self::Text { cluster, cidr, .. } => Some(format!("write it by hand: clusters.{cluster}.network.cidr: {cidr}")),
            Self::Fleet(_) | Self::Stopped(_) => None,
        }
    }
}
