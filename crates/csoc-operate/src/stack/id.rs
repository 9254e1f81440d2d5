//! The name of a stack.

use std::fmt;
use std::str::FromStr;

/// The name of a stack: `v1/111122223333/us-east-1/storage/environment/atlas/prod`.
///
/// It is the directory of its state in the bucket, and never changes while the stack lives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackId(Box<str>);

/// Text that names no stack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no stack; a stack is named `v1/ACCOUNT/REGION/LAYER/SCOPE`")]
pub struct NoStackId(Box<str>);

impl StackId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is of: `account`, `cluster/research`, `environment/atlas/prod`.
    pub fn scope(&self) -> &str {
        self.0.splitn(5, '/').nth(4).unwrap_or_default()
    }

    /// The cluster that it is of.
    pub fn cluster(&self) -> Option<&str> {
        self.scope().strip_prefix("cluster/")
    }

    /// The commons that it is of.
    pub fn commons(&self) -> Option<&str> {
        Some(self.environment_scope()?.0)
    }

    /// The environment of its commons that it is of.
    pub fn environment(&self) -> Option<&str> {
        Some(self.environment_scope()?.1)
    }

    fn environment_scope(&self) -> Option<(&str, &str)> {
        self.scope().strip_prefix("environment/")?.split_once('/')
    }
}

impl FromStr for StackId {
    type Err = NoStackId;

    fn from_str(text: &str) -> Result<Self, NoStackId> {
        let mut parts = text.split('/');
        let is_part = |part: &str| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            !part.is_empty() && part.bytes().all(is_plain) && part != "." && part != ".."
        };
        let is_known = parts.next() == Some("v1");
        let rest: Vec<&str> = parts.collect();
        if is_known && rest.len() >= 4 && rest.into_iter().all(is_part) {
            Ok(Self(text.into()))
        } else {
            Err(NoStackId(text.into()))
        }
    }
}

impl fmt::Display for StackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for StackId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for StackId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
