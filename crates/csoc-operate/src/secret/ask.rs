//! Values that a person gives.

use super::value::{NotThis, Value};
use super::wanted::{Shape, Wanted};

/// Asks a person.
pub trait Ask {
    /// What is to be put into a secret; nothing where nobody can be asked.
    fn ask(&self, wanted: &Wanted) -> Result<Option<Given>, AskError>;

    /// Whether a value is there without anybody being asked: it is then used in place of what would be made.
    fn is_given(&self) -> bool {
        false
    }
}

/// What a person gave.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Given {
    /// One line, from a terminal or a pipe: all that the secret holds.
    Line(Value),
    /// A file: all that the secret holds.
    File(Value),
    /// A line for each key.
    Keys(Vec<(String, Value)>),
}

/// Why nobody gave anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AskError(pub Box<str>);

/// There is nobody to ask.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

impl Ask for Nobody {
    fn ask(&self, _wanted: &Wanted) -> Result<Option<Given>, AskError> {
        Ok(None)
    }
}

impl Given {
    /// The value of the secret, if it is one.
    pub(super) fn value(self, wanted: &Wanted) -> Result<Value, NotThis> {
        let keys: Vec<String> = wanted.keys.iter().map(|key| key.name.clone()).collect();
        let value = match self {
            Self::Keys(given) => {
                for (_, value) in &given {
                    value.is_line()?;
                }
                Value::object(&given)
            }
            Self::Line(value) if wanted.shape == Shape::Text => {
                let value = value.trimmed();
                value.is_line()?;
                value
            }
            Self::File(value) if wanted.shape == Shape::Text => value.trimmed(),
            // One line for the only key that there is.
            Self::Line(value) if keys.len() == 1 && !value.is_object() => {
                let value = value.trimmed();
                value.is_line()?;
                let keys = keys.iter().cloned();
                Value::object(&keys.map(|key| (key, value.clone())).collect::<Vec<_>>())
            }
            Self::Line(value) | Self::File(value) => value,
        };
        value.fits(wanted.shape, &keys)?;
        Ok(value)
    }
}
