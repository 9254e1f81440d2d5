//! [`Node`]s to YAML text: block style, two spaces, lists no deeper than their key, nothing folded.

use super::node::{Entry, Key, Kind, Node, Reading, Scalar, Style};
use super::yaml_text::{Form, double, form, inline_form, single};

/// The longest key that every reader finds without being told `? `.
const LONGEST_KEY: usize = 100;

/// Appends a document, which ends with a line break.
///
/// Strings are quoted where some reader would take them for something else;
/// anything that was written plain and is no string is appended as it was.
pub(crate) fn write(node: &Node, out: &mut String) {
    match &node.kind {
        Kind::Map(entries) if !entries.is_empty() => map(entries, 0, out),
        Kind::List(items) if !items.is_empty() => list(items, 0, out),
        Kind::Scalar(scalar) => {
            match scalar.reading() {
                Reading::Text(text) => inline_string(text, out),
                _ if scalar.text.is_empty() => out.push_str("null"),
                _ => out.push_str(&scalar.text),
            }
            out.push('\n');
        }
        _ => value(node, 0, out),
    }
}

/// What stands for a value that is not known yet. Nothing reads it as a value by mistake.
pub(crate) fn pending_marker(outputs: &[Key]) -> String {
    let names: Vec<&str> = outputs.iter().map(Key::as_str).collect();
    format!("<pending: {}>", names.join(", "))
}

/// The entries of a map, the first of which starts where `out` ends.
fn map(entries: &[Entry], indent: usize, out: &mut String) {
    for (at, Entry { key, node, .. }) in entries.iter().enumerate() {
        if at > 0 {
            pad(indent, out);
        }
        let start = out.len();
        inline_string(key.as_str(), out);
        if out.len().saturating_sub(start) > LONGEST_KEY {
            out.insert_str(start, "? ");
            out.push('\n');
            pad(indent, out);
        }
        out.push(':');
        match &node.kind {
            Kind::Map(entries) if !entries.is_empty() => {
                out.push('\n');
                pad(deeper(indent), out);
                map(entries, deeper(indent), out);
            }
            Kind::List(items) if !items.is_empty() => {
                out.push('\n');
                pad(indent, out);
                list(items, indent, out);
            }
            _ => value(node, indent, out),
        }
    }
}

/// The items of a list, the first of which starts where `out` ends.
fn list(items: &[Node], indent: usize, out: &mut String) {
    for (at, node) in items.iter().enumerate() {
        if at > 0 {
            pad(indent, out);
        }
        out.push('-');
        match &node.kind {
            Kind::Map(entries) if !entries.is_empty() => {
                out.push(' ');
                map(entries, deeper(indent), out);
            }
            Kind::List(items) if !items.is_empty() => {
                out.push(' ');
                list(items, deeper(indent), out);
            }
            _ => value(node, indent, out),
        }
    }
}

/// A value that starts in the line of its key or dash, and the line break behind it.
fn value(node: &Node, indent: usize, out: &mut String) {
    let space = |out: &mut String| {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push(' ');
        }
    };
    match &node.kind {
        Kind::Map(_) => {
            space(out);
            out.push_str("{}");
        }
        Kind::List(_) => {
            space(out);
            out.push_str("[]");
        }
        Kind::Pending(outputs) => {
            space(out);
            inline_string(&pending_marker(outputs), out);
        }
        Kind::Scalar(Scalar {
            text,
            style: Style::Plain,
        }) if text.is_empty() => {}
        Kind::Scalar(scalar) => {
            space(out);
            match scalar.reading() {
                Reading::Text(text) => return string(text, indent, out),
                _ => out.push_str(&scalar.text),
            }
        }
    }
    out.push('\n');
}

/// A value in one line, as it can stand anywhere in a line of YAML: `{ a: 1, b: [x] }`.
pub(crate) fn write_flow(node: &Node, out: &mut String) {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Text(text) if text.contains([',', '[', ']', '{', '}']) => double(text, out),
            Reading::Text(text) => inline_string(text, out),
            Reading::Null => out.push_str("null"),
            _ => out.push_str(&scalar.text),
        },
        Kind::Pending(outputs) => double(&pending_marker(outputs), out),
        Kind::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write_flow(item, out);
            }
            out.push(']');
        }
        Kind::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Kind::Map(entries) => {
            out.push_str("{ ");
            for (at, entry) in entries.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                write_flow(&Node::string(entry.key.as_str()), out);
                out.push_str(": ");
                write_flow(&entry.node, out);
            }
            out.push_str(" }");
        }
    }
}

/// A string, as a block of lines where it has more than one, and the line break behind it.
fn string(text: &str, indent: usize, out: &mut String) {
    match form(text) {
        Form::Plain => out.push_str(text),
        Form::Single => single(text, out),
        Form::Double => double(text, out),
        Form::Block => return block(text, indent, out),
    }
    out.push('\n');
}

/// A string that must not leave its line.
fn inline_string(text: &str, out: &mut String) {
    match inline_form(text) {
        Form::Plain => out.push_str(text),
        Form::Single => single(text, out),
        Form::Double | Form::Block => double(text, out),
    }
}

fn block(text: &str, indent: usize, out: &mut String) {
    out.push('|');
    if text.starts_with([' ', '\n']) {
        out.push('2'); // else the first line would say how deep the block is
    }
    let body = text.trim_end_matches('\n');
    let breaks = text.len().saturating_sub(body.len());
    match breaks {
        0 => out.push('-'),
        1 => {}
        _ => out.push('+'),
    }
    out.push('\n');
    for line in body.split('\n') {
        if !line.is_empty() {
            pad(deeper(indent), out);
            out.push_str(line);
        }
        out.push('\n');
    }
    for _ in 1..breaks {
        out.push('\n');
    }
}

/// The indentation one level below.
fn deeper(indent: usize) -> usize {
    indent.saturating_add(2)
}

fn pad(width: usize, out: &mut String) {
    const SPACES: &str = "                                                                ";
    let mut left = width;
    while let Some(after) = left.checked_sub(SPACES.len()) {
        out.push_str(SPACES);
        left = after;
    }
    out.push_str(SPACES.get(..left).unwrap_or_default());
}
