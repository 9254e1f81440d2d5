//! The page of a fleet: what runs in its clusters, against what is rendered.

use jiff::Timestamp;
use serde::Serialize;

use super::builder::Builder;
use super::compared::{ChartRevision, ImageCount};
use super::expected::Expectation;
use super::health::{Health, Sync};
use super::problem::Problem;
use super::snapshot::Snapshot;
use super::unread::Unread;

/// What runs in the clusters of a fleet, against what is rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StatusPage {
    /// When the clusters said so.
    pub at: Timestamp,
    /// How much there is of what.
    pub tally: StatusTally,
    /// The clusters whose Argo CD was asked.
    pub clusters: Vec<ClusterRow>,
    /// The objects of the fleet, each once for each Argo CD that has something of it.
    pub objects: Vec<ObjectRow>,
    /// What is not as it is rendered, the oldest first.
    pub problems: Vec<Problem>,
}

/// How much there is of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StatusTally {
    /// Clusters that were asked.
    pub clusters: usize,
    /// Clusters that nothing is known of.
    pub unread: usize,
    /// Applications that are rendered, of clusters that were read.
    pub applications: usize,
    /// Those of them that are well and as they are rendered.
    pub well: usize,
    /// Those of them that are not there.
    pub missing: usize,
    /// Applications that nobody rendered.
    pub foreign: usize,
}

/// A cluster whose Argo CD was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ClusterRow {
    /// Its name.
    pub cluster: String,
    /// How many Applications it has; nothing where it was not read.
    pub applications: Option<usize>,
    /// Whether only the namespaces were seen that something is expected in.
    pub is_partly_seen: bool,
    /// Why nothing is known of it.
    #[serde(flatten)]
    pub unread: Option<Unread>,
    /// The same in a line.
    pub message: Option<String>,
}

/// An object of the fleet, in one Argo CD.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ObjectRow {
    /// The object: `commons.atlas.environments.prod`.
    pub object: String,
    /// Its tier.
    pub tier: Option<String>,
    /// The cluster whose Argo CD has it.
    pub cluster: String,
    /// The cluster that it deploys to.
    pub deploys_to: String,
    /// How many Applications it is to have.
    pub applications: usize,
    /// The worst of their syncs; nothing where none of them is there or could be read.
    pub sync: Option<Sync>,
    /// The worst of their healths.
    pub health: Option<Health>,
    /// The chart, where it has one Application.
    pub chart: Option<ChartRevision>,
    /// The images, where values name their tags.
    pub images: Option<ImageCount>,
    /// How many problems there are.
    pub problems: usize,
    /// Since when there are some.
    pub since: Option<Timestamp>,
}

impl StatusPage {
    /// What a snapshot says of what is expected.
    pub fn new(expectation: &Expectation, snapshot: &Snapshot) -> Self {
        let mut builder = Builder::new(expectation);
        for cluster in expectation.instances() {
            match snapshot.clusters.get(&cluster.name) {
                Some(Ok(seen)) => builder.read(&cluster.name, seen),
                Some(Err(unread)) => builder.unread(&cluster.name, unread.clone()),
                None => builder.unread(&cluster.name, Unread::unasked()),
            }
        }
        builder.page(snapshot.at)
    }

    /// Whether everything that could be read is as it is rendered, and well.
    pub fn is_well(&self) -> bool {
        self.problems.is_empty()
    }
}
