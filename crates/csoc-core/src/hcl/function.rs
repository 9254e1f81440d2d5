//! The functions that are evaluated, on values that are known.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::value::{Entry, Key, Kind, Node, Reading, Scalar};

/// A scalar as a template shows it; `null` has no text.
pub(super) fn scalar_text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Null => None,
            Reading::Bool(true) => Some("true"),
            Reading::Bool(false) => Some("false"),
            _ => Some(&scalar.text),
        },
        _ => None,
    }
}

/// What `jsonencode` makes of a value; nothing if a part of it is pending.
pub(super) fn json_text(node: &Node) -> Option<String> {
    let mut out = String::new();
    write_json(&mut out, node)?;
    Some(out)
}

fn write_json(out: &mut String, node: &Node) -> Option<()> {
    match &node.kind {
        Kind::Pending(_) => return None,
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Null => out.push_str("null"),
            Reading::Bool(value) => write!(out, "{value}").ok()?,
            Reading::Integer(value) => write!(out, "{value}").ok()?,
            Reading::Float(value) if value.is_finite() => write!(out, "{value}").ok()?,
            Reading::Float(_) => return None,
            Reading::Text(text) => write_json_text(out, text),
        },
        Kind::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_json(out, item)?;
            }
            out.push(']');
        }
        Kind::Map(entries) => {
            // Terraform sorts keys; the last of two that are the same counts.
            let sorted: BTreeMap<&str, &Node> = entries
                .iter()
                .map(|entry| (entry.key.as_str(), &entry.node))
                .collect();
            out.push('{');
            for (at, (key, value)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_json_text(out, key);
                out.push(':');
                write_json(out, value)?;
            }
            out.push('}');
        }
    }
    Some(())
}

/// Go's JSON text, which also escapes what HTML would misread.
fn write_json_text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{0}'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                write!(out, "\\u{:04x}", u32::from(character)).expect("a String takes all text");
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// The value of a JSON text.
pub(super) fn read_json(text: &str) -> Option<Node> {
    serde_json::from_str(text).ok().map(from_json)
}

fn from_json(value: serde_json::Value) -> Node {
    match value {
        serde_json::Value::Null => Node::null(),
        serde_json::Value::Bool(value) => Node::bool(value),
        serde_json::Value::Number(number) => {
            Node::new(Kind::Scalar(Scalar::plain(number.to_string())))
        }
        serde_json::Value::String(text) => Node::string(text),
        serde_json::Value::Array(items) => Node::list(items.into_iter().map(from_json)),
        serde_json::Value::Object(fields) => {
            let entry = |(key, value): (String, _)| {
                let node = from_json(value);
                Entry {
                    key: Key::from(key),
                    key_origin: node.origin,
                    node,
                }
            };
            Node::new(Kind::Map(fields.into_iter().map(entry).collect()))
        }
    }
}

/// What `format` makes of its arguments: `%s`, `%d`, `%v`, `%t`, `%q` and widths with zeros, as in `%03d`.
pub(super) fn format_text(template: &str, values: &[Node]) -> Option<String> {
    let mut out = String::new();
    let mut values = values.iter();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('%') {
        out.push_str(before);
        let verb_at = behind.find(|character: char| !character.is_ascii_digit())?;
        let (width, behind) = behind.split_at(verb_at);
        let mut characters = behind.chars();
        let verb = characters.next()?;
        rest = characters.as_str();
        if verb == '%' && width.is_empty() {
            out.push('%');
            continue;
        }
        let value = values.next()?;
        match verb {
            's' | 'v' if width.is_empty() => out.push_str(scalar_text(value)?),
            't' if width.is_empty() => match scalar_text(value)? {
                text @ ("true" | "false") => out.push_str(text),
                _ => return None,
            },
            'q' if width.is_empty() => write_json_text(&mut out, scalar_text(value)?),
            'd' => {
                let integer: i64 = scalar_text(value)?.parse().ok()?;
                // Wider than any number is a mistake, or an attack.
                let columns = if width.is_empty() {
                    0
                } else {
                    width.parse().ok().filter(|columns| *columns <= 64)?
                };
                if width.starts_with('0') {
                    write!(out, "{integer:0columns$}").ok()?;
                } else {
                    write!(out, "{integer:columns$}").ok()?;
                }
            }
            _ => return None,
        }
    }
    out.push_str(rest);
    values.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_written_as_terraform_writes_it() {
        let mut node = Node::map();
        node.insert(
            "b",
            Node::list([Node::integer(1), Node::bool(true), Node::null()]),
        );
        node.insert("a", Node::string("<\u{1}é\"${x}"));
        assert_eq!(
            json_text(&node).unwrap(),
            r#"{"a":"\u003c\u0001é\"${x}","b":[1,true,null]}"#
        );
        assert_eq!(
            read_json(&json_text(&node).unwrap()).unwrap().get("b"),
            node.get("b")
        );
    }

    #[test]
    fn formats_what_is_common() {
        let values = [Node::string("a"), Node::integer(7)];
        assert_eq!(format_text("%s-%03d%%", &values).as_deref(), Some("a-007%"));
        for template in ["%s", "%s %s %s", "%x %d", "%", "%999999999d%s", "%é%s"] {
            assert_eq!(format_text(template, &values), None, "{template}");
        }
    }
}
