//! What clusters say of the Applications in them, against what is rendered.
//!
//! All of it but `reach` is a function of what was read: an [`Expectation`] and a [`Snapshot`] give a [`StatusPage`].
//! `reach` asks the clusters, and only reads; where it is left out, nobody is asked.

mod application;
mod asking;
mod builder;
mod compared;
mod context;
mod expected;
mod health;
mod page;
mod problem;
#[cfg(feature = "kubernetes")]
mod reach;
mod rounds;
mod snapshot;
#[cfg(test)]
mod tests;
mod told;
#[cfg(not(feature = "kubernetes"))]
mod unbuilt;
mod unread;

pub use application::{Application, Condition, Deployed, Malformed, Operation, Phase, Source};
pub use asking::{KubeconfigError, Reach};
pub use compared::{ChartRevision, ImageCount};
pub use context::Contexts;
pub use expected::{
    Commit, Expectation, ExpectedApplication, ExpectedCluster, ExpectedSource, NoCommit, Unexpected,
};
pub use health::{Health, Sync};
pub use page::{ClusterRow, ObjectRow, StatusPage, StatusTally};
pub use problem::{ImageDifference, Problem, Trouble};
#[cfg(feature = "kubernetes")]
pub use reach::Clusters;
#[cfg(feature = "kubernetes")]
pub(crate) use reach::{client, unread};
pub use rounds::Rounds;
pub use snapshot::{Scope, Seen, Snapshot};
pub use told::age;
#[cfg(not(feature = "kubernetes"))]
pub use unbuilt::Clusters;
pub use unread::Unread;
