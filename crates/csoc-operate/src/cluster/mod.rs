//! What clusters say of the Applications in them, against what is rendered.
//!
//! All of it but `reach` is a function of what was read: an [`Expectation`] and a [`Snapshot`] give a [`StatusPage`].
//! `reach` asks the clusters, and only reads.

mod application;
mod builder;
mod compared;
mod context;
mod expected;
mod health;
mod page;
mod problem;
#[cfg(feature = "kubernetes")]
mod reach;
mod snapshot;
#[cfg(test)]
mod tests;
mod unread;

pub use application::{Application, Condition, Deployed, Malformed, Operation, Phase, Source};
pub use compared::{ChartRevision, ImageCount};
pub use context::Contexts;
pub use expected::{Expectation, ExpectedApplication, ExpectedCluster, ExpectedSource};
pub use health::{Health, Sync};
pub use page::{ClusterRow, ObjectRow, StatusPage, StatusTally};
pub use problem::{ImageDifference, Problem, Trouble};
#[cfg(feature = "kubernetes")]
pub use reach::{Clusters, KubeconfigError, Reach};
#[cfg(feature = "kubernetes")]
pub(crate) use reach::{client, unread};
pub use snapshot::{Scope, Seen, Snapshot};
pub use unread::Unread;
