//! How an Application is kept in step: its turn, what it retries, what it leaves alone, and who hears of it.

use super::input::EnvironmentInput;
use super::map;
use crate::model::Tier;
use crate::model::environment::SyncMode;
use crate::value::Node;

/// The annotation that says when something's turn is.
const WAVE: &str = "argocd.argoproj.io/sync-wave";
/// What Argo CD tells of, by the names of its triggers.
const TRIGGERS: [&str; 3] = ["on-deployed", "on-health-degraded", "on-sync-failed"];

/// When a root gets to what it reads: each once all before it are healthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) enum Wave {
    /// Projects, without which no Application is let in.
    Projects,
    /// Clusters that the hub pushes to.
    Clusters,
    /// What a cluster has beside its commons.
    Platform,
    /// Environments, and what makes Applications of them.
    Environments,
    /// Environments that sign in to others.
    Children,
}

impl Wave {
    /// Its number: the lowest comes first.
    pub(super) const fn number(self) -> i8 {
        match self {
            Self::Projects => -30,
            Self::Clusters => -20,
            Self::Platform => -10,
            Self::Environments => 10,
            Self::Children => 20,
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
    policy.insert("retry", retry(input.tier));
    let options = [
        "CreateNamespace=true",
        "RespectIgnoreDifferences=true",
        "ServerSideApply=true",
    ];
    policy.insert("syncOptions", Node::list(options.map(Node::from)));
    policy
}

/// How often a sync that failed is tried again: soon where people build, seldom where users are.
fn retry(tier: Tier) -> Node {
    let (limit, first, longest) = match tier {
        Tier::Dev | Tier::Test => (5, "10s", "3m"),
        Tier::Staging => (5, "30s", "5m"),
        Tier::Prod => (3, "1m", "10m"),
    };
    let backoff = map([
        ("duration", first.into()),
        ("factor", Node::integer(2)),
        ("maxDuration", longest.into()),
    ]);
    map([("limit", Node::integer(limit)), ("backoff", backoff)])
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
