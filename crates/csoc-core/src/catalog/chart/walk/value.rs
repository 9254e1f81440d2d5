//! What a value of a template can come from.

use std::collections::{BTreeMap, BTreeSet};

use super::path::PathId;
use crate::value::Key;

/// All that a value of a template can be.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Value {
    /// Keys whose value it can be.
    pub(super) paths: BTreeSet<PathId>,
    /// Whether it can be what a chart's templates are given: `.Values`, `.Chart` and so on.
    pub(super) is_context: bool,
    /// Members of a map or list that a template made.
    pub(super) members: BTreeMap<Key, Value>,
    /// Texts that it can be.
    pub(super) texts: BTreeSet<Key>,
    /// The place in a list that it is, where it is a whole number.
    pub(super) place: Option<Key>,
}

impl Value {
    /// What templates are given.
    pub(super) fn context() -> Self {
        Self {
            is_context: true,
            ..Self::default()
        }
    }

    /// A text.
    pub(super) fn text(text: Key) -> Self {
        Self {
            texts: BTreeSet::from([text]),
            ..Self::default()
        }
    }

    /// A value of these keys.
    pub(super) fn of(paths: impl IntoIterator<Item = PathId>) -> Self {
        Self {
            paths: paths.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Whether nothing is known of it.
    pub(super) fn is_unknown(&self) -> bool {
        self.paths.is_empty()
            && !self.is_context
            && self.members.is_empty()
            && self.texts.is_empty()
    }

    /// How much it holds.
    pub(super) fn parts(&self) -> usize {
        let own = self.paths.len().saturating_add(self.texts.len());
        let members = self.members.values().map(Self::parts);
        members.fold(own.saturating_add(1), usize::saturating_add)
    }

    /// Either of two.
    #[must_use]
    pub(super) fn or(mut self, other: &Self) -> Self {
        self.add(other);
        self
    }

    /// The same, in place.
    pub(super) fn add(&mut self, other: &Self) {
        self.paths.extend(&other.paths);
        self.is_context |= other.is_context;
        self.texts.extend(other.texts.iter().cloned());
        for (key, value) in &other.members {
            self.members.entry(key.clone()).or_default().add(value);
        }
    }
}
