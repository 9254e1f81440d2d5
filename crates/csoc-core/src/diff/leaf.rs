//! Two value trees side by side, leaf by leaf.

use crate::value::yaml_write::pending_marker;
use crate::value::{Key, Kind, Node, Reading};

/// Keys that tell items of a list apart, the first that all items have.
const IDENTITIES: [&str; 6] = ["name", "id", "key", "sid", "index", "ref"];
/// Characters of a value that are shown.
const SHOWN: usize = 120;

/// Takes each leaf that is different: the keys to it, and both values.
pub(super) type Visit<'v> = dyn FnMut(&[Key], Option<&Node>, Option<&Node>) + 'v;

/// Visits what is different below a path. A map that is on one side only is visited leaf by leaf.
pub(super) fn compare(old: Option<&Node>, new: Option<&Node>, visit: &mut Visit<'_>) {
    // A document of nothing is none.
    let says = |node: &&Node| !(node.is_map() && node.entries().is_empty());
    below(old.filter(says), new.filter(says), &mut Vec::new(), visit);
}

fn below(old: Option<&Node>, new: Option<&Node>, path: &mut Vec<Key>, visit: &mut Visit<'_>) {
    if old == new {
        return;
    }
    let is_map =
        |node: Option<&Node>| node.is_none_or(|node| node.is_map() && !node.entries().is_empty());
    let are_maps = old.is_some_and(Node::is_map) && new.is_some_and(Node::is_map);
    if are_maps || (is_map(old) && is_map(new)) {
        let mut keys: Vec<&Key> = [old, new]
            .into_iter()
            .flatten()
            .flat_map(|node| node.entries().iter().map(|entry| &entry.key))
            .collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            path.push(key.clone());
            below(
                old.and_then(|node| node.get(key.as_str())),
                new.and_then(|node| node.get(key.as_str())),
                path,
                visit,
            );
            path.pop();
        }
        return;
    }
    if let (Some(before), Some(after)) = (old, new)
        && let (Some(before), Some(after)) = (by_identity(before), by_identity(after))
    {
        let mut names: Vec<&str> = before.iter().chain(&after).map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let of = |items: &[(&str, &Node)]| items.iter().position(|(known, _)| *known == name);
            let old = of(&before)
                .and_then(|at| before.get(at))
                .map(|(_, node)| *node);
            let new = of(&after)
                .and_then(|at| after.get(at))
                .map(|(_, node)| *node);
            path.push(Key::from(format!("[{name}]")));
            below(old, new, path, visit);
            path.pop();
        }
        // Only their order is different.
        return;
    }
    if let (Some(before), Some(after)) = (old, new)
        && !before.items().is_empty()
        && before.items().len() == after.items().len()
        && before.items().iter().chain(after.items()).all(Node::is_map)
    {
        for (at, (before, after)) in before.items().iter().zip(after.items()).enumerate() {
            path.push(Key::from(format!("[{at}]")));
            below(Some(before), Some(after), path, visit);
            path.pop();
        }
        return;
    }
    visit(path, old, new);
}

/// Both values in a line each: of lists only the items that the other has not.
pub(super) fn show_both(
    old: Option<&Node>,
    new: Option<&Node>,
) -> (Option<String>, Option<String>) {
    if let (Some(before), Some(after)) = (old.and_then(texts), new.and_then(texts))
        && !before.is_empty()
        && !after.is_empty()
    {
        let (before, after) = lists(&before, &after);
        return (Some(before), Some(after));
    }
    (old.map(show), new.map(show))
}

/// The items of a list of scalars.
fn texts(node: &Node) -> Option<Vec<&str>> {
    match &node.kind {
        Kind::List(items) => items.iter().map(Node::text).collect(),
        _ => None,
    }
}

/// Two lists in a line each: only the items that the other has not, sorted, and `…` for those that both have.
pub(super) fn lists(old: &[&str], new: &[&str]) -> (String, String) {
    let only = |mine: &[&str], other: &[&str]| {
        let mut only: Vec<&str> = mine
            .iter()
            .copied()
            .filter(|item| !other.contains(item))
            .collect();
        only.sort_unstable();
        only.dedup();
        only.iter().map(|item| printable(item)).collect::<Vec<_>>()
    };
    let (mut before, mut after) = (only(old, new), only(new, old));
    if before.is_empty() && after.is_empty() {
        // Only their order, or how often an item stands, is different.
        return (
            cut(&format!("[{}]", old.join(", "))),
            cut(&format!("[{}]", new.join(", "))),
        );
    }
    if old.iter().any(|item| new.contains(item)) {
        before.push("…".to_owned());
        after.push("…".to_owned());
    }
    (
        format!("[{}]", before.join(", ")),
        format!("[{}]", after.join(", ")),
    )
}

/// The items of a list by what tells them apart; none where something does not.
fn by_identity(node: &Node) -> Option<Vec<(&str, &Node)>> {
    let items = node.items();
    if items.is_empty() {
        return None;
    }
    IDENTITIES.iter().find_map(|key| {
        let mut named = Vec::with_capacity(items.len());
        for item in items {
            named.push((item.get(key)?.text()?, item));
        }
        let mut once: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
        once.sort_unstable();
        once.dedup();
        (once.len() == named.len()).then_some(named)
    })
}

/// A value in one line.
pub(super) fn show(node: &Node) -> String {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Null => "null".to_owned(),
            _ => show_text(&scalar.text),
        },
        Kind::Pending(outputs) => pending_marker(outputs),
        Kind::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Kind::Map(entries) => count(entries.len(), "key"),
        Kind::List(items) => {
            let plain: Option<Vec<&str>> = items.iter().map(Node::text).collect();
            match plain {
                Some(texts) => cut(&format!("[{}]", texts.join(", "))),
                None => count(items.len(), "item"),
            }
        }
    }
}

/// A text in one line: a long one by its lines and a digest that tells two apart.
pub(super) fn show_text(text: &str) -> String {
    if text.contains('\n') {
        return format!("{} ({})", count(text.lines().count(), "line"), digest(text));
    }
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    cut(text)
}

fn cut(text: &str) -> String {
    let text = &printable(text);
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let start: String = text.chars().take(SHOWN.saturating_sub(20)).collect();
    format!("{start}… ({})", digest(text))
}

/// A text without what would drive a terminal.
pub(super) fn printable(text: &str) -> String {
    let mut printed = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control()
            || matches!(char, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            printed.extend(char.escape_unicode());
        } else {
            printed.push(char);
        }
    }
    printed
}

/// The first characters of a text's digest.
pub(super) fn digest(text: &str) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(text.as_bytes());
    let number = digest
        .iter()
        .take(4)
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{number:08x}")
}

fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}
