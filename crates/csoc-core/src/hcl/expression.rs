//! Expressions: everything that can stand behind a `=`.

use super::body::Name;
use super::operation::{Binary, BinaryOperator, UnaryOperator};
use super::quote::is_identifier;
use super::reference::parse_reference;
use crate::value::Origin;

/// A value or a formula for one.
///
/// Two are equal if Terraform reads them alike: places, line breaks and
/// superfluous parentheses or quotes (`"${x}"` for `x`) do not count.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    /// What it is.
    pub(crate) kind: ExpressionKind,
    /// How its lines break.
    pub(crate) layout: Layout,
    /// Where it came from.
    pub(crate) origin: Origin,
}

/// How the lines of an expression break. A hint: where a form is impossible the printer takes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Layout {
    /// The printer decides: objects over lines, lists and calls if they get longer than 80 columns.
    #[default]
    Automatic,
    /// In one line.
    OneLine,
    /// Each item on a line.
    Broken,
    /// A list of one item whose brackets stand beside the item's: `[{` … `}]`.
    Hugged,
    /// Text as `<<-EOT`, where it is a whole value and ends in a line break.
    Heredoc,
}

/// What an [`Expression`] can be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ExpressionKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(Box<str>),
    /// Text that holds no expression, whatever it looks like.
    String(Box<str>),
    /// Text with expressions in it. Made by [`Expression::template`].
    Template(Vec<Part>),
    /// `[…]`.
    List(Vec<Expression>),
    /// `{…}`, in the order written.
    Object(Vec<Field>),
    /// `root.attribute[0]`.
    Reference(Name, Vec<Step>),
    /// Steps into anything else: `f(x).attribute`.
    Access(Box<Expression>, Vec<Step>),
    /// `name(…)`.
    Call(Call),
    /// `condition ? then : otherwise`.
    Conditional(Box<Conditional>),
    /// An operator and a value.
    Unary(UnaryOperator, Box<Expression>),
    /// Two values with an operator between them.
    Binary(Box<Binary>),
    /// `[for … : …]` or `{for … : … => …}`.
    For(Box<For>),
    /// `(…)`, as written; the printer adds those that it needs.
    Parenthesis(Box<Expression>),
}

/// One piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// Text.
    Literal(Box<str>),
    /// `${…}`.
    Interpolation(Expression, Trim),
    /// `%{…}`; branches and loops stay a flat row of those.
    Directive(Directive, Trim),
}

/// Whether the space before and behind a `${…}` or `%{…}` goes: its `~`s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Trim {
    /// `${~`
    pub(crate) before: bool,
    /// `~}`
    pub(crate) behind: bool,
}

/// What a `%{…}` says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Directive {
    /// `if condition`
    If(Expression),
    /// `else`
    Else,
    /// `endif`
    EndIf,
    /// `for key, value in collection`
    For(Option<Name>, Name, Expression),
    /// `endfor`
    EndFor,
}

/// One entry of an object.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// The key.
    pub(crate) key: ObjectKey,
    /// The value.
    pub(crate) value: Expression,
    /// Where the key stands.
    pub(crate) origin: Origin,
}

/// A key of an object. The first two are equal if their text is.
#[derive(Debug, Clone)]
pub(crate) enum ObjectKey {
    /// `key`
    Identifier(Name),
    /// `"key"`
    String(Name),
    /// `(expression)`, or a template.
    Expression(Box<Expression>),
}

/// One step into a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// `.name`
    Attribute(Name),
    /// `[index]`
    Index(Expression),
    /// `.0`, the old way to write `[0]`.
    Position(u64),
    /// `[*]`
    Splat,
    /// `.*`
    AttributeSplat,
}

/// `name(arguments)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    /// The name, with its namespace: `provider::aws::arn_parse`.
    pub(crate) name: Name,
    /// What it is called with.
    pub(crate) arguments: Vec<Expression>,
    /// Whether the last argument is a list of arguments: `…)`.
    pub(crate) spread: bool,
}

/// `condition ? then : otherwise`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Conditional {
    /// What decides.
    pub(crate) condition: Expression,
    /// The value if it is true.
    pub(crate) then: Expression,
    /// The value if it is false.
    pub(crate) otherwise: Expression,
}

/// `for key, value in collection : result`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct For {
    /// The name of the key or position.
    pub(crate) key: Option<Name>,
    /// The name of the item.
    pub(crate) value: Name,
    /// What it goes over.
    pub(crate) collection: Expression,
    /// The key of the result, where an object is made.
    pub(crate) result_key: Option<Expression>,
    /// The item of the result.
    pub(crate) result: Expression,
    /// Whether results of the same key are gathered: `...`.
    pub(crate) grouped: bool,
    /// Which items count.
    pub(crate) condition: Option<Expression>,
}

impl Expression {
    /// An expression of no recorded origin.
    pub(crate) fn new(kind: ExpressionKind) -> Self {
        Self {
            kind,
            layout: Layout::Automatic,
            origin: Origin::Unknown,
        }
    }

    /// `null`.
    pub(crate) fn null() -> Self {
        Self::new(ExpressionKind::Null)
    }

