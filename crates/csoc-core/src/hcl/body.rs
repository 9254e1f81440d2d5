//! Bodies, attributes and blocks: what a file is made of.

use std::borrow::Cow;

use super::expression::Expression;
use crate::value::Origin;

/// The name of an attribute, block or function; costs nothing where the program holds the text anyway.
pub(crate) type Name = Cow<'static, str>;

/// A file, or what stands between the braces of a block.
///
/// Two are equal if Terraform reads them alike: comments, blank lines and
/// places do not count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    /// What it holds, in the order written.
    pub(crate) items: Vec<Item>,
    /// Who decides on lines.
    pub(crate) spacing: Spacing,
}

/// Who decides on the lines of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Spacing {
    /// The printer: one around each block, besides the [`Item::Blank`]s there are.
    #[default]
    Automatic,
    /// Only the [`Item::Blank`]s, as a file that was read has them.
    AsWritten,
    /// None: a block of one attribute in one line.
    OneLine,
}

/// One thing in a body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    /// `name = value`.
    Attribute(Attribute),
    /// `kind "label" { … }`.
    Block(Block),
    /// Lines of comment, without `#`.
    Comment(Box<str>),
    /// An empty line.
    Blank,
}

/// `name = value`.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    /// The name.
    pub(crate) name: Name,
    /// The value.
    pub(crate) value: Expression,
    /// Where the name stands.
    pub(crate) origin: Origin,
}

/// `kind "label" { … }`.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// `resource`, `module`, `lifecycle`…
    pub(crate) kind: Name,
    /// The labels.
    pub(crate) labels: Vec<Label>,
    /// What stands between the braces.
    pub(crate) body: Body,
    /// Where the kind and the labels stand.
    pub(crate) origin: Origin,
}

/// One label of a block, equal by its text.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    /// The text, without quotes.
    pub(crate) text: Name,
    /// Where it stands.
    pub(crate) origin: Origin,
}

impl Body {
    /// An empty body.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The same, with an attribute.
    #[must_use]
    pub(crate) fn attribute(mut self, name: impl Into<Name>, value: impl Into<Expression>) -> Self {
        self.push(Attribute::new(name, value));
        self
    }

    /// The same, with an attribute where there is a value.
    #[must_use]
    pub(crate) fn optional(
        self,
        name: impl Into<Name>,
        value: Option<impl Into<Expression>>,
    ) -> Self {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    /// The same, with a block.
    #[must_use]
    pub(crate) fn block(mut self, block: Block) -> Self {
        self.push(block);
        self
    }

    /// The same, with those blocks.
    #[must_use]
    pub(crate) fn blocks(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.items.extend(blocks.into_iter().map(Item::Block));
        self
    }

    /// The same, with lines of comment; they stick to what follows.
    #[must_use]
    pub(crate) fn comment(mut self, text: impl Into<Box<str>>) -> Self {
        self.push(Item::Comment(text.into()));
        self
    }

    /// The same, with an empty line.
    #[must_use]
    pub(crate) fn blank(mut self) -> Self {
        self.push(Item::Blank);
        self
    }

    /// Adds an attribute, a block or another item.
    pub(crate) fn push(&mut self, item: impl Into<Item>) {
        self.items.push(item.into());
    }

    /// The value of an attribute.
    pub(crate) fn get(&self, name: &str) -> Option<&Expression> {
        self.attributes()
            .find(|attribute| attribute.name == name)
            .map(|attribute| &attribute.value)
    }

    /// The attributes, in the order written.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.items.iter().filter_map(|item| match item {
            Item::Attribute(attribute) => Some(attribute),
            _ => None,
        })
    }

    /// The blocks, in the order written.
    pub(crate) fn all_blocks(&self) -> impl Iterator<Item = &Block> {
        self.items.iter().filter_map(|item| match item {
            Item::Block(block) => Some(block),
            _ => None,
        })
    }

    /// The blocks of one kind, in the order written.
    pub(crate) fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.all_blocks().filter(move |block| block.kind == kind)
    }

    /// Whether nothing in it means anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.meaning().next().is_none()
    }

    /// The items that mean something.
    fn meaning(&self) -> impl Iterator<Item = &Item> {
        self.items
            .iter()
            .filter(|item| matches!(item, Item::Attribute(_) | Item::Block(_)))
    }
}

impl Attribute {
    /// An attribute of no recorded origin.
    pub(crate) fn new(name: impl Into<Name>, value: impl Into<Expression>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            origin: Origin::Unknown,
        }
    }
}

impl Block {
    /// An empty block.
    pub(crate) fn new<L: Into<Name>>(
        kind: impl Into<Name>,
        labels: impl IntoIterator<Item = L>,
    ) -> Self {
        let label = |text: L| Label {
            text: text.into(),
            origin: Origin::Unknown,
        };
        Self {
            kind: kind.into(),
            labels: labels.into_iter().map(label).collect(),
            body: Body::new(),
            origin: Origin::Unknown,
        }
    }

    /// An empty block without labels.
    pub(crate) fn unlabelled(kind: impl Into<Name>) -> Self {
        Self::new(kind, std::iter::empty::<Name>())
    }

    /// The same, with that body.
    #[must_use]
    pub(crate) fn body(self, body: Body) -> Self {
        Self { body, ..self }
    }

    /// The same, of that origin.
    #[must_use]
    pub(crate) fn at(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// The same, with an attribute.
    #[must_use]
    pub(crate) fn attribute(mut self, name: impl Into<Name>, value: impl Into<Expression>) -> Self {
        self.body.push(Attribute::new(name, value));
        self
    }

    /// The same, with an attribute where there is a value.
    #[must_use]
    pub(crate) fn optional(
        mut self,
        name: impl Into<Name>,
        value: Option<impl Into<Expression>>,
    ) -> Self {
        self.body = self.body.optional(name, value);
        self
    }

    /// The same, with a block in it.
    #[must_use]
    pub(crate) fn block(mut self, block: Block) -> Self {
        self.body.push(block);
        self
    }

    /// The same, with those blocks in it.
    #[must_use]
    pub(crate) fn blocks(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.body = self.body.blocks(blocks);
        self
    }

    /// The same, with lines of comment in it.
    #[must_use]
    pub(crate) fn comment(mut self, text: impl Into<Box<str>>) -> Self {
        self.body.push(Item::Comment(text.into()));
        self
    }

    /// The text of a label, counted from 0.
    pub(crate) fn label(&self, index: usize) -> Option<&str> {
        self.labels.get(index).map(|label| &*label.text)
    }

    /// Whether it is of that kind and its labels begin with those.
    pub(crate) fn is(&self, kind: &str, labels: &[&str]) -> bool {
        self.kind == kind
            && self.labels.len() >= labels.len()
            && self
                .labels
                .iter()
                .zip(labels)
                .all(|(label, text)| label.text == *text)
    }
}

impl From<Attribute> for Item {
    fn from(attribute: Attribute) -> Self {
        Self::Attribute(attribute)
    }
}

impl From<Block> for Item {
    fn from(block: Block) -> Self {
        Self::Block(block)
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.meaning().eq(other.meaning())
    }
}

impl PartialEq for Attribute {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}

impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.labels == other.labels && self.body == other.body
    }
}

impl PartialEq for Label {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
