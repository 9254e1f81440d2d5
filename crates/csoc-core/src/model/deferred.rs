//! Values that may not be known yet.

use super::stack::OutputId;
use crate::value::{Key, Kind, Node, Origin};

/// A value that is known, or that waits for outputs. Whatever is made of a pending value is pending.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) enum Deferred<T> {
    /// Known, and where from.
    Known(T, #[serde(skip)] Origin),
    /// It waits for these outputs.
    Pending(Box<[OutputId]>),
}

impl<T> Deferred<T> {
    /// A value that depends on no output.
    pub(crate) fn known(value: T) -> Self {
        Self::Known(value, Origin::Unknown)
    }

    /// The value, where it is known.
    pub(crate) fn value(&self) -> Option<&T> {
        match self {
            Self::Known(value, _) => Some(value),
            Self::Pending(_) => None,
        }
    }

    /// The same of another value.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Deferred<U> {
        match self {
            Self::Known(value, origin) => Deferred::Known(change(value), origin),
            Self::Pending(outputs) => Deferred::Pending(outputs),
        }
    }
}

impl<T: Into<Node>> From<Deferred<T>> for Node {
    fn from(value: Deferred<T>) -> Self {
        match value {
            Deferred::Known(value, origin) => value.into().at(origin),
            Deferred::Pending(outputs) => Self::new(Kind::Pending(
                outputs
                    .iter()
                    .map(|output| Key::from(output.to_string()))
                    .collect(),
            )),
        }
    }
}
