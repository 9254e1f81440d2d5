//! Where a change shows, as people are told: what the change does not say itself, and many that go or come together as one.

use super::super::change::{Change, ChangedPlace};
use super::super::words::{self, plural};

/// What comes or goes together is told as one from so many places on.
const MANY: usize = 4;

/// What is said of a change's places: those whose values the change does not tell itself, and how many there are beside.
pub(super) struct Shown {
    /// Each place, and from what to what it changes.
    pub(super) lines: Vec<(String, String)>,
    more: usize,
}

impl Shown {
    pub(super) fn of(change: &Change, limit: usize) -> Self {
        let telling: Vec<&ChangedPlace> = change
            .places
            .iter()
            .filter(|place| {
                (place.old.is_some() || place.new.is_some()) && !says_the_same(change, place)
            })
            .collect();
        let mut lines: Vec<(String, String)> = Vec::new();
        let mut shown: usize = 0;
        let mut rest = telling.as_slice();
        while let Some((first, behind)) = rest.split_first()
            && lines.len() < limit
        {
            let (line, count) = items(rest, &telling)
                .or_else(|| part(rest, &telling))
                .unwrap_or_else(|| ((first.at.clone(), how(first)), 1));
            lines.push(line);
            shown = shown.saturating_add(count);
            rest = rest.get(count..).unwrap_or(behind);
        }
        Self {
            lines,
            more: change.places.len().saturating_sub(shown),
        }
    }

    /// How many places are not shown, in words.
    pub(super) fn rest(&self) -> Option<String> {
        match (self.more, self.lines.is_empty()) {
            (0, _) | (1, true) => None,
            (more, true) => Some(format!("in {more} places")),
            (1, false) => Some("and 1 more place".to_owned()),
            (more, false) => Some(format!("and {more} more places")),
        }
    }
}

/// Where the fleet says a change, in words: the first of them, and how many there are beside.
pub(super) fn sources(change: &Change) -> Option<String> {
    let all = change.sources();
    let first = all.first()?;
    Some(match all.len() {
        1 => format!("at {first}"),
        count => format!(
            "at {first} and {}",
            plural(count.saturating_sub(1), "more place")
        ),
    })
}

/// A line, and how many places it stands for.
type Line = ((String, String), usize);

/// Items of one list that come or go, by what they are called.
fn items(rest: &[&ChangedPlace], all: &[&ChangedPlace]) -> Option<Line> {
    let mut names = Vec::new();
    let mut list: Option<&str> = None;
    let mut direction = None;
    let mut count: usize = 0;
    while let Some((first, item)) = rest
        .get(count)
        .and_then(|first| Some((first, item(&first.at)?)))
    {
        let below = below(item, rest.get(count..).unwrap_or_default(), all);
        let (start, name) = item.rsplit_once('/')?;
        if list.is_some_and(|list| list != start)
            || below == 0
            || direction.is_some_and(|direction| direction != comes(first))
        {
            break;
        }
        list = Some(start);
        direction = Some(comes(first));
        names.push(name.trim_matches(['[', ']']));
        count = count.saturating_add(below);
    }
    let text = moved(&words::list(&names), direction??);
    (count > 1).then(|| ((list.unwrap_or_default().to_owned(), text), count))
}

/// A part of a document that comes or goes.
fn part(rest: &[&ChangedPlace], all: &[&ChangedPlace]) -> Option<Line> {
    let first = rest.first()?;
    let start = first.at.find("#/")?.saturating_add(2);
    // The document as a whole, and its first key, say too little.
    let ends = first.at.match_indices('/').map(|(at, _)| at);
    let parts = ends.filter(|end| *end > start).skip(1);
    let (part, count) = parts
        .filter_map(|end| first.at.get(..end))
        .find_map(|part| {
            let count = below(part, rest, all);
            (count >= MANY).then_some((part, count))
        })?;
    let text = moved(&plural(count, "value"), comes(first)?);
    Some(((part.to_owned(), text), count))
}

/// What comes or goes, as from what to what.
fn moved(what: &str, comes: bool) -> String {
    if comes {
        format!("→ {what}")
    } else {
        format!("{what} → (none)")
    }
}

