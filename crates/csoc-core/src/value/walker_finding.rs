//! What the walker says: what is there, what must be there, and how to mend it.

use super::node::{Entry, Key, Kind, Node, Reading, Scalar, Style};
use super::path::{ModelPath, Step};
use super::suggestion::closest;
use crate::diagnostic::{Code, Finding};
use crate::span::Span;

/// A value of another type than its place asks for.
pub(crate) const WRONG_TYPE: Code = Code::new("wrong-type");
/// A key that means nothing there.
pub(crate) const UNKNOWN_KEY: Code = Code::new("unknown-key");
/// A key written twice in one map.
pub(crate) const DUPLICATE_KEY: Code = Code::new("duplicate-key");
/// A field that must be there and is not.
pub(crate) const MISSING_FIELD: Code = Code::new("missing-field");
/// A word that is none of the choice.
pub(crate) const UNKNOWN_VALUE: Code = Code::new("unknown-value");
/// A value that its type's parser, or a limit, refuses.
pub(crate) const INVALID_VALUE: Code = Code::new("invalid-value");

/// Lists of more words than that are no help.
const SHORT_LIST: usize = 16;

/// What a path leads to, as the start of a sentence.
pub(super) fn subject(path: &ModelPath) -> String {
    match path.steps() {
        [] => "the document".to_owned(),
        [.., Step::Key(key)] => format!("`{key}`"),
        [.., Step::Item(Some(identity))] => format!("item `{identity}`"),
        [.., Step::Key(key), Step::Item(None)] => format!("an item of `{key}`"),
        [.., Step::Item(None)] => "an item".to_owned(),
    }
}

/// A value of the wrong type; `must` is what it must be.
pub(super) fn wrong_type(node: &Node, must: &str, strings: bool, path: &ModelPath) -> Finding {
    let is = match &node.kind {
        Kind::Scalar(Scalar {
            text,
            style: Style::Plain,
        }) if text.is_empty() => "empty",
        _ => node.kind_name(),
    };
    let help = wrong_type_help(node, must, strings).unwrap_or_else(|| format!("write {must}"));
    Finding::error(
        WRONG_TYPE,
        format!("{} is {is}, and must be {must}", subject(path)),
    )
    .help(help)
    .label(place(node), is)
    .path(path)
}

fn wrong_type_help(node: &Node, must: &str, strings: bool) -> Option<String> {
    let Kind::Scalar(scalar) = &node.kind else {
        return None;
    };
    match (scalar.style, scalar.reading()) {
        (_, Reading::Null) => Some("give it a value, or remove the key".to_owned()),
        (Style::Plain, Reading::Integer(_) | Reading::Float(_) | Reading::Bool(_)) if strings => {
            Some(format!("quote it: \"{}\"", scalar.text))
        }
        (_, Reading::Text(text)) if must == "a list" => Some(format!("write `[{text}]`")),
        (Style::Quoted, Reading::Text(text)) => {
            let plain = super::scalar::read_plain(text);
            let number = matches!(plain, Reading::Integer(_) | Reading::Float(_));
            let fits = (number && must.contains("number"))
                || matches!(plain, Reading::Bool(_)) && must.contains("true");
            fits.then(|| format!("remove the quotes: {text}"))
        }
        _ => None,
    }
}

/// A key that the schema does not know there.
pub(super) fn unknown_key(entry: &Entry, known: &[&Key], path: &ModelPath) -> Finding {
    let finding = Finding::error(
        UNKNOWN_KEY,
        format!("`{}` is no key of {}", entry.key, parent_subject(path)),
    )
    .label(entry.key_origin.span(), "not known here")
    .path(path);
    let suggestion = closest(entry.key.as_str(), known.iter().map(|key| key.as_str()));
    match (suggestion, known.len()) {
        (Some(word), 0..=SHORT_LIST) => finding.help(format!(
            "did you mean `{word}`? Keys here: {}",
            listed(known.iter().map(|key| key.as_str()))
        )),
        (Some(word), _) => finding.help(format!("did you mean `{word}`?")),
        (None, 1..=SHORT_LIST) => finding.help(format!(
            "keys here: {}",
            listed(known.iter().map(|key| key.as_str()))
        )),
        (None, _) => finding,
    }
}

/// What holds the key at the end of a path.
fn parent_subject(path: &ModelPath) -> String {
    let mut parent = path.clone();
    parent.pop();
    subject(&parent)
}

/// A key written twice.
pub(crate) fn duplicate_key(first: &Entry, second: &Entry, path: &ModelPath) -> Finding {
    Finding::error(
        DUPLICATE_KEY,
        format!("`{}` is written twice in one map", second.key),
    )
    .help("keep one; readers differ in which of them counts")
    .label(second.key_origin.span(), "written again here")
    .label(first.key_origin.span(), "first written here")
    .path(path)
}

/// A required field that is not there; `at` is where its parent stands.
pub(super) fn missing_field(field: &Key, at: Option<Span>, parent: &ModelPath) -> Finding {
    Finding::error(
        MISSING_FIELD,
        format!("{} lacks the field `{field}`", subject(parent)),
    )
    .help(format!("add `{field}:` to it"))
    .label(at, format!("`{field}` is missing here"))
    .path(parent.join(field.clone()))
}

/// A value that is none of the choice.
pub(super) fn unknown_value(node: &Node, words: &[&str], path: &ModelPath) -> Finding {
    let is = match &node.kind {
        Kind::Scalar(scalar) => format!("`{}`", scalar.text),
        _ => node.kind_name().to_owned(),
    };
    let finding = Finding::error(
        UNKNOWN_VALUE,
        format!("{} is {is}, which is none of its values", subject(path)),
    )
    .label(place(node), "not one of its values")
    .path(path);
    let suggestion = closest(node.text().unwrap_or_default(), words.iter().copied());
    let choice = if words.len() <= SHORT_LIST {
        Some(format!("its values are {}", listed(words.iter().copied())))
    } else {
        None
    };
    match (suggestion, choice) {
        (Some(word), Some(choice)) => {
            finding.help(format!("did you mean `{word}`? {}", upper_case(&choice)))
        }
        (Some(word), None) => finding.help(format!("did you mean `{word}`?")),
        (None, Some(choice)) => finding.help(choice),
        (None, None) => finding,
    }
}

/// A value past a limit, or refused by its parser.
pub(super) fn invalid_value(message: String, at: Option<Span>, path: &ModelPath) -> Finding {
    Finding::error(INVALID_VALUE, message)
        .label(at, "not valid")
        .path(path)
}

/// Where a value starts: lists and maps are shown by their first line only.
pub(super) fn place(node: &Node) -> Option<Span> {
    let span = node.span()?;
    match node.kind {
        Kind::Map(_) | Kind::List(_) => Some(Span {
            end: span.end.min(span.start.saturating_add(1)),
            ..span
        }),
        _ => Some(span),
    }
}

fn listed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    words
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn upper_case(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
