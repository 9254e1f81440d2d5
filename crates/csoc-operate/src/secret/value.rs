//! A value that is never shown.

use std::fmt;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::paths;
use super::wanted::Shape;

/// What a secret may hold, in bytes: the secret manager takes no more.
pub(super) const LIMIT: usize = 65_536;

/// A value of a secret. It has no text: whoever prints it prints that there is one. It is wiped when it is dropped.
#[derive(Clone)]
pub struct Value(SecretString);

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(…)")
    }
}

/// Why a value is not one of a secret. The value is no part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotThis {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It has lines where it must have one.
    #[error("it has more than one line")]
    Lines,
    /// The secret manager does not take so much.
    #[error("it has {0} bytes, and a secret holds {LIMIT}")]
    Large(usize),
    /// It is no JSON object.
    #[error("it is no JSON object")]
    Json,
    /// It is no private key.
    #[error("it is no private key in PEM")]
    Pem,
    /// It is no text.
    #[error("it is binary, and must be text")]
    Binary,
    /// Keys are not there.
    #[error("it lacks {}", list(.0))]
    Lacks(Vec<String>),
}

fn list(keys: &[String]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    keys.join(", ")
}

impl Value {
    /// Takes a text, and wipes what it was in.
    pub fn new(text: String) -> Self {
        let text = Zeroizing::new(text);
        Self(SecretString::from(text.as_str()))
    }

    /// Takes what was read somewhere, if it is text.
    pub fn read(bytes: Vec<u8>) -> Result<Self, NotThis> {
        let bytes = Zeroizing::new(bytes);
        let text = std::str::from_utf8(&bytes).map_err(|_| NotThis::Binary)?;
        Ok(Self(SecretString::from(text)))
    }

    /// Whether it is a JSON object.
    pub(super) fn is_object(&self) -> bool {
        names(self.expose()).is_some()
    }

    /// The text, for who writes it where it belongs.
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Without the line's end that a file or a terminal leaves behind.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let text = self.expose();
        let text = text.strip_suffix('\n').unwrap_or(text);
        Self(SecretString::from(text.strip_suffix('\r').unwrap_or(text)))
    }

    /// Whether it may be put into a secret of a shape that has these keys.
    pub fn fits(&self, shape: Shape, keys: &[String]) -> Result<(), NotThis> {
        let text = self.expose();
        if text.trim().is_empty() {
            return Err(NotThis::Empty);
        }
        if text.len() > LIMIT {
            return Err(NotThis::Large(text.len()));
        }
        let found = match shape {
            Shape::DatabaseCredentials | Shape::Json => names(text).ok_or(NotThis::Json)?,
            Shape::Yaml => names(text).unwrap_or_else(|| margins(text)),
            Shape::Pem if is_private_key(text) => return Ok(()),
            Shape::Pem => return Err(NotThis::Pem),
            Shape::Text => return Ok(()),
        };
        let mut lacks: Vec<String> = keys.to_vec();
        lacks.retain(|key| !found.contains(key));
        if lacks.is_empty() {
            Ok(())
        } else {
            Err(NotThis::Lacks(lacks))
        }
    }

    /// Whether it is what a person may give for one key, or for a secret that is one text.
    pub fn is_line(&self) -> Result<(), NotThis> {
        let text = self.expose();
        if text.trim().is_empty() {
            Err(NotThis::Empty)
        } else if text.contains(['\n', '\r']) {
            Err(NotThis::Lines)
        } else if text.len() > LIMIT {
            Err(NotThis::Large(text.len()))
        } else {
            Ok(())
        }
    }

    /// What stands under a key of the JSON object that it is.
    pub(super) fn field(&self, key: &str) -> Result<Option<Self>, NotThis> {
        let mut reader = serde_json::Deserializer::from_str(self.expose());
        let found = reader.deserialize_map(Field(key));
        found.map_err(|_| NotThis::Json)
    }

    /// What stands behind a key at the margin of a YAML map, in one line; nothing where that is no plain or quoted text.
    pub(super) fn margin(&self, key: &str) -> Option<Self> {
        if let Ok(found) = self.field(key) {
            return found;
        }
        let mut lines = self.expose().lines();
        let rest = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        let rest = rest.trim();
        let inner = ['"', '\'']
            .iter()
            .find_map(|mark| rest.strip_prefix(*mark)?.strip_suffix(*mark));
        let text = inner.unwrap_or(rest);
        let is_simple = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte));
        (is_simple && !text.is_empty()).then(|| Self(SecretString::from(text)))
    }

    /// A JSON object with these entries.
    pub(super) fn object(entries: &[(String, Self)]) -> Self {
        let mut text = buffer();
        text.push('{');
        for (index, (key, value)) in entries.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            quote(&mut text, key);
            text.push(':');
            quote(&mut text, value.expose());
        }
        text.push('}');
        Self(SecretString::from(text.as_str()))
    }
}

/// Room for a whole secret: it does not grow, so that nothing of it stays elsewhere.
pub(super) fn buffer() -> Zeroizing<String> {
    Zeroizing::new(String::with_capacity(2 * LIMIT))
}

/// Writes a text as JSON and YAML quote it.
pub(super) fn quote(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other
                if other < ' '
                    || matches!(other, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}') =>
            {
                use fmt::Write as _;
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(other));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Whether there is a private key in it from its first line to its last: what was cut has no end.
fn is_private_key(text: &str) -> bool {
    const BEGIN: &str = "-----BEGIN ";
    text.match_indices(BEGIN).any(|(at, _)| {
        let rest = text.get(at.saturating_add(BEGIN.len())..);
        let parts = rest.and_then(|rest| rest.split_once("-----"));
        parts.is_some_and(|(label, body)| {
            label.ends_with("PRIVATE KEY") && body.contains(&format!("\n-----END {label}-----"))
        })
    })
}

/// The keys of a JSON object; values are passed over, and never taken.
fn names(text: &str) -> Option<Vec<String>> {
    serde_json::Deserializer::from_str(text)
        .deserialize_map(Names)
        .ok()
}

/// The keys of a YAML map, by the lines that begin at the margin.
fn margins(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.starts_with([' ', '\t', '#', '-']))
        .filter_map(|line| paths::entry(line))
        .map(|(key, _)| key.to_owned())
        .collect()
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = map.next_key()? {
            map.next_value::<IgnoredAny>()?;
            names.push(name);
        }
        Ok(names)
    }
}

struct Field<'a>(&'a str);

impl<'de> Visitor<'de> for Field<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<String>()? {
            if name == self.0 {
                found = Some(Value::new(map.next_value::<Scalar>()?.0));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// A text, or a number as text.
#[derive(serde::Deserialize)]
#[serde(from = "Any")]
struct Scalar(String);

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Any {
    Text(String),
    Number(i64),
}

impl From<Any> for Scalar {
    fn from(any: Any) -> Self {
        match any {
            Any::Text(text) => Self(text),
            Any::Number(number) => Self(number.to_string()),
        }
    }
}
