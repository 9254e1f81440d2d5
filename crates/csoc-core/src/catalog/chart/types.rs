//! What kinds of values a key holds.

use std::fmt;

use crate::value::{Kind, Node, Reading};

/// A set of kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Types(u8);

impl Types {
    /// A map.
    pub(crate) const MAP: Self = Self(1);
    /// A list.
    pub(crate) const LIST: Self = Self(2);
    /// Text.
    pub(crate) const TEXT: Self = Self(4);
    /// A boolean.
    pub(crate) const BOOL: Self = Self(8);
    /// A whole number.
    pub(crate) const INTEGER: Self = Self(16);
    /// Any other number.
    pub(crate) const FLOAT: Self = Self(32);
    /// Nothing.
    pub(crate) const NULL: Self = Self(64);

    const NAMES: [(Self, &'static str); 7] = [
        (Self::MAP, "a map"),
        (Self::LIST, "a list"),
        (Self::TEXT, "a string"),
        (Self::BOOL, "a boolean"),
        (Self::INTEGER, "a whole number"),
        (Self::FLOAT, "a number"),
        (Self::NULL, "null"),
    ];

    /// The kind of a value, as Helm reads it. Nothing is known of one that is pending.
    pub(crate) fn of(node: &Node) -> Self {
        match &node.kind {
            Kind::Map(_) => Self::MAP,
            Kind::List(_) => Self::LIST,
            Kind::Pending(_) => Self::default(),
            Kind::Scalar(scalar) => match scalar.reading() {
                Reading::Text(_) => Self::TEXT,
                Reading::Bool(_) => Self::BOOL,
                Reading::Integer(_) => Self::INTEGER,
                Reading::Float(_) => Self::FLOAT,
                Reading::Null => Self::NULL,
            },
        }
    }

    /// The set that a number stands for.
    pub(crate) const fn from_bits(bits: u8) -> Self {
        Self(bits & 127)
    }

    /// The number that stands for it.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// Adds kinds.
    pub(crate) fn insert(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Those that are in both.
    #[must_use]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that are not in the other.
    #[must_use]
    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Either.
    #[must_use]
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is none.
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a map is among them.
    pub(crate) const fn is_map(self) -> bool {
        !self.and(Self::MAP).is_empty()
    }

    /// Whether a list is among them.
    pub(crate) const fn is_list(self) -> bool {
        !self.and(Self::LIST).is_empty()
    }

    /// Whether anything but nothing is among them.
    pub(crate) const fn has_value(self) -> bool {
        !self.without(Self::NULL).is_empty()
    }
}

impl fmt::Display for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut is_first = true;
        for (kind, name) in Self::NAMES {
            if !self.and(kind).is_empty() {
                if !is_first {
                    f.write_str(" or ")?;
                }
                f.write_str(name)?;
                is_first = false;
            }
        }
        Ok(())
    }
}
