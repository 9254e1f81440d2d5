//! What a value is, as far as text tells: of schemas, of type constraints, of literals.

use crate::catalog::flat::FlatValue;
use crate::catalog::provider::{BlockSchema, NestedSchema, Nesting, TypeSchema};
use crate::hcl::{Expression, ExpressionKind, Field};

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape<'s> {
    /// Anything: nothing is said about it.
    Unknown,
    /// Text.
    String,
    /// A number.
    Number,
    /// A boolean.
    Bool,
    /// A list.
    List(Element<'s>),
    /// A set.
    Set(Element<'s>),
    /// A map.
    Map(Element<'s>),
    /// Values in an order, each of its own type.
    Tuple,
    /// An object.
    Object(Fields<'s>),
}

/// What the elements of a collection are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Element<'s> {
    /// Anything.
    Unknown,
    /// A type of a schema.
    Type(FlatValue<'s>),
    /// Objects of a block.
    Block(BlockSchema<'s>),
    /// A type constraint.
    Constraint(&'s Expression),
}

/// What an object has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fields<'s> {
    /// Types of a schema, and the names that may be left out.
    Types(FlatValue<'s>, Option<FlatValue<'s>>),
    /// Arguments and nested blocks.
    Block(BlockSchema<'s>),
    /// The fields of `object({…})`.
    Constraint(&'s [Field]),
    /// The fields of `{…}`.
    Literal(&'s [Field]),
}

impl<'s> Element<'s> {
    /// The shape of each.
    pub(super) fn shape(self) -> Shape<'s> {
        match self {
            Self::Unknown => Shape::Unknown,
            Self::Type(value) => Shape::of_type(TypeSchema::of(value)),
            Self::Block(block) => Shape::Object(Fields::Block(block)),
            Self::Constraint(expression) => Shape::of_constraint(expression),
        }
    }
}

impl<'s> Shape<'s> {
    /// The shape of a schema's type.
    pub(super) fn of_type(of: TypeSchema<'s>) -> Self {
        match of {
            TypeSchema::String => Self::String,
            TypeSchema::Number => Self::Number,
            TypeSchema::Bool => Self::Bool,
            TypeSchema::Dynamic => Self::Unknown,
            TypeSchema::List(of) => Self::List(Element::Type(of)),
            TypeSchema::Set(of) => Self::Set(Element::Type(of)),
            TypeSchema::Map(of) => Self::Map(Element::Type(of)),
            TypeSchema::Object(of, optional) => Self::Object(Fields::Types(of, optional)),
            TypeSchema::Tuple => Self::Tuple,
            TypeSchema::Nested(nesting, block) => Self::of_nesting(nesting, block),
        }
    }

    /// The shape of nested blocks.
    pub(super) fn of_nested(nested: NestedSchema<'s>) -> Self {
        match nested.schema() {
            Some(block) => Self::of_nesting(nested.nesting(), block),
            None => Self::Unknown,
        }
    }

    fn of_nesting(nesting: Nesting, block: BlockSchema<'s>) -> Self {
        match nesting {
            Nesting::Single | Nesting::Group => Self::Object(Fields::Block(block)),
            Nesting::List => Self::List(Element::Block(block)),
            Nesting::Set => Self::Set(Element::Block(block)),
            Nesting::Map => Self::Map(Element::Block(block)),
        }
    }

    /// The shape of a variable's `type`.
    pub(super) fn of_constraint(expression: &'s Expression) -> Self {
        match &expression.bare().kind {
            ExpressionKind::Reference(name, steps) if steps.is_empty() => match &**name {
                "string" => Self::String,
                "number" => Self::Number,
                "bool" => Self::Bool,
                "list" => Self::List(Element::Unknown),
                "set" => Self::Set(Element::Unknown),
                "map" => Self::Map(Element::Unknown),
                _ => Self::Unknown,
            },
            ExpressionKind::Call(call) => match (&*call.name, call.arguments.first()) {
                ("list", Some(of)) => Self::List(Element::Constraint(of)),
                ("set", Some(of)) => Self::Set(Element::Constraint(of)),
                ("map", Some(of)) => Self::Map(Element::Constraint(of)),
                ("tuple", _) => Self::Tuple,
                ("optional", Some(of)) => Self::of_constraint(of),
                ("object", Some(of)) => match &of.bare().kind {
                    ExpressionKind::Object(fields) => Self::Object(Fields::Constraint(fields)),
                    _ => Self::Unknown,
                },
                _ => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }

    /// What it is called, with its article.
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Unknown => "a value",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Bool => "a boolean",
            Self::List(_) | Self::Tuple => "a list",
            Self::Set(_) => "a set",
            Self::Map(_) => "a map",
            Self::Object(_) => "an object",
        }
    }

    /// Whether it holds other values.
    pub(super) const fn is_collection(self) -> bool {
        !matches!(
            self,
            Self::Unknown | Self::String | Self::Number | Self::Bool
        )
    }
}

impl<'s> Fields<'s> {
    /// A field by its name.
    pub(super) fn get(self, name: &str) -> Option<Shape<'s>> {
        match self {
            Self::Types(types, _) => types.get(name).map(|of| Shape::of_type(TypeSchema::of(of))),
            Self::Block(block) => block
                .attribute(name)
                .map(|attribute| Shape::of_type(attribute.of()))
                .or_else(|| block.block(name).map(Shape::of_nested)),
            Self::Constraint(fields) => {
                field(fields, name).map(|field| Shape::of_constraint(&field.value))
            }
            Self::Literal(fields) => field(fields, name).map(|field| shape_of(&field.value)),
        }
    }

    /// The names that there are.
    pub(super) fn names(self) -> Vec<&'s str> {
        match self {
            Self::Types(types, _) => types.keys().collect(),
            Self::Block(block) => {
                let blocks = block.blocks().map(|(name, _)| name);
                block
                    .attributes()
                    .map(|(name, _)| name)
                    .chain(blocks)
                    .collect()
            }
            Self::Constraint(fields) | Self::Literal(fields) => fields
                .iter()
                .filter_map(|field| field.key.as_str())
                .collect(),
        }
    }

    /// Whether there may be more than is known: a literal with computed keys.
    pub(super) fn is_open(self) -> bool {
        match self {
            Self::Literal(fields) => fields.iter().any(|field| field.key.as_str().is_none()),
            Self::Types(..) | Self::Block(_) | Self::Constraint(_) => false,
        }
    }
}

fn field<'s>(fields: &'s [Field], name: &str) -> Option<&'s Field> {
    fields.iter().find(|field| field.key.as_str() == Some(name))
}

/// The shape of an expression by itself, without looking at what it refers to.
pub(super) fn shape_of(expression: &Expression) -> Shape<'_> {
    match &expression.bare().kind {
        ExpressionKind::Bool(_) => Shape::Bool,
        ExpressionKind::Number(_) => Shape::Number,
        ExpressionKind::String(_) | ExpressionKind::Template(_) => Shape::String,
        ExpressionKind::List(_) => Shape::Tuple,
        ExpressionKind::Object(fields) => Shape::Object(Fields::Literal(fields)),
        ExpressionKind::For(each) if each.result_key.is_none() => Shape::Tuple,
        ExpressionKind::Call(call) => shape_of_call(&call.name),
        _ => Shape::Unknown,
    }
}

/// What a function makes, where that does not depend on what it is given.
fn shape_of_call(name: &str) -> Shape<'static> {
    match name {
        "jsonencode" | "yamlencode" | "format" | "join" | "lower" | "upper" | "replace"
        | "trimspace" | "trimprefix" | "trimsuffix" | "base64encode" | "file" | "templatefile"
        | "substr" | "title" | "sha256" | "md5" | "tostring" | "cidrsubnet" | "cidrhost"
        | "basename" | "dirname" | "timestamp" | "uuid" => Shape::String,
        "length" | "tonumber" | "ceil" | "floor" | "abs" | "parseint" => Shape::Number,
        "tobool" | "can" | "contains" | "startswith" | "endswith" | "fileexists" => Shape::Bool,
        "split" | "keys" | "range" | "regexall" | "tolist" | "formatlist" | "sort" => {
            Shape::List(Element::Unknown)
        }
        "toset" | "setunion" | "setproduct" | "fileset" => Shape::Set(Element::Unknown),
        _ => Shape::Unknown,
    }
}
