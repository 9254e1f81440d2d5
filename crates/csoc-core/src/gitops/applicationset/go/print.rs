//! Values as Go prints them, and whether it takes them for true.

use super::super::stop::Stop;
use crate::value::{Kind, Node, Reading};

/// A value as `{{ . }}` prints it.
pub(crate) fn shown(value: &Node) -> Result<String, Stop> {
    match &value.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Null => Ok("<no value>".to_owned()),
            Reading::Bool(value) => Ok(value.to_string()),
            Reading::Integer(number) => Ok(integer(number)),
            Reading::Float(number) => float(number),
            Reading::Text(text) => Ok(text.to_owned()),
        },
        Kind::List(items) => {
            let items: Result<Vec<String>, Stop> = items.iter().map(inside).collect();
            Ok(format!("[{}]", items?.join(" ")))
        }
        Kind::Map(entries) => {
            let mut shown = Vec::new();
            for entry in entries {
                shown.push(format!("{}:{}", entry.key.as_str(), inside(&entry.node)?));
            }
            shown.sort_unstable();
            Ok(format!("map[{}]", shown.join(" ")))
        }
        Kind::Pending(_) => Err(Stop::undecidable("a parameter is not known yet")),
    }
}

/// A value inside another one.
fn inside(value: &Node) -> Result<String, Stop> {
    if value.is_null() {
        Ok("<nil>".to_owned())
    } else {
        shown(value)
    }
}

/// A whole number as Go prints one that it read from JSON: it is a float there.
fn integer(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    if digits.len() <= 6 {
        return number.to_string();
    }
    // More digits than a float holds are rounded there.
    let sign = if number < 0 { "-" } else { "" };
    let exponent = digits.len() - 1;
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    if rest.is_empty() {
        format!("{sign}{first}e+{exponent:02}")
    } else {
        format!("{sign}{first}.{rest}e+{exponent:02}")
    }
}

fn float(number: f64) -> Result<String, Stop> {
    let size = number.abs();
    if number == 0.0 || (1e-4..1e6).contains(&size) {
        Ok(number.to_string())
    } else {
        Err(Stop::undecidable(
            "a number is too large or too small to be printed as it stands",
        ))
    }
}

/// Whether `if` takes a value for true: what is empty, zero or `false` is not.
pub(super) fn is_true(value: &Node) -> Result<bool, Stop> {
    Ok(match &value.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Null => false,
            Reading::Bool(value) => value,
            Reading::Integer(number) => number != 0,
            Reading::Float(number) => number != 0.0,
            Reading::Text(text) => !text.is_empty(),
        },
        Kind::List(items) => !items.is_empty(),
        Kind::Map(entries) => !entries.is_empty(),
        Kind::Pending(_) => return Err(Stop::undecidable("a parameter is not known yet")),
    })
}

/// A value as Go writes it in JSON: keys in order, `<`, `>` and `&` escaped.
pub(crate) fn json(value: &Node) -> Result<String, Stop> {
    match &value.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Null => Ok("null".to_owned()),
            Reading::Bool(value) => Ok(value.to_string()),
            Reading::Integer(number) => Ok(number.to_string()),
            Reading::Float(number) => float(number),
            Reading::Text(text) => Ok(text_json(text)),
        },
        Kind::List(items) => {
            let items: Result<Vec<String>, Stop> = items.iter().map(json).collect();
            Ok(format!("[{}]", items?.join(",")))
        }
        Kind::Map(entries) => {
            let mut written = Vec::new();
            for entry in entries {
                written.push((entry.key.as_str(), json(&entry.node)?));
            }
            written.sort_unstable();
            let written: Vec<String> = written
                .into_iter()
                .map(|(key, value)| format!("{}:{value}", text_json(key)))
                .collect();
            Ok(format!("{{{}}}", written.join(",")))
        }
        Kind::Pending(_) => Err(Stop::undecidable("a parameter is not known yet")),
    }
}

fn text_json(text: &str) -> String {
    let mut written = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                written.push_str(&escaped(char));
            }
            char if u32::from(char) < 0x20 => {
                written.push_str(&escaped(char));
            }
            char => written.push(char),
        }
    }
    written.push('"');
    written
}

fn escaped(char: char) -> String {
    format!("\\u{:04x}", u32::from(char))
}