/// How many places lie below a part of a document that comes or goes as a whole; none where it does not.
fn below(part: &str, rest: &[&ChangedPlace], all: &[&ChangedPlace]) -> usize {
    let is_below = |place: &&&ChangedPlace| {
        let rest = place.at.strip_prefix(part);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let below: Vec<&&ChangedPlace> = rest.iter().take_while(is_below).collect();
    let direction = below.first().and_then(|first| comes(first));
    let is_whole = direction.is_some()
        && all.iter().filter(is_below).count() == below.len()
        && below.iter().all(|place| comes(place) == direction);
    if is_whole { below.len() } else { 0 }
}

/// The item of a list that a place lies in, where it is one by its name.
fn item(at: &str) -> Option<&str> {
    let start = at.find("#/")?;
    let open = start.saturating_add(at.get(start..)?.find("/[")?);
    let length = at.get(open..)?.find(']')?;
    at.get(..=open.saturating_add(length))
}

/// Whether a place comes (`true`) or goes; nothing where it changes.
fn comes(place: &ChangedPlace) -> Option<bool> {
    match (&place.old, &place.new) {
        (None, Some(_)) => Some(true),
        (Some(_), None) => Some(false),
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::super::super::change::Action;
    use super::super::super::danger::Danger;
    use super::super::super::kind::ChangeKind;
    use super::*;

    fn change(places: &[(&str, Option<&str>, Option<&str>)]) -> Change {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let place = |(at, old, new): &(&str, Option<&str>, Option<&str>)| ChangedPlace {
            at: (*at).to_owned(),
            old: text(*old),
            new: text(*new),
            source: None,
        };
        let mut places: Vec<ChangedPlace> = places.iter().map(place).collect();
        places.sort();
        Change {
            object: String::new(),
            kind: ChangeKind::Explorer,
            subject: String::new(),
            action: Action::Changed,
            old: None,
            new: None,
            danger: Danger::Harmless,
            reason: String::new(),
            consequences: Vec::new(),
            places,
            shows_in: std::collections::BTreeSet::new(),
        }
    }

    fn shown(places: &[(&str, Option<&str>, Option<&str>)]) -> Vec<String> {
        let shown = Shown::of(&change(places), 3);
        let mut lines: Vec<String> = shown
            .lines
            .iter()
            .map(|(at, how)| format!("{at} {how}"))
            .collect();
        lines.extend(shown.rest());
        lines
    }

    #[test]
    fn items_and_parts_that_come_or_go_are_one_line() {
        let one = Some("1");
        assert_eq!(
            shown(&[
                ("v#/guppy/indices/[a]/index", None, one),
                ("v#/guppy/indices/[a]/type", None, one),
                ("v#/guppy/indices/[b]/index", None, one),
                ("v#/guppy/indices/[b]/type", None, one),
                ("v#/guppy/indices/[c]/index", one, None),
                ("v#/guppy/indices/[c]/type", one, None),
                ("v#/guppy/indices/[d]/type", Some("2"), one),
                ("v#/guppy/indices/[e]/type", Some("2"), one),
            ]),
            [
                "v#/guppy/indices → a, b",
                "v#/guppy/indices c → (none)",
                "v#/guppy/indices/[d]/type 2 → 1",
                "and 1 more place"
            ]
        );
        assert_eq!(
            shown(&[
                ("v#/a/b/c", None, one),
                ("v#/a/b/d", None, one),
                ("v#/a/b/e/f", None, one),
                ("v#/a/b/e/g", None, one),
            ]),
            ["v#/a/b → 4 values"]
        );
        // One that only changes is not hidden among them, and a document is never one line.
        assert_eq!(
            shown(&[
                ("v#/a/b/c", None, one),
                ("v#/a/b/d", None, one),
                ("v#/a/b/e", None, one),
                ("v#/a/b/f", Some("2"), one),
            ])
            .len(),
            4
        );
        assert_eq!(shown(&[("v#/a", None, one), ("v#/b", None, one)]).len(), 2);
        assert_eq!(
            shown(&[("v#/[", None, one), ("]#/[/]", None, one)]).len(),
            2
        );
    }
}
