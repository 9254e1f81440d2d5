//! Differences as they are found, before those of one cause come together.

use super::change::{Action, ChangedPlace};
use super::danger::Danger;
use super::kind::ChangeKind;

/// Who said so. What the model says is the cause of what documents show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Witness {
    /// A document that is rendered.
    Document,
    /// The model.
    Model,
}

/// One difference at one place.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub(super) object: String,
    pub(super) kind: ChangeKind,
    pub(super) subject: String,
    pub(super) action: Action,
    pub(super) place: ChangedPlace,
    pub(super) witness: Witness,
    /// The model paths that the value is made from.
    pub(super) inputs: Vec<String>,
    /// What is known of its danger where it was found.
    pub(super) verdict: Option<(Danger, String)>,
    /// Whether it stays a change of its own whatever caused it: data is at stake.
    pub(super) stands_alone: bool,
    /// What follows from it.
    pub(super) consequences: Vec<String>,
}

impl Raw {
    /// A difference between two values.
    pub(super) fn new(
        object: &str,
        kind: ChangeKind,
        subject: impl Into<String>,
        at: impl Into<String>,
        old: Option<String>,
        new: Option<String>,
    ) -> Self {
        let action = match (&old, &new) {
            (None, Some(_)) => Action::Added,
            (Some(_), None) => Action::Removed,
            _ => Action::Changed,
        };
        Self {
            object: object.to_owned(),
            kind,
            subject: subject.into(),
            action,
            place: ChangedPlace {
                at: at.into(),
                old,
                new,
                source: None,
            },
            witness: Witness::Document,
            inputs: Vec::new(),
            verdict: None,
            stands_alone: false,
            consequences: Vec::new(),
        }
    }

    /// Something that is there or not.
    pub(super) fn presence(
        object: &str,
        kind: ChangeKind,
        subject: impl Into<String>,
        at: impl Into<String>,
        action: Action,
    ) -> Self {
        Self {
            action,
            ..Self::new(object, kind, subject, at, None, None)
        }
    }

    /// The same, with where the fleet says it.
    #[must_use]
    pub(super) fn said_at(mut self, source: Option<String>) -> Self {
        self.place.source = source;
        self
    }

    /// The same, said by the model.
    #[must_use]
    pub(super) fn of_model(self) -> Self {
        Self {
            witness: Witness::Model,
            ..self
        }
    }

    /// The same, with its danger.
    #[must_use]
    pub(super) fn verdict(mut self, danger: Danger, reason: impl Into<String>) -> Self {
        self.verdict = Some((danger, reason.into()));
        self
    }
}