    /// A list.
    pub(crate) fn list<T: Into<Expression>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::new(ExpressionKind::List(
            items.into_iter().map(Into::into).collect(),
        ))
    }

    /// An object. Keys are written without quotes where that means the same.
    pub(crate) fn object<K: Into<ObjectKey>>(
        fields: impl IntoIterator<Item = (K, Expression)>,
    ) -> Self {
        let field = |(key, value): (K, Expression)| Field {
            key: key.into(),
            value,
            origin: Origin::Unknown,
        };
        Self::new(ExpressionKind::Object(
            fields.into_iter().map(field).collect(),
        ))
    }

    /// A reference whose text the program makes, such as `aws_iam_role.fence.arn` or `module.vpc[0].ids["a"]`.
    ///
    /// # Panics
    ///
    /// If it is anything else; [`parse_reference`] is for text from outside.
    pub(crate) fn reference(text: &str) -> Self {
        parse_reference(text).unwrap_or_else(|| panic!("`{text}` is not a reference"))
    }

    /// `name(arguments)`.
    pub(crate) fn call(
        name: impl Into<Name>,
        arguments: impl IntoIterator<Item = Expression>,
    ) -> Self {
        let arguments = arguments.into_iter().collect();
        Self::new(ExpressionKind::Call(Call {
            name: name.into(),
            arguments,
            spread: false,
        }))
    }

    /// Text with expressions in it; a plain string where none is.
    pub(crate) fn template(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut joined: Vec<Part> = Vec::new();
        for part in parts {
            match (joined.last_mut(), part) {
                (Some(Part::Literal(before)), Part::Literal(text)) => {
                    *before = [&**before, &*text].concat().into();
                }
                (_, Part::Literal(text)) if text.is_empty() => {}
                (_, part) => joined.push(part),
            }
        }
        match &mut *joined {
            [] => Self::from(""),
            [Part::Literal(text)] => Self::new(ExpressionKind::String(std::mem::take(text))),
            _ => Self::new(ExpressionKind::Template(joined)),
        }
    }

    /// `condition ? then : otherwise`.
    pub(crate) fn conditional(condition: Self, then: Self, otherwise: Self) -> Self {
        Self::new(ExpressionKind::Conditional(Box::new(Conditional {
            condition,
            then,
            otherwise,
        })))
    }

    /// Two values with an operator between them.
    pub(crate) fn binary(left: Self, operator: BinaryOperator, right: Self) -> Self {
        Self::new(ExpressionKind::Binary(Box::new(Binary {
            left,
            operator,
            right,
        })))
    }

    /// The attribute of that name of this value.
    #[must_use]
    pub(crate) fn dot(self, name: impl Into<Name>) -> Self {
        self.step(Step::Attribute(name.into()))
    }

    /// The item of this value at that index or key.
    #[must_use]
    pub(crate) fn index(self, index: impl Into<Expression>) -> Self {
        self.step(Step::Index(index.into()))
    }

    /// One step into this value.
    #[must_use]
    pub(crate) fn step(mut self, step: Step) -> Self {
        match &mut self.kind {
            ExpressionKind::Reference(_, steps) | ExpressionKind::Access(_, steps) => {
                steps.push(step);
                self
            }
            _ => Self {
                origin: self.origin,
                ..Self::new(ExpressionKind::Access(Box::new(self), vec![step]))
            },
        }
    }

    /// The same, with its lines broken like that.
    #[must_use]
    pub(crate) fn layout(self, layout: Layout) -> Self {
        Self { layout, ..self }
    }

    /// The same, of that origin.
    #[must_use]
    pub(crate) fn at(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// The expression without parentheses or quotes that change nothing.
    pub(crate) fn bare(&self) -> &Self {
        match &self.kind {
            ExpressionKind::Parenthesis(inner) => inner.bare(),
            ExpressionKind::Template(parts) => match &**parts {
                [Part::Interpolation(inner, _)] => inner.bare(),
                _ => self,
            },
            _ => self,
        }
    }

    /// The text, where it is plain text.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.bare().kind {
            ExpressionKind::String(text) => Some(text),
            _ => None,
        }
    }
}

impl ObjectKey {
    /// The text, where it is known.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Identifier(text) | Self::String(text) => Some(text),
            Self::Expression(expression) => expression.as_str(),
        }
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.bare().kind == other.bare().kind
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.value == other.value
    }
}

impl PartialEq for ObjectKey {
    fn eq(&self, other: &Self) -> bool {
        match (self.as_str(), other.as_str()) {
            (Some(text), Some(other)) => text == other,
            (None, None) => match (self, other) {
                (Self::Expression(one), Self::Expression(other)) => one == other,
                _ => false,
            },
            _ => false,
        }
    }
}

impl<T: Into<Name>> From<T> for ObjectKey {
    fn from(text: T) -> Self {
        let text = text.into();
        if is_identifier(&text) {
            Self::Identifier(text)
        } else {
            Self::String(text)
        }
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Literal(text.into())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::Literal(text.into())
    }
}

impl From<Expression> for Part {
    fn from(expression: Expression) -> Self {
        Self::Interpolation(expression, Trim::default())
    }
}

impl From<&str> for Expression {
    fn from(text: &str) -> Self {
        Self::new(ExpressionKind::String(text.into()))
    }
}

impl From<String> for Expression {
    fn from(text: String) -> Self {
        Self::new(ExpressionKind::String(text.into()))
    }
}

impl From<bool> for Expression {
    fn from(value: bool) -> Self {
        Self::new(ExpressionKind::Bool(value))
    }
}

impl<T: Into<Expression>> From<Vec<T>> for Expression {
    fn from(items: Vec<T>) -> Self {
        Self::list(items)
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Expression {
            fn from(value: $integer) -> Self {
                Self::new(ExpressionKind::Number(value.to_string().into()))
            }
        }
    )*};
}

from_integers!(u8, u16, u32, u64, usize, i32, i64, i128);
