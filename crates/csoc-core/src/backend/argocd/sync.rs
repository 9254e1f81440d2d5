//! How an Application is kept in step: its turn, what it retries, what it leaves alone, and who hears of it.

use super::input::{Destination, EnvironmentInput};
use super::map;
use crate::model::Tier;
use crate::model::environment::SyncMode;
use crate::value::Node;

/// The annotation that says when something's turn is.
const WAVE: &str = "argocd.argoproj.io/sync-wave";
/// What Argo CD tells of, by the names of its triggers.
const TRIGGERS: [&str; 3] = ["on-deployed", "on-health-degraded", "on-sync-failed"];

/// When a root gets to what it reads: each once all before it are healthy. Only for what is last nobody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) enum Wave {
    /// Projects, without which no Application is let in.
    Projects,
    /// The cluster itself, where the hub pushes to it: before all that is in it.
    Clusters,
    /// What a cluster has beside its commons.
    Platform,
    /// Plain objects that charts read, stores of secrets and classes of volumes: after what brings their kinds, and before the
    /// charts that are told of them.
    Objects,
    /// Environments, and what makes Applications of them.
    Environments,
    /// Environments that sign in to others.
    Children,
    /// What the hub does in other clusters. It is last, so that one of them that is sick holds up nothing.
    Pushed,
}

impl Wave {
    /// Its number: the lowest comes first.
    pub(super) const fn number(self) -> i8 {
        match self {
            Self::Projects => -30,
            Self::Clusters => -25,
            Self::Platform => -10,
            Self::Objects => -8,
            Self::Environments => 10,
            Self::Children => 20,
            Self::Pushed => 30,
        }
    }

    /// The annotation that says it.
    pub(super) fn annotation(self) -> (&'static str, Node) {
        (WAVE, self.number().to_string().into())
    }
}

/// The annotations of an environment's Application: its turn, and who hears of it.
pub(super) fn annotations(input: &EnvironmentInput) -> Node {
    let (key, wave) = input.wave.annotation();
    let mut annotations = map([(key, wave)]);
    let settings = &input.notifications;
    let slack: Vec<&str> = settings.channels.iter().map(AsRef::as_ref).collect();
    let email: Vec<&str> = settings.emails.iter().map(AsRef::as_ref).collect();
    for (service, receivers) in [("email", email), ("slack", slack)] {
        if receivers.is_empty() {
            continue;
        }
        for trigger in TRIGGERS {
            annotations.insert(
                format!("notifications.argoproj.io/subscribe.{trigger}.{service}"),
                receivers.join(";").into(),
            );
        }
    }
    annotations
}

/// How an environment's Application is synced.
pub(super) fn policy(input: &EnvironmentInput) -> Node {
    let mut policy = Node::map();
    let automated = match input.sync.mode {
        SyncMode::SelfHeal => Some(map([("selfHeal", true.into())])),
        SyncMode::Automated => Some(Node::map()),
        SyncMode::Manual => None,
    };
    if let Some(mut automated) = automated {
        if input.sync.prune {
            automated.insert("prune", true.into());
        }
        policy.insert("automated", automated);
    }
    policy.insert(
        "managedNamespaceMetadata",
        map([("labels", map([("role", "gen3".into())]))]),
    );
    policy.insert("retry", retry(input));
    let options = [
        "CreateNamespace=true",
        "RespectIgnoreDifferences=true",
        "ServerSideApply=true",
    ];
    policy.insert("syncOptions", Node::list(options.map(Node::from)));
    policy
}

/// How often a sync that failed is tried again: soon where people build, seldom where users are.
///
/// Where the hub pushes, the set of a commons makes an environment's Application without a look at the clusters: another
/// cluster's state must not keep it away. So it may be there before the add-ons of its own, and what it makes is of kinds that
/// they bring. It tries until they are there. In a cluster that pulls, its turn comes after them.
fn retry(input: &EnvironmentInput) -> Node {
    let (limit, first, longest) = match input.tier {
        Tier::Dev | Tier::Test => (5, "10s", "3m"),
        Tier::Staging => (5, "30s", "5m"),
        Tier::Prod => (3, "1m", "10m"),
    };
    match input.destination {
        Destination::Here => map([
            ("limit", Node::integer(limit)),
            ("backoff", backoff(first, longest)),
        ]),
        Destination::Named(_) => without_end(first, longest),
    }
}

/// How what holds others, and what is for all of a cluster, is tried again: without an end, and each time as it is in git by
/// then. An object beside a chart is refused until the chart's webhook answers, which takes minutes on a cold cluster.
///
/// A part that is degraded fails the sync of what holds it. With an end to the tries, that is for good: Argo CD begins none of
/// itself for a commit that it has given up, whatever becomes of the part.
pub(super) fn tries() -> Node {
    without_end("30s", "5m")
}

fn without_end(first: &'static str, longest: &'static str) -> Node {
    map([
        ("limit", Node::integer(-1)),
        ("refresh", true.into()),
        ("backoff", backoff(first, longest)),
    ])
}

fn backoff(first: &'static str, longest: &'static str) -> Node {
    map([
        ("duration", first.into()),
        ("factor", Node::integer(2)),
        ("maxDuration", longest.into()),
    ])
}

/// What a sync leaves as it is in the cluster.
pub(super) fn ignored(input: &EnvironmentInput) -> Node {
    Node::list(input.random.iter().map(|name| {
        map([
            ("group", "".into()),
            ("kind", "Secret".into()),
            ("name", name.as_str().into()),
            ("jsonPointers", Node::list(["/data".into()])),
        ])
    }))
}
