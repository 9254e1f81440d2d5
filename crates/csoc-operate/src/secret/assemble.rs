//! A value out of its parts: what is made, what other secrets hold, and text of the fleet.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::make::{Alphabet, NoRandomness, base64, make};
use super::paths::{lost, paths};
use super::store::{CURRENT, Store, StoreError};
use super::value::{LIMIT, NotThis, Value, buffer, quote};
use super::wanted::{MadeOf, Part, Wanted};

/// Why a value cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssembleError {
    /// Outputs are not recorded.
    #[error("it waits for {}", .0.join(", "))]
    Waits(Vec<String>),
    /// What it is put together from is not there.
    #[error("it needs the secret `{0}`, which has no value")]
    Needs(String),
    /// What it is put together from is not as it must be.
    #[error("it needs the secret `{secret}`: {problem}")]
    NotThis {
        /// The other secret.
        secret: String,
        /// What is wrong with it.
        problem: NotThis,
    },
    /// What a new one must keep of the current one cannot be read there.
    #[error("`{0}` of the current value must stay as it is, and cannot be read")]
    Kept(String),
    /// The current value holds more than we put there.
    #[error("the current value holds {} besides, which would be lost", .0.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "))]
    Lost(Vec<String>),
    /// The current value is something else, whose keys are not known.
    #[error("the current value would be lost: {0}")]
    Unknown(NotThis),
    /// It holds too much.
    #[error("{0}")]
    Large(NotThis),
    /// There are no random numbers.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// The secret manager does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Puts a secret's value together. Keys that encrypt stay as `current` has them: what was encrypted with them would be lost.
pub(super) fn assemble(
    wanted: &Wanted,
    content: &Part,
    store: &dyn Store,
    current: Option<&Value>,
) -> Result<Value, AssembleError> {
    let waits = wanted.waits();
    if !waits.is_empty() {
        return Err(AssembleError::Waits(waits));
    }
    let writer = Writer {
        store,
        sources: RefCell::default(),
        made: RefCell::new(kept(content, current)?),
    };
    let mut text = buffer();
    writer.text(&mut text, content)?;
    if text.len() > LIMIT {
        return Err(AssembleError::Large(NotThis::Large(text.len())));
    }
    if let (Some(current), Part::Json { part } | Part::Yaml { part }) = (current, content)
        && matches!(**part, Part::Map { .. })
    {
        let lost = lost(&paths(current.expose()), &paths(&text));
        if !lost.is_empty() {
            return Err(AssembleError::Lost(lost));
        }
    }
    Ok(Value::new(text.to_string()))
}

/// The keys that encrypt, of the value that there is.
fn kept(content: &Part, current: Option<&Value>) -> Result<BTreeMap<String, Value>, AssembleError> {
    let mut kept = BTreeMap::new();
    let Some(current) = current else {
        return Ok(kept);
    };
    let (Part::Json { part } | Part::Yaml { part }) = content else {
        return Ok(kept);
    };
    let Part::Map { entries } = &**part else {
        return Ok(kept);
    };
    if matches!(content, Part::Json { .. }) && !current.is_object() {
        return Err(AssembleError::Unknown(NotThis::Json));
    }
    for (key, part) in entries {
        if let Part::Made {
            label,
            of: MadeOf::Bytes,
        } = part
        {
            let value = match &content {
                Part::Json { .. } => current.field(key).ok().flatten(),
                _ => current.margin(key),
            };
            let value = value.ok_or_else(|| AssembleError::Kept(key.clone()))?;
            kept.insert(label.clone(), value);
        }
    }
    Ok(kept)
}

/// Writes parts, each source read once and each label made once.
struct Writer<'a> {
    store: &'a dyn Store,
    sources: RefCell<BTreeMap<String, Value>>,
    made: RefCell<BTreeMap<String, Value>>,
}

impl Writer<'_> {
    /// A part as it stands in a text.
    fn text(&self, out: &mut String, part: &Part) -> Result<(), AssembleError> {
        match part {
            Part::Text { text } => out.push_str(text),
            Part::Made { label, of } => out.push_str(self.made(label, *of)?.expose()),
            Part::From { secret, key } => {
                out.push_str(self.from(secret, key.as_deref())?.expose());
            }
            Part::Joined { parts } => {
                for part in parts {
                    self.text(out, part)?;
                }
            }
            Part::Yaml { part } => self.yaml(out, part, 0)?,
            Part::Base64 { part } => {
                let mut text = buffer();
                self.text(&mut text, part)?;
                base64(out, text.as_bytes(), Alphabet::Standard);
            }
            Part::Json { part } => self.json(out, part)?,
            other => self.json(out, other)?,
        }
        Ok(())
    }

    fn json(&self, out: &mut String, part: &Part) -> Result<(), AssembleError> {
        match part {
            Part::Flag { flag } => out.push_str(if *flag { "true" } else { "false" }),
            Part::Number { number } => out.push_str(&number.to_string()),
            Part::Empty => out.push_str("null"),
            Part::Waits { output } => return Err(AssembleError::Waits(vec![output.clone()])),
            Part::List { items } => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    self.json(out, item)?;
                }
                out.push(']');
            }
            Part::Map { entries } => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    quote(out, key);
                    out.push_str(": ");
                    self.json(out, value)?;
                }
                out.push('}');
            }
            text => {
                let mut inner = buffer();
                self.text(&mut inner, text)?;
                quote(out, &inner);
            }
        }
        Ok(())
    }

    /// Maps a line an entry, all else as JSON, which is YAML.
    fn yaml(&self, out: &mut String, part: &Part, depth: usize) -> Result<(), AssembleError> {
        let Part::Map { entries } = part else {
            return self.json(out, part);
        };
        for (key, value) in entries {
            out.push_str(&"  ".repeat(depth));
            let is_plain = key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && key
                    .bytes()
                    .next()
                    .is_some_and(|byte| byte.is_ascii_alphabetic())
                && key.len() > 3;
            if is_plain {
                out.push_str(key);
            } else {
                quote(out, key);
            }
            out.push(':');
            match value {
                Part::Map { entries } if !entries.is_empty() => {
                    out.push('\n');
                    self.yaml(out, value, depth.saturating_add(1))?;
                }
                other => {
                    out.push(' ');
                    self.json(out, other)?;
                    out.push('\n');
                }
            }
        }
        Ok(())
    }

    fn made(&self, label: &str, of: MadeOf) -> Result<Value, AssembleError> {
        let mut made = self.made.borrow_mut();
        if let Some(value) = made.get(label) {
            return Ok(value.clone());
        }
        let value = make(of)?;
        made.insert(label.to_owned(), value.clone());
        Ok(value)
    }

    fn from(&self, secret: &str, key: Option<&str>) -> Result<Value, AssembleError> {
        let mut sources = self.sources.borrow_mut();
        if !sources.contains_key(secret) {
            let value = self.store.read(secret, CURRENT)?;
            let value = value.ok_or_else(|| AssembleError::Needs(secret.to_owned()))?;
            sources.insert(secret.to_owned(), value);
        }
        let value = sources.get(secret).cloned();
        let value = value.ok_or_else(|| AssembleError::Needs(secret.to_owned()))?;
        let Some(key) = key else {
            return Ok(value);
        };
        let wrong = |problem| AssembleError::NotThis {
            secret: secret.to_owned(),
            problem,
        };
        let field = value.field(key).map_err(wrong)?;
        field.ok_or_else(|| wrong(NotThis::Lacks(vec![key.to_owned()])))
    }
}
