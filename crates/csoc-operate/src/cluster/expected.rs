//! What is to be in clusters, as whoever rendered it says.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::stack::{Selection, Stack, Stacks, Subject};

/// What is to be in clusters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Expectation {
    /// The clusters.
    pub clusters: Vec<ExpectedCluster>,
    /// The Applications.
    pub applications: Vec<ExpectedApplication>,
    /// The commit that the GitOps repositories are to be at, where one is named: its first digits are enough.
    #[serde(skip)]
    pub commit: Option<Commit>,
    /// Whether it is a part of what there is: then nothing is said of what is not in it.
    #[serde(skip)]
    pub is_part: bool,
}

/// A cluster, as far as it must be known to find it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
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

/// A commit of git: all of its digits, or seven and more of its first ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit(Box<str>);

/// Text that names no commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a commit is 7 to 40 hexadecimal digits")]
pub struct NoCommit;

/// Why nothing is to be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unexpected {
    /// There is no Application at all.
    #[error("no Application is rendered, so that nothing is to be compared")]
    Nothing,
    /// There is none of what is selected.
    #[error("no environment and no cluster is selected")]
    Unselected,
    /// A context is named for a cluster that is not there.
    #[error("no cluster `{name}` is rendered")]
    NoCluster {
        /// The cluster.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
}

impl Commit {
    /// Its digits, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Commit {
    type Err = NoCommit;

    fn from_str(text: &str) -> Result<Self, NoCommit> {
        let is_commit =
            (7..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_commit {
            Ok(Self(text.to_ascii_lowercase().into()))
        } else {
            Err(NoCommit)
        }
    }
}

impl Unexpected {
    /// How to mend it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Unselected => Some(
                "fields are account, region, cluster, commons, environment, tier and object"
                    .to_owned(),
            ),
            Self::NoCluster { known, .. } => Some(format!("there are {}", known.join(", "))),
        }
    }
}

impl Expectation {
    /// What somebody else says that is to be delivered, handed over as data: this crate knows no fleets.
    ///
    /// # Errors
    ///
    /// It is not what is expected here: the two do not fit together.
    pub fn of(deliveries: &impl Serialize) -> serde_json::Result<Self> {
        serde_json::from_value(serde_json::to_value(deliveries)?)
    }

    /// Adds what the stacks of a rendered tree know: tiers, accounts and regions, which its Applications do not say.
    pub fn place(&mut self, stacks: &Stacks) {
        for cluster in &mut self.clusters {
            let is_its = |stack: &&Stack| stack.id.cluster() == Some(&cluster.name);
            if let Some(stack) = stacks.iter().find(is_its) {
                cluster.account = Some(stack.account.clone());
                cluster.account_name = stack.account_name().map(ToOwned::to_owned);
                cluster.region.clone_from(&stack.region);
                cluster.tier.clone_from(&stack.tier);
            }
        }
        for application in &mut self.applications {
            let is_its = |stack: &&Stack| stack.object == application.object;
            let stack = stacks.iter().find(is_its);
            application.tier = stack.and_then(|stack| stack.tier.clone());
        }
    }

    /// The part of it that any of the selections means, where there is something to be compared.
    ///
    /// # Errors
    ///
    /// There is nothing, or one of the clusters that somebody named a context for is none of it.
    pub fn narrowed<'c>(
        self,
        selections: &[Selection],
        named: impl IntoIterator<Item = &'c str>,
    ) -> Result<Self, Unexpected> {
        if self.applications.is_empty() {
            return Err(Unexpected::Nothing);
        }
        let part = self.select(selections);
        if part.applications.is_empty() {
            return Err(Unexpected::Unselected);
        }
        let is_known = |name: &str| part.clusters.iter().any(|it| it.name == name);
        match named.into_iter().find(|name| !is_known(name)) {
            None => Ok(part),
            Some(name) => Err(Unexpected::NoCluster {
                name: name.to_owned(),
                known: part.clusters.iter().map(|it| it.name.clone()).collect(),
            }),
        }
    }

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
