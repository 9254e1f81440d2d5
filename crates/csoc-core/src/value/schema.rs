//! A JSON Schema made ready for the walker: what serde types accept, and what Kubernetes CRDs do.

use std::collections::HashMap;

use super::node::{Key, Node};
use super::schema_compile::Compiler;

/// A compiled schema. References are resolved once, so that walking only follows numbers.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(super) shapes: Vec<Shape>,
    pub(super) root: Use,
}

/// What a key that the schema does not list means where it says nothing of other keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// JSON Schema: it is accepted.
    JsonSchema,
    /// Structural schemas of CRDs: the API server drops it, so it is a mistake.
    Kubernetes,
}

/// A schema that cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SchemaError {
    /// A reference to what is not in the document.
    #[error("schema reference `{0}` leads nowhere in its document")]
    Reference(String),
    /// Something that is neither a map nor a boolean where a schema belongs.
    #[error("{0} stands where a schema belongs")]
    NotASchema(&'static str),
}

/// A shape as used at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) shape: usize,
    pub(super) nullable: bool,
}

/// What a value may be.
#[derive(Debug)]
pub(super) enum Shape {
    /// Anything.
    Open,
    /// Nothing at all.
    Never,
    /// A string.
    Text(Text),
    /// A number.
    Number(Number),
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
    /// Kubernetes' `IntOrString`.
    IntOrString,
    /// One of these values.
    Words(Vec<Node>),
    /// A list.
    List(List),
    /// A map.
    Map(Map),
    /// An enum as serde tags it: a word, or a map of one key.
    Variants(Variants),
    /// Any of these.
    Any(Vec<Use>),
}

/// What a string may be.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) parser: Option<Box<str>>,
    pub(super) pattern: Option<Box<str>>,
    pub(super) shortest: Option<usize>,
    pub(super) longest: Option<usize>,
}

/// What a number may be.
#[derive(Debug)]
pub(super) struct Number {
    pub(super) whole: bool,
    pub(super) least: Option<f64>,
    pub(super) most: Option<f64>,
}

/// What a list may hold.
#[derive(Debug)]
pub(super) struct List {
    pub(super) item: Use,
    /// The key of an item that tells it from the others.
    pub(super) identity: Option<Key>,
    pub(super) shortest: Option<usize>,
    pub(super) longest: Option<usize>,
}

/// What a map may hold.
#[derive(Debug)]
pub(super) struct Map {
    pub(super) fields: Vec<(Key, Use)>,
    /// The uses of the fields, by key.
    pub(super) index: HashMap<Key, Use>,
    pub(super) required: Vec<Key>,
    pub(super) rest: Rest,
    /// What keys that are not listed must be.
    pub(super) keys: Option<Text>,
}

/// What a map's other keys hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// There are none.
    Refused,
    /// Anything.
    Open,
    /// That.
    Of(Use),
}

/// The variants of an enum.
#[derive(Debug)]
pub(super) struct Variants {
    pub(super) words: Vec<Key>,
    pub(super) tagged: Vec<(Key, Use)>,
}

impl Schema {
    /// Compiles a schema document.
    pub(crate) fn compile(document: &Node, dialect: Dialect) -> Result<Self, SchemaError> {
        Compiler::new(document, dialect).finish()
    }

    /// The names of the parsers that it asks for, so that a test can prove that each is there.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "a test proves that each is there")
    )]
    pub(crate) fn parsers(&self) -> impl Iterator<Item = &str> {
        self.shapes.iter().filter_map(|shape| match shape {
            Shape::Text(text) => text.parser.as_deref(),
            Shape::Map(map) => map.keys.as_ref()?.parser.as_deref(),
            _ => None,
        })
    }

    /// The whole schema as a view.
    pub(crate) fn view(&self) -> View<'_> {
        View {
            schema: self,
            at: self.root,
        }
    }

    #[cfg_attr(
        not(test),
        expect(
            clippy::indexing_slicing,
            reason = "a use is made by the compiler of its schema, behind the shape that it pushed, and none is taken away"
        )
    )]
    pub(super) fn shape(&self, used: Use) -> &Shape {
        &self.shapes[used.shape]
    }
}

/// A schema from some place on, for files that hold a part of the model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'s> {
    pub(super) schema: &'s Schema,
    pub(super) at: Use,
}

impl<'s> From<&'s Schema> for View<'s> {
    fn from(schema: &'s Schema) -> Self {
        schema.view()
    }
}

impl<'s> View<'s> {
    /// What the schema says of the value of a key, if it may be there.
    pub(crate) fn key(self, key: &str) -> Option<Self> {
        self.below(self.at, key, 0).map(|at| Self { at, ..self })
    }

    /// What the schema says of the items of a list.
    pub(crate) fn item(self) -> Option<Self> {
        match self.schema.shape(self.at) {
            Shape::List(list) => Some(Self {
                at: list.item,
                ..self
            }),
            Shape::Open => Some(self),
            Shape::Any(uses) => uses.iter().find_map(|at| Self { at: *at, ..self }.item()),
            _ => None,
        }
    }

    /// Whether anything may stand here: raw values and the like.
    pub(crate) fn is_open(self) -> bool {
        matches!(self.schema.shape(self.at), Shape::Open)
    }

    /// The keys that it lists, in its order.
    pub(crate) fn keys(self) -> Vec<&'s Key> {
        match self.schema.shape(self.at) {
            Shape::Map(map) => map.fields.iter().map(|(key, _)| key).collect(),
            Shape::Any(uses) => uses
                .iter()
                .flat_map(|at| Self { at: *at, ..self }.keys())
                .collect(),
            Shape::Variants(variants) => variants.tagged.iter().map(|(key, _)| key).collect(),
            _ => Vec::new(),
        }
    }

    fn below(self, at: Use, key: &str, depth: usize) -> Option<Use> {
        match self.schema.shape(at) {
            Shape::Open => Some(at),
            Shape::Map(map) => match (map.index.get(key), map.rest) {
                (Some(used), _) => Some(*used),
                (None, Rest::Of(used)) => Some(used),
                (None, Rest::Refused | Rest::Open) => None,
            },
            Shape::Variants(variants) => variants
                .tagged
                .iter()
                .find(|(name, _)| *name == *key)
                .map(|(_, used)| *used),
            Shape::Any(uses) if depth < 16 => uses
                .iter()
                .find_map(|at| self.below(*at, key, depth.saturating_add(1))),
            _ => None,
        }
    }
}
