//! The schemas of a provider's catalog, where they lie.

use crate::catalog::flat::{FlatValue, Word};

/// What stands between the braces of a resource, a data source or a nested block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockSchema<'a>(FlatValue<'a>);

/// One argument or attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AttributeSchema<'a>(FlatValue<'a>);

/// A nested block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NestedSchema<'a>(FlatValue<'a>);

/// How many of a nested block there can be, and what they make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nesting {
    /// One, an object.
    Single,
    /// One, an object that is there even where the block is not.
    Group,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// A map of objects by the block's label.
    Map,
}

/// The type of an attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TypeSchema<'a> {
    /// Text.
    String,
    /// A number.
    Number,
    /// A boolean.
    Bool,
    /// Anything.
    Dynamic,
    /// A list of one type.
    List(FlatValue<'a>),
    /// A set of one type.
    Set(FlatValue<'a>),
    /// A map to one type.
    Map(FlatValue<'a>),
    /// An object: types by name, and the names that may be left out.
    Object(FlatValue<'a>, Option<FlatValue<'a>>),
    /// A tuple of types.
    Tuple,
    /// Attributes with their own schemas.
    Nested(Nesting, BlockSchema<'a>),
}

impl Nesting {
    fn of(text: &str) -> Self {
        match text {
            "single" => Self::Single,
            "group" => Self::Group,
            "set" => Self::Set,
            "map" => Self::Map,
            _ => Self::List,
        }
    }
}

impl<'a> BlockSchema<'a> {
    pub(super) const fn new(value: FlatValue<'a>) -> Self {
        Self(value)
    }

    /// An attribute.
    pub(crate) fn attribute(self, name: &str) -> Option<AttributeSchema<'a>> {
        self.0
            .word(Word::Attributes)?
            .get(name)
            .map(AttributeSchema)
    }

    /// The attributes, sorted.
    pub(crate) fn attributes(self) -> impl Iterator<Item = (&'a str, AttributeSchema<'a>)> + Clone {
        let all = self.0.word(Word::Attributes).into_iter();
        all.flat_map(|all| {
            all.entries()
                .map(|(name, value)| (name, AttributeSchema(value)))
        })
    }

    /// The names of the attributes that must be set, sorted.
    pub(crate) fn required(self) -> impl Iterator<Item = &'a str> {
        let all = self.0.word(Word::Attributes).into_iter();
        all.flat_map(|all| all.keys_where(|value| is(value, Word::Required)))
    }

    /// A nested block.
    pub(crate) fn block(self, name: &str) -> Option<NestedSchema<'a>> {
        self.0.word(Word::Blocks)?.get(name).map(NestedSchema)
    }

    /// The nested blocks, sorted.
    pub(crate) fn blocks(self) -> impl Iterator<Item = (&'a str, NestedSchema<'a>)> + Clone {
        let all = self.0.word(Word::Blocks).into_iter();
        all.flat_map(|all| {
            all.entries()
                .map(|(name, value)| (name, NestedSchema(value)))
        })
    }

    /// Whether nobody should use it any more.
    pub(crate) fn is_deprecated(self) -> bool {
        is(self.0, Word::Deprecated)
    }
}

impl<'a> AttributeSchema<'a> {
    /// Its type.
    pub(crate) fn of(self) -> TypeSchema<'a> {
        if let Some(nested) = self.0.word(Word::Nested) {
            let nesting = nested.word(Word::Nesting).and_then(FlatValue::str);
            return TypeSchema::Nested(
                Nesting::of(nesting.unwrap_or_default()),
                BlockSchema(nested),
            );
        }
        self.0
            .word(Word::Type)
            .map_or(TypeSchema::Dynamic, TypeSchema::of)
    }

    /// Whether it must be set.
    pub(crate) fn is_required(self) -> bool {
        is(self.0, Word::Required)
    }

    /// Whether it may be set.
    pub(crate) fn is_settable(self) -> bool {
        is(self.0, Word::Required) || is(self.0, Word::Optional)
    }

    /// Whether the provider sets it.
    pub(crate) fn is_computed(self) -> bool {
        is(self.0, Word::Computed)
    }

    /// Whether it is not to be shown.
    pub(crate) fn is_sensitive(self) -> bool {
        is(self.0, Word::Sensitive)
    }

    /// Whether nobody should use it any more.
    pub(crate) fn is_deprecated(self) -> bool {
        is(self.0, Word::Deprecated)
    }
}

impl<'a> NestedSchema<'a> {
    /// How many there can be.
    pub(crate) fn nesting(self) -> Nesting {
        let nesting = self.0.word(Word::Nesting).and_then(FlatValue::str);
        Nesting::of(nesting.unwrap_or_default())
    }

    /// How many there must be.
    pub(crate) fn least(self) -> usize {
        count(self.0, Word::Min).unwrap_or(0)
    }

    /// How many there may be, where that is limited.
    pub(crate) fn most(self) -> Option<usize> {
        match self.nesting() {
            Nesting::Single | Nesting::Group => Some(1),
            Nesting::List | Nesting::Set | Nesting::Map => {
                count(self.0, Word::Max).filter(|most| *most > 0)
            }
        }
    }

    /// What stands in it.
    pub(crate) fn schema(self) -> Option<BlockSchema<'a>> {
        self.0.word(Word::Block).map(BlockSchema)
    }
}

impl<'a> TypeSchema<'a> {
    /// The type that a value of a catalog describes, as Terraform writes types in JSON.
    pub(crate) fn of(value: FlatValue<'a>) -> Self {
        if let Some(name) = value.str() {
            return match name {
                "string" => Self::String,
                "number" => Self::Number,
                "bool" => Self::Bool,
                _ => Self::Dynamic,
            };
        }
        let mut items = value.items();
        let name = items.next().and_then(FlatValue::str);
        match (name, items.next()) {
            (Some("list"), Some(of)) => Self::List(of),
            (Some("set"), Some(of)) => Self::Set(of),
            (Some("map"), Some(of)) => Self::Map(of),
            (Some("object"), Some(of)) => Self::Object(of, items.next()),
            (Some("tuple"), _) => Self::Tuple,
            _ => Self::Dynamic,
        }
    }
}

fn is(value: FlatValue<'_>, key: Word) -> bool {
    value.word(key).and_then(FlatValue::bool) == Some(true)
}

fn count(value: FlatValue<'_>, key: Word) -> Option<usize> {
    let number = value.word(key)?.integer()?;
    usize::try_from(number).ok()
}
