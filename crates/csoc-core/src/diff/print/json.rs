//! Differences as programs read them. The shape is a promise.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::change::{Change, Diff};

/// All of it.
#[derive(Serialize)]
struct Record<'a> {
    old: &'a str,
    new: &'a str,
    changes: &'a [Change],
    summary: Summary,
}

/// How many changes there are.
#[derive(Serialize)]
struct Summary {
    changes: usize,
    worst: Option<&'static str>,
    dangers: BTreeMap<&'static str, usize>,
}

impl Diff {
    /// The differences as JSON: both sides' names, the changes, how many there are of each danger.
    pub fn to_json(&self) -> String {
        let record = Record {
            old: &self.old,
            new: &self.new,
            changes: &self.changes,
            summary: Summary {
                changes: self.changes.len(),
                worst: self.worst().map(super::super::danger::Danger::as_str),
                dangers: self
                    .dangers()
                    .into_iter()
                    .map(|(danger, count)| (danger.as_str(), count))
                    .collect(),
            },
        };
        let mut text = serde_json::to_string_pretty(&record).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The differences of such a text again.
    ///
    /// ```
    /// let empty = csoc_core::Diff::default();
    /// assert_eq!(csoc_core::Diff::from_json(&empty.to_json()), Ok(empty));
    /// ```
    pub fn from_json(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}
