//! Values of another type than the chart's default has.

use super::names::Path;
use super::{
    VALUES_BOOLEAN_QUOTED, VALUES_DEFAULT_DELETED, VALUES_NUMBER_TEXT, VALUES_TEXT_BOOLEAN,
    VALUES_TYPE_MISMATCH,
};
use crate::catalog::chart::{ChartKey, Types};
use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::value::{Entry, Node};

/// Values with parts.
const PARTS: Types = Types::MAP.or(Types::LIST);
/// Numbers and text: Helm prints one as the other.
const PRINTED: Types = Types::TEXT.or(Types::INTEGER).or(Types::FLOAT);

/// Checks the value of a key.
pub(super) fn check(entry: &Entry, key: ChartKey<'_>, path: &Path, sink: &mut Diagnostics) {
    let is = Types::of(&entry.node);
    let must = key.types().without(Types::NULL);
    if is == Types::NULL {
        let default = key.default().filter(|default| !default.is_null());
        if default.is_some() || key.default_count().is_some() {
            sink.push(deleted(entry, default.as_ref(), path));
        }
        return;
    }
    if must.is_empty() || is.is_empty() || !must.and(is).is_empty() {
        return;
    }
    let is_parts = !is.and(PARTS).is_empty();
    let must_be_parts = must.without(PARTS).is_empty();
    if is_parts {
        // Text that is printed as a template may as well be written as what it stands for.
        if !(key.is_whole() && must == Types::TEXT) {
            sink.push(mismatch(entry, must, path, Severity::Error));
        }
    } else if must_be_parts {
        sink.push(mismatch(entry, must, path, Severity::Error));
    } else if is == Types::TEXT && !must.and(Types::BOOL).is_empty() {
        sink.push(quoted(entry, path));
    } else if is == Types::BOOL && !must.and(Types::TEXT).is_empty() {
        sink.push(unquoted(entry, path));
    } else if is.or(must).without(PRINTED).is_empty() {
        sink.push(number(entry, must, path));
    } else {
        sink.push(mismatch(entry, must, path, Severity::Warning));
    }
}

/// The finding of a values file that is something else.
pub(super) fn not_a_map(node: &Node) -> Finding {
    let is = node.kind_name();
    Finding::error(
        VALUES_TYPE_MISMATCH,
        format!("the values file is {is}, and must be a map"),
    )
    .help("write keys of the chart, each with its value")
    .label(node.span(), is)
}

fn mismatch(entry: &Entry, must: Types, path: &Path, severity: Severity) -> Finding {
    let is = entry.node.kind_name();
    Finding::new(
        VALUES_TYPE_MISMATCH,
        severity,
        format!("`{path}` is {is}, and the chart's default is {must}"),
    )
    .help(format!("write {must}"))
    .label(entry.key_origin.span(), is)
    .path(path)
}

fn deleted(entry: &Entry, default: Option<&Node>, path: &Path) -> Finding {
    let what = default
        .and_then(Node::text)
        .map(|text| text.lines().next().unwrap_or_default())
        .filter(|text| text.len() < 60)
        .map_or_else(String::new, |text| format!(", `{text}`"));
    Finding::new(
        VALUES_DEFAULT_DELETED,
        Severity::Info,
        format!("`{path}` is null, which takes the chart's default away{what}"),
    )
    .help("give it a value, or remove the key to keep the default; what is meant to stand below it must be indented")
    .label(entry.key_origin.span(), "deletes the default")
    .path(path)
}

fn quoted(entry: &Entry, path: &Path) -> Finding {
    let text = entry.node.text().unwrap_or_default();
    let says_no = matches!(
        text.to_ascii_lowercase().as_str(),
        "" | "false" | "no" | "off"
    );
    let message = if text.is_empty() || !says_no {
        format!("`{path}` is the string `{text}`, and the chart takes a boolean")
    } else {
        format!("`{path}` is the string `{text}`, which templates take for true")
    };
    let severity = if says_no {
        Severity::Error
    } else {
        Severity::Warning
    };
    Finding::new(VALUES_BOOLEAN_QUOTED, severity, message)
        .help("write `true` or `false` without quotes")
        .label(entry.key_origin.span(), "a string")
        .path(path)
}

fn unquoted(entry: &Entry, path: &Path) -> Finding {
    let text = entry.node.text().unwrap_or_default();
    Finding::warning(
        VALUES_TEXT_BOOLEAN,
        format!("`{path}` is `{text}`, which Helm reads as a boolean, and the chart's default is a string"),
    )
    .help(format!("quote it: \"{text}\""))
    .label(entry.key_origin.span(), "a boolean")
    .path(path)
}

fn number(entry: &Entry, must: Types, path: &Path) -> Finding {
    let is = entry.node.kind_name();
    Finding::new(
        VALUES_NUMBER_TEXT,
        Severity::Info,
        format!("`{path}` is {is}, and the chart's default is {must}"),
    )
    .help("Helm prints both alike up to a million; quote what is a name, not an amount")
    .label(entry.key_origin.span(), is)
    .path(path)
}
