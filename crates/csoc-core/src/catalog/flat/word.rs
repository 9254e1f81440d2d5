//! Keys that are asked for at every turn, found once a catalog.

use super::body::Body;

/// A key that is asked for by what it means and not by its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// `attributes`
    Attributes,
    /// `block`
    Block,
    /// `blocks`
    Blocks,
    /// `computed`
    Computed,
    /// `deprecated`
    Deprecated,
    /// `max`
    Max,
    /// `min`
    Min,
    /// `nested`
    Nested,
    /// `nesting`
    Nesting,
    /// `optional`
    Optional,
    /// `required`
    Required,
    /// `sensitive`
    Sensitive,
    /// `type`
    Type,
}

impl Word {
    /// All of them, in the order that they are declared in.
    const ALL: [Self; 13] = [
        Self::Attributes,
        Self::Block,
        Self::Blocks,
        Self::Computed,
        Self::Deprecated,
        Self::Max,
        Self::Min,
        Self::Nested,
        Self::Nesting,
        Self::Optional,
        Self::Required,
        Self::Sensitive,
        Self::Type,
    ];

    /// Its text.
    const fn text(self) -> &'static str {
        match self {
            Self::Attributes => "attributes",
            Self::Block => "block",
            Self::Blocks => "blocks",
            Self::Computed => "computed",
            Self::Deprecated => "deprecated",
            Self::Max => "max",
            Self::Min => "min",
            Self::Nested => "nested",
            Self::Nesting => "nesting",
            Self::Optional => "optional",
            Self::Required => "required",
            Self::Sensitive => "sensitive",
            Self::Type => "type",
        }
    }
}

/// Where a catalog has the words in its table of strings, where it has them.
#[derive(Debug, Default)]
pub(super) struct Words([Option<u32>; Word::ALL.len()]);

impl Words {
    /// Looks all of them up.
    pub(super) fn of(body: &Body) -> Self {
        Self(Word::ALL.map(|word| body.index_of(word.text())))
    }

    /// The place of one.
    pub(super) fn place(&self, word: Word) -> Option<u32> {
        self.0.get(word as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_stands_at_its_own_place() {
        for (at, word) in Word::ALL.into_iter().enumerate() {
            assert_eq!(word as usize, at);
        }
    }
}
