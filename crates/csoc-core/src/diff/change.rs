//! Changes, and all of them together.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::danger::Danger;
use super::kind::ChangeKind;

/// Whether something is new, gone or other than it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Action {
    /// It was not there.
    Added,
    /// It is no longer there.
    Removed,
    /// It is another.
    Changed,
}

impl Action {
    /// Its name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }

    /// Its mark where people read it.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Added => "+",
            Self::Removed => "-",
            Self::Changed => "~",
        }
    }
}

/// A place where a change shows: a field of the model, or a part of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChangedPlace {
    /// `commons.midrc.environments.prod.release`, or `values/values.yaml#/fence/image/tag`.
    pub at: String,
    /// The value before; secret material is `(secret)`.
    pub old: Option<String>,
    /// The value after.
    pub new: Option<String>,
    /// Where the fleet says it, as `FILE:LINE`: on the new side, or, for what is gone, on the old one. Nothing for
    /// what is derived, and where no fleet is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Something that is other than it was, however many places show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// The object: `commons.midrc.environments.prod`.
    pub object: String,
    /// What it is about.
    pub kind: ChangeKind,
    /// Which of them: a service, a secret, an address; empty where there is one.
    pub subject: String,
    /// Whether it is new, gone or another.
    pub action: Action,
    /// The value before, where it is one.
    pub old: Option<String>,
    /// The value after, where it is one.
    pub new: Option<String>,
    /// What it may cost.
    pub danger: Danger,
    /// Why.
    pub reason: String,
    /// What follows from it, across Terraform, Helm and Argo CD.
    pub consequences: Vec<String>,
    /// Where it shows, sorted.
    pub places: Vec<ChangedPlace>,
    /// The other objects in whose documents it shows: the environments whose chart the fleet changes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub shows_in: BTreeSet<String>,
}

/// What is different between two sides.
///
/// Changes are sorted by object, then the worst first: a function of the two
/// sides alone, whatever the order of their files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diff {
    /// What the old side is called.
    pub old: String,
    /// What the new side is called.
    pub new: String,
    /// The changes.
    pub changes: Vec<Change>,
}

impl Change {
    /// Where the fleet says it, sorted: `commons/midrc/environments/prod.yaml:4`.
    pub fn sources(&self) -> BTreeSet<&str> {
        let sources = self
            .places
            .iter()
            .filter_map(|place| place.source.as_deref());
        sources.collect()
    }

    /// What it is about, in words: `service fence`.
    pub fn what(&self) -> String {
        if self.subject.is_empty() {
            self.kind.title().to_owned()
        } else {
            format!("{} {}", self.kind.title(), self.subject)
        }
    }

    /// From what to what, in words; `added` or `removed` where there is no value.
    pub fn how(&self) -> String {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => format!("{old} → {new}"),
            (None, Some(new)) => format!("→ {new}"),
            (Some(old), None) => format!("{old} → (none)"),
            (None, None) => self.action.as_str().to_owned(),
        }
    }
}

impl Diff {
    /// Whether nothing is different.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many changes there are of each danger.
    pub fn dangers(&self) -> BTreeMap<Danger, usize> {
        let mut dangers = BTreeMap::new();
        for change in &self.changes {
            *dangers.entry(change.danger).or_default() += 1;
        }
        dangers
    }

    /// The worst danger.
    pub fn worst(&self) -> Option<Danger> {
        self.changes.iter().map(|change| change.danger).max()
    }

    /// The changes by object, in order.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &[Change])> {
        self.changes
            .chunk_by(|one, other| one.object == other.object)
            .map(|changes| {
                (
                    changes.first().map_or("", |first| first.object.as_str()),
                    changes,
                )
            })
    }

    /// The same with names for the sides.
    #[must_use]
    pub fn named(mut self, old: impl Into<String>, new: impl Into<String>) -> Self {
        self.old = old.into();
        self.new = new.into();
        self
    }

    /// How many changes there are, in words: `3 changes: 1 outage, 2 harmless`.
    pub fn summary(&self) -> String {
        if self.changes.is_empty() {
            return "no differences".to_owned();
        }
        let dangers = self.dangers();
        let counts: Vec<String> = Danger::ALL
            .into_iter()
            .filter_map(|danger| Some(format!("{} {danger}", dangers.get(&danger)?)))
            .collect();
        let s = if self.changes.len() == 1 { "" } else { "s" };
        format!("{} change{s}: {}", self.changes.len(), counts.join(", "))
    }
}
