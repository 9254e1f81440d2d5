//! Findings about YAML that parses, and still says nothing that we can hold.

use super::node::{Kind, Node, Reading};
use crate::diagnostic::{Code, Finding};
use crate::span::Span;

/// A key that is not a string.
pub(crate) const KEY: Code = Code::new("yaml-key");
/// A tag that names no kind of ours.
pub(crate) const TAG: Code = Code::new("yaml-tag");
/// An alias of nothing, or of what it stands in.
pub(crate) const ALIAS: Code = Code::new("yaml-alias");
/// A merge key that brings no map.
pub(crate) const MERGE: Code = Code::new("yaml-merge");
/// A text that stands for far more than it says.
pub(crate) const BUDGET: Code = Code::new("yaml-budget");

/// A key that is no string; `key` is its value.
///
/// Where Helm makes a string of the same text of it, as of `8080` and `true`,
/// it works there, and only other readers see something else.
pub(super) fn key(key: &Node, place: Span) -> Finding {
    let kind = key.kind_name();
    let Some(text) = key.text() else {
        return Finding::error(KEY, format!("a key is {kind}, and must be a string"))
            .help("quote text that starts with `{`, `[` or `{{`")
            .label(place, "key");
    };
    let message = format!("key `{text}` is {kind}, and must be a string");
    let finding = if is_canonical(key) {
        Finding::warning(KEY, message)
    } else {
        Finding::error(KEY, message)
    };
    finding
        .help(format!("quote it: \"{text}\""))
        .label(place, "key")
}

/// Whether a key's text is what Helm writes for its value.
fn is_canonical(key: &Node) -> bool {
    let Kind::Scalar(scalar) = &key.kind else {
        return false;
    };
    match scalar.reading() {
        Reading::Bool(value) => *scalar.text == *if value { "true" } else { "false" },
        Reading::Integer(value) => {
            i64::try_from(value).is_ok_and(|value| *scalar.text == *value.to_string())
        }
        _ => false,
    }
}

/// A tag whose meaning the tagged text does not have.
pub(super) fn wrong_tag(tag: &str, text: &str, must: &str, place: Span) -> Finding {
    Finding::error(
        TAG,
        format!("tag `{tag}` stands at `{text}`, but means {must}"),
    )
    .help("remove the tag")
    .label(place, "tag")
}

/// A tag that we do not know, or not there.
pub(super) fn unknown_tag(tag: &str, place: Span) -> Finding {
    Finding::error(TAG, format!("tag `{tag}` does not apply here"))
        .help("remove the tag, or quote the text if it starts with `!`")
        .label(place, "tag")
}

/// An alias whose anchor does not stand above it.
pub(super) fn unknown_alias(name: &str, place: Span) -> Finding {
    Finding::error(ALIAS, format!("alias `*{name}` names no anchor"))
        .help(format!(
            "write `&{name}` at the value it stands for, above this line; quote it if it is text"
        ))
        .label(place, "no such anchor above")
}

/// An alias inside the value that it stands for.
pub(super) fn endless_alias(place: Span) -> Finding {
    Finding::error(ALIAS, "an alias stands inside the value that it stands for")
        .help("such a value would never end; write it out")
        .label(place, "stands for what it is in")
}

/// A second merge key in one map.
pub(super) fn second_merge(place: Span) -> Finding {
    Finding::error(MERGE, "a map has more than one `<<`")
        .help("write one `<<` with a list, the first of which wins: `<<: [*a, *b]`")
        .label(place, "the second one")
}

/// A merge key whose value is no map.
pub(super) fn merge_of_no_map(key: Span, value: Span) -> Finding {
    Finding::error(MERGE, "`<<` brings something other than maps")
        .help(
            "its value is an alias of a map, or a list of such aliases; quote `<<` if it is a key",
        )
        .label(key, "merge key")
        .label(value, "not a map")
}

/// Aliases that make too much of too little.
pub(super) fn over_budget(place: Span) -> Finding {
    Finding::error(
        BUDGET,
        "the file stands for far more values than it can mean",
    )
    .help("aliases of aliases multiply; write fewer of them")
    .label(place, "too much from here on")
}
