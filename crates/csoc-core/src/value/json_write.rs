//! [`Node`]s to JSON text, and to whatever else serde writes.

use std::fmt::Write as _;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::json_read::is_number;
use super::node::{Kind, Node, Reading, Scalar};
use super::yaml_write::pending_marker;

/// Appends a value as `serde_json` prints it pretty, without a line break at the end.
///
/// Numbers stay as written where JSON can write them so. What JSON has no
/// number for (`.nan`, `.inf`) becomes a string.
pub(crate) fn write_json(node: &Node, out: &mut String) {
    value(node, 0, out);
}

fn value(node: &Node, indent: usize, out: &mut String) {
    let deeper = indent.saturating_add(2);
    match &node.kind {
        Kind::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Kind::List(items) if items.is_empty() => out.push_str("[]"),
        Kind::Map(entries) => {
            out.push('{');
            for (at, entry) in entries.iter().enumerate() {
                line(at, deeper, out);
                string(entry.key.as_str(), out);
                out.push_str(": ");
                value(&entry.node, deeper, out);
            }
            line(0, indent, out);
            out.push('}');
        }
        Kind::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                line(at, deeper, out);
                value(item, deeper, out);
            }
            line(0, indent, out);
            out.push(']');
        }
        Kind::Pending(outputs) => string(&pending_marker(outputs), out),
        Kind::Scalar(scalar) => self::scalar(scalar, out),
    }
}

fn line(at: usize, indent: usize, out: &mut String) {
    out.push_str(if at == 0 { "\n" } else { ",\n" });
    out.extend(std::iter::repeat_n(' ', indent));
}

fn scalar(scalar: &Scalar, out: &mut String) {
    match scalar.reading() {
        Reading::Null => out.push_str("null"),
        Reading::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Reading::Integer(_) | Reading::Float(_) if is_number(&scalar.text) => {
            out.push_str(&scalar.text);
        }
        Reading::Integer(value) => {
            let _ = write!(out, "{value}");
        }
        Reading::Float(value) if value.is_finite() => {
            let _ = write!(out, "{value:?}");
        }
        Reading::Float(_) => string(&scalar.text, out),
        Reading::Text(text) => string(text, out),
    }
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    let is_escaped = |byte| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    while let Some((plain, byte, behind)) = rest.bytes().position(is_escaped).and_then(|at| {
        let (plain, from) = rest.split_at_checked(at)?;
        Some((plain, *from.as_bytes().first()?, from.get(1..)?))
    }) {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            _ => "",
        };
        out.push_str(plain);
        rest = behind;
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escape);
        }
    }
    out.push_str(rest);
    out.push('"');
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.kind {
            Kind::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for entry in entries {
                    map.serialize_entry(entry.key.as_str(), &entry.node)?;
                }
                map.end()
            }
            Kind::List(items) => serializer.collect_seq(items),
            Kind::Pending(outputs) => serializer.serialize_str(&pending_marker(outputs)),
            Kind::Scalar(scalar) => match scalar.reading() {
                Reading::Null => serializer.serialize_unit(),
                Reading::Bool(value) => serializer.serialize_bool(value),
                Reading::Integer(value) => match (i64::try_from(value), u64::try_from(value)) {
                    (Ok(value), _) => serializer.serialize_i64(value),
                    (_, Ok(value)) => serializer.serialize_u64(value),
                    _ => serializer.serialize_i128(value),
                },
                Reading::Float(value) if value.is_finite() => serializer.serialize_f64(value),
                Reading::Float(_) => serializer.serialize_str(&scalar.text),
                Reading::Text(text) => serializer.serialize_str(text),
            },
        }
    }
}
