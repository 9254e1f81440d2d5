//! An Application as a cluster says it: what of it matters here, and nothing else.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::health::{Health, Sync};

/// How much of what Argo CD says of a problem is kept: it prints whole manifests.
const MESSAGE: usize = 240;

/// An Application as a cluster says it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Application {
    /// Its name.
    pub name: String,
    /// The namespace that it is in.
    pub namespace: String,
    /// The Application that made it, where one did.
    pub parent: Option<String>,
    /// Its sources, in order.
    pub sources: Vec<Source>,
    /// Whether what runs is what it says.
    pub sync: Sync,
    /// Whether what runs is well.
    pub health: Health,
    /// What is said of its health.
    pub health_message: String,
    /// Since when it is so.
    pub health_since: Option<Timestamp>,
    /// What was deployed last.
    pub deployed: Option<Deployed>,
    /// The last sync, or the one that runs.
    pub operation: Option<Operation>,
    /// The images that run.
    pub images: Vec<String>,
    /// What Argo CD complains of.
    pub conditions: Vec<Condition>,
}

/// Where an Application takes something from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// The repository's address.
    pub repository: String,
    /// The chart, where the repository is one of charts.
    pub chart: Option<String>,
    /// The directory in a git repository.
    pub path: Option<String>,
    /// The branch, tag, commit or version that is wanted.
    pub revision: Option<String>,
}

/// What was deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deployed {
    /// Each source with the commit or version that it was at.
    pub revisions: Vec<(Source, String)>,
    /// When.
    pub at: Option<Timestamp>,
}

/// A sync.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// How far it is, or how it ended.
    pub phase: Phase,
    /// What is said of it.
    pub message: String,
    /// When it ended, or began.
    pub at: Option<Timestamp>,
}

/// How far a sync is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// It goes on.
    Running,
    /// It was done.
    Succeeded,
    /// It was not.
    Failed,
}

/// Something that Argo CD complains of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Condition {
    /// Its name: `ComparisonError`.
    pub kind: String,
    /// What is said of it.
    pub message: String,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// An object that is no Application as Argo CD writes them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("its `{part}` is not what Argo CD writes")]
#[non_exhaustive]
pub struct Malformed {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// The namespace that it is in.
    pub namespace: Option<String>,
    /// What of it cannot be read.
    pub part: &'static str,
}

impl Application {
    /// Reads an object of the API. What it does not say is taken as not known; what has another shape is an error.
    pub fn read(object: &Value) -> Result<Self, Malformed> {
        let text = |key: &str| object["metadata"][key].as_str().map(str::to_owned);
        let malformed = |part| Malformed {
            name: text("name"),
            namespace: text("namespace"),
            part,
        };
        let metadata: Metadata = read(&object["metadata"]).ok_or_else(|| malformed("metadata"))?;
        if metadata.name.is_empty() {
            return Err(malformed("metadata"));
        }
        let spec: Spec = read(&object["spec"]).ok_or_else(|| malformed("spec"))?;
        let status: Status = read(&object["status"]).ok_or_else(|| malformed("status"))?;
        let operation = status.operation_state.map(|state| Operation {
            phase: match &*state.phase {
                "Succeeded" => Phase::Succeeded,
                "Failed" | "Error" => Phase::Failed,
                _ => Phase::Running,
            },
            message: said(&state.message),
            at: time(&state.finished_at).or_else(|| time(&state.started_at)),
        });
        Ok(Self {
            parent: metadata.parent(),
            name: metadata.name,
            namespace: metadata.namespace,
            sources: sources(spec.source, spec.sources),
            sync: Sync::of(&status.sync.status),
            health: Health::of(&status.health.status),
            health_message: said(&status.health.message),
            health_since: time(&status.health.last_transition_time),
            deployed: status.history.into_iter().last().map(RawDeployed::read),
            operation,
            images: status.summary.images,
            conditions: status
                .conditions
                .into_iter()
                .map(|condition| Condition {
                    message: said(&condition.message),
                    since: time(&condition.last_transition_time),
                    kind: condition.r#type,
                })
                .collect(),
        })
    }
}

/// Reads a part of an object; what is not there is empty.
fn read<T: DeserializeOwned + Default>(part: &Value) -> Option<T> {
    match part {
        Value::Null => Some(T::default()),
        // What cannot be read is named by its place alone: what stands there may be anything.
        part => serde_json::from_value(part.clone()).ok(),
    }
}

fn sources(one: Option<RawSource>, several: Vec<RawSource>) -> Vec<Source> {
    let all = if several.is_empty() {
        one.into_iter().collect()
    } else {
        several
    };
    all.into_iter()
        .map(|source| Source {
            repository: without_password(&source.repo_url),
            chart: source.chart.filter(|chart| !chart.is_empty()),
            path: source.path.filter(|path| !path.is_empty()),
            revision: source
                .target_revision
                .filter(|revision| !revision.is_empty()),
        })
        .collect()
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// The first line of what is said, and not more of it than a line holds.
fn said(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    let line = without_password(line.unwrap_or_default());
    let mut kept: String = line
        .chars()
        .filter(|char| !char.is_control())
        .take(MESSAGE)
        .collect();
    if kept.len() < line.len() {
        kept.push('…');
    }
    kept
}

/// A text without who signs in to the addresses in it: a repository's address may hold a token.
fn without_password(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        plain.push_str(head);
        let end = tail
            .find(|char: char| char.is_whitespace() || "/?#\"'`<>".contains(char))
            .unwrap_or(tail.len());
        let (authority, behind) = tail.split_at(end);
        plain.push_str(authority.rsplit('@').next().unwrap_or_default());
        rest = behind;
    }
    plain.push_str(rest);
    plain
}

