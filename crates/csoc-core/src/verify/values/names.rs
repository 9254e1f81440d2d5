//! What an unknown key was probably meant to be.

use std::fmt;

use super::{VALUES_KEY_UNKNOWN, View};
use crate::catalog::KeyNote;
use crate::catalog::chart::ChartKey;
use crate::diagnostic::Finding;
use crate::value::path::{ModelPath, Step};
use crate::value::suggestion::closest;
use crate::value::{Entry, Key};

/// Places of the same key that are named.
const SHOWN: usize = 4;

/// The way to a key of a values file.
#[derive(Debug, Default)]
pub(super) struct Path(ModelPath);

impl Path {
    pub(super) fn push_key(&mut self, key: &Key) {
        self.0.push(Step::Key(key.clone()));
    }

    pub(super) fn push_item(&mut self) {
        self.0.push(Step::Item(None));
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    /// The names of the keys; items of lists have none.
    pub(super) fn keys(&self) -> Vec<&str> {
        let keys = self.0.steps().iter().map(|step| match step {
            Step::Key(key) => key.as_str(),
            Step::Item(_) => "[]",
        });
        keys.collect()
    }

    /// The note on this key.
    pub(super) fn note<'n>(&self, notes: &'n [KeyNote]) -> Option<&'n KeyNote> {
        if notes.is_empty() {
            return None;
        }
        let keys = self.keys();
        notes.iter().find(|note| note.is_on(keys.iter().copied()))
    }

    /// What to do about a key that is gone.
    pub(super) fn instead(&self, note: &KeyNote) -> String {
        note.replacement(&self.keys()).map_or_else(
            || format!("remove it: {}", note.because),
            |instead| format!("set `{instead}` instead: {}", note.because),
        )
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The finding of a key that the chart does not know. One that looks like a typing error is an error:
/// somebody believes that it works.
pub(super) fn unknown(
    view: &View<'_>,
    entry: &Entry,
    parent: ChartKey<'_>,
    path: &Path,
) -> Finding {
    let chart = view.chart.name();
    let key = entry.key.as_str();
    let message = format!("`{path}` has no effect: chart `{chart}` neither declares nor reads it");
    let note = path.note(&view.notes.removed);
    let near = closest(key, parent.children().map(|(name, _)| name)).filter(|near| *near != key);
    let (finding, help) = match (note, near) {
        (Some(note), _) => (
            Finding::warning(VALUES_KEY_UNKNOWN, message),
            path.instead(note),
        ),
        (None, Some(near)) => (
            Finding::error(VALUES_KEY_UNKNOWN, message),
            format!("did you mean `{near}`?"),
        ),
        (None, None) => (
            Finding::warning(VALUES_KEY_UNKNOWN, message),
            elsewhere(view, key, path).unwrap_or_else(|| {
                "remove it, or report it to the chart if it should work".to_owned()
            }),
        ),
    };
    finding
        .help(help)
        .label(entry.key_origin.span(), "not known here")
        .path(path)
}

/// Where the same key is known: in the same chart, or anywhere for a key at the top.
fn elsewhere(view: &View<'_>, key: &str, path: &Path) -> Option<String> {
    let keys = path.keys();
    let own = path.0.to_string();
    let top = keys.first().copied().unwrap_or_default();
    let top = (keys.len() > 1).then_some(top);
    let mut places = view.chart.places_of(key, top);
    places.retain(|place| *place != own);
    places.truncate(SHOWN);
    if places.is_empty() {
        return None;
    }
    Some(format!(
        "the same key is known at `{}`",
        places.join("`, `")
    ))
}
