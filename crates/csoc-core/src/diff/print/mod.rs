//! Differences as people and programs read them.

mod html;
mod json;
mod markdown;
mod text;

/// Places of a change that are shown; more are counted.
const PLACES: usize = 12;

use super::change::{Change, ChangedPlace};

/// What is said of a change's places: those whose values the change does not tell itself, and how many there are beside.
struct Shown<'a> {
    places: Vec<&'a ChangedPlace>,
    more: usize,
}

impl<'a> Shown<'a> {
    fn of(change: &'a Change, limit: usize) -> Self {
        let telling: Vec<&ChangedPlace> = change
            .places
            .iter()
            .filter(|place| {
                (place.old.is_some() || place.new.is_some()) && !says_the_same(change, place)
            })
            .collect();
        let shown: Vec<&ChangedPlace> = telling.into_iter().take(limit).collect();
        Self {
            more: change.places.len().saturating_sub(shown.len()),
            places: shown,
        }
    }

    /// How many places are not shown, in words.
    fn rest(&self) -> Option<String> {
        match (self.more, self.places.is_empty()) {
            (0, _) | (1, true) => None,
            (more, true) => Some(format!("in {more} places")),
            (1, false) => Some("and 1 more place".to_owned()),
            (more, false) => Some(format!("and {more} more places")),
        }
    }
}

/// Whether a place shows nothing but the change's own values, as they are or inside of its own.
fn says_the_same(change: &Change, place: &ChangedPlace) -> bool {
    if (&place.old, &place.new) == (&change.old, &change.new) {
        return true;
    }
    match (&change.old, &change.new, &place.old, &place.new) {
        (Some(old), Some(new), Some(before), Some(after)) => {
            old.len() > 3 && before.replace(old.as_str(), new) == *after
        }
        _ => false,
    }
}

/// From what to what a place changes.
fn how(place: &ChangedPlace) -> String {
    match (&place.old, &place.new) {
        (Some(old), Some(new)) => format!("{old} → {new}"),
        (None, Some(new)) => format!("→ {new}"),
        (Some(old), None) => format!("{old} → (none)"),
        (None, None) => String::new(),
    }
}