/// What Go leaves out it may also write as `null`.
fn or_null<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    name: String,
    namespace: String,
    #[serde(deserialize_with = "or_null")]
    labels: std::collections::BTreeMap<String, String>,
    #[serde(deserialize_with = "or_null")]
    annotations: std::collections::BTreeMap<String, String>,
}

impl Metadata {
    /// The Application that Argo CD says made it: by annotation, or by label as older ones do.
    fn parent(&self) -> Option<String> {
        let by_annotation = self
            .annotations
            .get("argocd.argoproj.io/tracking-id")
            .and_then(|id| id.split(':').next());
        let by_label = || {
            let labels = ["argocd.argoproj.io/instance", "app.kubernetes.io/instance"];
            labels.iter().find_map(|label| self.labels.get(*label))
        };
        by_annotation
            .map(str::to_owned)
            .or_else(|| by_label().cloned())
            // Of another namespace it is `NAMESPACE_NAME`.
            .filter(|parent| !parent.is_empty() && *parent != self.name)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Spec {
    source: Option<RawSource>,
    #[serde(deserialize_with = "or_null")]
    sources: Vec<RawSource>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawSource {
    #[serde(rename = "repoURL", deserialize_with = "or_null")]
    repo_url: String,
    chart: Option<String>,
    path: Option<String>,
    target_revision: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    #[serde(deserialize_with = "or_null")]
    sync: Word,
    #[serde(deserialize_with = "or_null")]
    health: RawHealth,
    #[serde(deserialize_with = "or_null")]
    history: Vec<RawDeployed>,
    operation_state: Option<RawOperation>,
    #[serde(deserialize_with = "or_null")]
    summary: Summary,
    #[serde(deserialize_with = "or_null")]
    conditions: Vec<RawCondition>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Word {
    status: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawHealth {
    status: String,
    message: String,
    #[serde(deserialize_with = "or_null")]
    last_transition_time: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawDeployed {
    revision: String,
    #[serde(deserialize_with = "or_null")]
    revisions: Vec<String>,
    source: Option<RawSource>,
    #[serde(deserialize_with = "or_null")]
    sources: Vec<RawSource>,
    #[serde(deserialize_with = "or_null")]
    deployed_at: String,
}

impl RawDeployed {
    fn read(self) -> Deployed {
        let revisions = if self.revisions.is_empty() {
            vec![self.revision]
        } else {
            self.revisions
        };
        Deployed {
            at: time(&self.deployed_at),
            revisions: sources(self.source, self.sources)
                .into_iter()
                .zip(revisions)
                .collect(),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawOperation {
    phase: String,
    message: String,
    #[serde(deserialize_with = "or_null")]
    started_at: String,
    #[serde(deserialize_with = "or_null")]
    finished_at: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Summary {
    #[serde(deserialize_with = "or_null")]
    images: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawCondition {
    r#type: String,
    message: String,
    #[serde(deserialize_with = "or_null")]
    last_transition_time: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Application, Phase, said, without_password};
    use crate::cluster::{Health, Sync};

    #[test]
    fn what_is_not_said_is_not_known() {
        let bare = json!({ "metadata": { "name": "new", "namespace": "argocd" }, "spec": { "source": null } });
        let read = Application::read(&bare).expect("it is one");
        assert_eq!((read.sync, read.health), (Sync::Unknown, Health::Unknown));
        assert_eq!((read.deployed, read.operation), (None, None));
        let nulls = json!({
            "metadata": { "name": "new", "labels": null, "annotations": null },
            "spec": { "sources": null },
            "status": { "history": null, "conditions": null, "summary": { "images": null }, "health": null,
                "operationState": { "phase": "Error", "finishedAt": null, "startedAt": "2026-11-01T00:00:00Z" } },
        });
        let operation = Application::read(&nulls).expect("it is one").operation;
        let operation = operation.expect("there is one");
        assert_eq!(operation.phase, Phase::Failed);
        assert!(operation.at.is_some());
    }

    #[test]
    fn another_shape_is_named_by_its_place_alone() {
        let wrong =
            json!({ "metadata": { "name": "odd" }, "status": { "history": "planted-secret" } });
        let error = Application::read(&wrong).expect_err("it is none");
        assert_eq!(error.to_string(), "its `status` is not what Argo CD writes");
        assert_eq!(error.name.as_deref(), Some("odd"));
        for nothing in [
            json!(null),
            json!(7),
            json!({}),
            json!({ "metadata": { "name": 7 } }),
        ] {
            assert_eq!(
                Application::read(&nothing).expect_err("it is none").part,
                "metadata"
            );
        }
    }

    #[test]
    fn who_signs_in_to_an_address_is_left_out() {
        assert_eq!(
            without_password("https://me:planted@git.example.org/x and ssh://git@host, a@b"),
            "https://git.example.org/x and ssh://host, a@b"
        );
        let long = format!("\n  first {}\nsecond", "x".repeat(1000));
        let kept = said(&long);
        assert!(kept.starts_with("first x") && kept.ends_with('…'), "{kept}");
        assert_eq!(kept.chars().count(), super::MESSAGE + 1);
    }
}
