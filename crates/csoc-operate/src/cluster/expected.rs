//! What is to be in clusters, as whoever rendered it says.

use std::collections::{BTreeMap, BTreeSet};

use crate::stack::{Selection, Subject};

/// What is to be in clusters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expectation {
    /// The clusters.
    pub clusters: Vec<ExpectedCluster>,
    /// The Applications.
    pub applications: Vec<ExpectedApplication>,
    /// The commit that the GitOps repositories are to be at, where one is named: its first digits are enough.
    pub commit: Option<String>,
    /// Whether it is a part of what there is: then nothing is said of what is not in it.
    pub is_part: bool,
}

/// A cluster, as far as it must be known to find it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectedCluster {
    /// Its name in the fleet.
    pub name: String,
    /// Its account, twelve digits.
    pub account: Option<String>,
    /// The account's name in the fleet.
    pub account_name: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// The tier of the environment on it that matters most.
    pub tier: Option<String>,
    /// The address of its API.
    pub server: Option<String>,
}

/// An Application that is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectedApplication {
    /// The cluster whose Argo CD has it.
    pub cluster: String,
    /// Its name.
    pub name: String,
    /// The namespace that it is in.
    pub namespace: String,
    /// The object of the fleet that it is of: `commons.atlas.environments.prod`.
    pub object: String,
    /// Its tier.
    pub tier: Option<String>,
    /// The cluster that it deploys to.
    pub deploys_to: String,
    /// Its sources, in order.
    pub sources: Vec<ExpectedSource>,
    /// The images that its values name, by repository, each with its tags.
    pub images: BTreeMap<String, BTreeSet<String>>,
}

/// A source of an Application.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectedSource {
    /// The repository's address.
    pub repository: String,
    /// The chart, by its name.
    pub chart: Option<String>,
    /// The directory in a git repository.
    pub path: Option<String>,
    /// The branch, tag, commit or version that is wanted.
    pub revision: Option<String>,
}

impl Expectation {
    /// The part of it that any of the selections means; all of it where there is none.
    ///
    /// Applications are compared by account, region and cluster of where they deploy to, by commons, environment, tier
    /// and object. Only the clusters that have one of them stay.
    #[must_use]
    pub fn select(mut self, selections: &[Selection]) -> Self {
        if selections.is_empty() {
            return self;
        }
        self.is_part = true;
        let clusters: BTreeMap<&str, &ExpectedCluster> =
            self.clusters.iter().map(|it| (&*it.name, it)).collect();
        let applications = self.applications.iter().filter(|application| {
            let cluster = clusters.get(&*application.deploys_to).copied();
            let subject = application.subject(cluster);
            selections.iter().any(|selection| selection.means(&subject))
        });
        self.applications = applications.cloned().collect();
        self
    }

    /// The clusters whose Argo CD has something of it.
    pub fn instances(&self) -> impl Iterator<Item = &ExpectedCluster> {
        let names: BTreeSet<&str> = self.applications.iter().map(|it| &*it.cluster).collect();
        let clusters = self.clusters.iter();
        clusters.filter(move |cluster| names.contains(&*cluster.name))
    }

    /// The namespaces of a cluster that something of it is in.
    pub fn namespaces(&self, cluster: &str) -> BTreeSet<&str> {
        let of_cluster = self.applications.iter().filter(|it| it.cluster == cluster);
        of_cluster.map(|it| &*it.namespace).collect()
    }
}

impl ExpectedApplication {
    /// The commons and the environment that it is of.
    pub(super) fn environment(&self) -> Option<(&str, &str)> {
        let rest = self.object.strip_prefix("commons.")?;
        rest.split_once(".environments.")
    }

    fn subject<'s>(&'s self, cluster: Option<&'s ExpectedCluster>) -> Subject<'s> {
        let environment = self.environment();
        Subject {
            account: [
                cluster.and_then(|it| it.account.as_deref()),
                cluster.and_then(|it| it.account_name.as_deref()),
            ],
            region: cluster.and_then(|it| it.region.as_deref()),
            cluster: Some(&self.deploys_to),
            commons: environment.map(|(commons, _)| commons),
            environment: environment.map(|(_, environment)| environment),
            tier: self
                .tier
                .as_deref()
                .or_else(|| cluster.and_then(|it| it.tier.as_deref())),
            object: Some(&self.object),
            ..Subject::default()
        }
    }
}
