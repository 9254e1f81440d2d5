//! The mechanism behind every validated text: one check, and no other way in.

use crate::value::parsers::Refusal;

/// Why a text is not what its type holds: what it must be, to be read after "`text` is not …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TextError {
    message: String,
    help: Option<String>,
}

impl TextError {
    /// An error that says what the text must be.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
        }
    }

    /// The same, with a way to mend it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// How to mend it, where that is known.
    pub fn fix(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// The check of one validated text.
pub(crate) type TextCheck = fn(&str) -> Result<(), TextError>;

/// Declares a text that cannot hold a wrong value.
macro_rules! text_type {
    ($(#[$attribute:meta])* $name:ident, example = $example:literal, check = $check:expr) => {
        $(#[$attribute])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The same check as the schema walker calls it: the refusal names the text.
            pub(crate) fn parse(text: &str) -> Result<(), crate::value::parsers::Refusal> {
                Self::check(text).map_err(|error| crate::model::text::refuse(text, error, $example))
            }

            /// Whether a text may be one.
            pub(crate) fn check(text: &str) -> Result<(), crate::model::text::TextError> {
                let check: crate::model::text::TextCheck = $check;
                check(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::model::text::TextError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::check(text)?;
                Ok(Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = crate::model::text::TextError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::check(&text)?;
                Ok(Self(text.into()))
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "x-parser": stringify!($name),
                    "examples": [$example],
                })
            }
        }
    };
}

pub(crate) use text_type;

/// What the walker says of a text that is refused.
pub(crate) fn refuse(text: &str, error: TextError, example: &str) -> Refusal {
    const LONGEST: usize = 80;
    let shown: String = text.chars().take(LONGEST).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    Refusal {
        code: None,
        message: format!("`{shown}{more}` is not {}", error.message),
        help: error
            .help
            .or_else(|| Some(format!("write it like `{example}`"))),
    }
}

/// Whether a text is lower-case letters, digits and dashes, starts with a letter and ends with a letter or digit.
pub(crate) fn is_label(text: &str, limit: usize) -> bool {
    let bytes = text.as_bytes();
    (1..=limit).contains(&bytes.len())
        && bytes[0].is_ascii_lowercase()
        && bytes[bytes.len() - 1] != b'-'
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
}

/// Whether a text is an RFC 1123 label: as [`is_label`], but it may start with a digit.
pub(crate) fn is_dns_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=63).contains(&bytes.len())
        && bytes[0] != b'-'
        && bytes[bytes.len() - 1] != b'-'
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
}
