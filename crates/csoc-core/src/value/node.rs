//! The one value type: a tree of scalars, lists and maps that remembers where each part came from.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::span::Span;

/// A value and where it came from. Two nodes are equal if their data is; places do not count.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it came from.
    pub(crate) origin: Origin,
}

/// What a [`Node`] can be. Maps are equal if they hold the same, in whatever order.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A single value.
    Scalar(Scalar),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in the order written; duplicate keys are kept, and refused by the walker.
    Map(Vec<Entry>),
    /// A value that only the cloud can give, and that is not recorded yet: the outputs it needs.
    Pending(Box<[Key]>),
}

/// One key of a map with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: Key,
    /// Where the key stands.
    pub(crate) key_origin: Origin,
    /// The value.
    pub(crate) node: Node,
}

/// Where a node came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Origin {
    /// Text of a file.
    Text(Span),
    /// A rule of ours; the number is into the table of the document that holds the node.
    Made(u32),
    /// Not recorded.
    #[default]
    Unknown,
}

impl Origin {
    /// The place in a file, where it is one.
    pub(crate) fn span(self) -> Option<Span> {
        match self {
            Self::Text(span) => Some(span),
            Self::Made(_) | Self::Unknown => None,
        }
    }
}

/// A scalar as text with the style it was written in.
///
/// How a YAML reader takes it is a function of both: `off` plain is a boolean
/// for Helm (YAML 1.1), `'off'` is a string.
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    /// The text after escapes and folding are undone.
    pub(crate) text: Box<str>,
    /// How it was, or must be, written.
    pub(crate) style: Style,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes: its type follows from the text.
    Plain,
    /// Quoted or a block: always a string.
    Quoted,
}

/// What a reader takes a scalar for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading<'a> {
    /// `null`, `~` or nothing at all.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(&'a str),
}

/// A map key: opaque, compared by content, cheap to copy.
#[derive(Clone)]
pub(crate) struct Key(KeyText);

#[derive(Clone)]
enum KeyText {
    Static(&'static str),
    Shared(Arc<str>),
}

impl Key {
    /// A key whose text the program holds anyway; costs nothing.
    pub(crate) const fn fixed(text: &'static str) -> Self {
        Self(KeyText::Static(text))
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        match &self.0 {
            KeyText::Static(text) => text,
            KeyText::Shared(text) => text,
        }
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self(KeyText::Shared(text.into()))
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self(KeyText::Shared(text.into()))
    }
}

impl From<Arc<str>> for Key {
    fn from(text: Arc<str>) -> Self {
        Self(KeyText::Shared(text))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Key {}

impl PartialEq<str> for Key {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Key {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar(one), Self::Scalar(two)) => one == two,
            (Self::List(one), Self::List(two)) => one == two,
            (Self::Map(one), Self::Map(two)) => same_entries(one, two),
            (Self::Pending(one), Self::Pending(two)) => one == two,
            _ => false,
        }
    }
}

/// Whether two maps hold the same. Where a key is written twice, the order of its values counts.
fn same_entries(one: &[Entry], two: &[Entry]) -> bool {
    if one.len() != two.len() {
        return false;
    }
    if one.iter().zip(two).all(|(one, two)| one.key == two.key) {
        return one.iter().zip(two).all(|(one, two)| one.node == two.node);
    }
    let sorted = |entries| {
        let mut entries: Vec<&Entry> = Vec::from_iter(entries);
        entries.sort_by(|one, two| one.key.cmp(&two.key));
        entries
    };
    sorted(one) == sorted(two)
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.node == other.node
    }
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.reading() == other.reading()
    }
}

impl Scalar {
    /// A string, whatever its text looks like.
    pub(crate) fn string(text: impl Into<Box<str>>) -> Self {
        Self {
            text: text.into(),
            style: Style::Quoted,
        }
    }

    /// A scalar without quotes.
    pub(crate) fn plain(text: impl Into<Box<str>>) -> Self {
        Self {
            text: text.into(),
            style: Style::Plain,
        }
    }

    /// What Helm's reader takes it for: YAML 1.1 booleans and numbers.
    pub(crate) fn reading(&self) -> Reading<'_> {
        match self.style {
            Style::Quoted => Reading::Text(&self.text),
            Style::Plain => super::scalar::read_plain(&self.text),
        }
    }
}

impl Node {
    /// A node of no recorded origin.
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            origin: Origin::Unknown,
        }
    }

    /// A string.
    pub(crate) fn string(text: impl Into<Box<str>>) -> Self {
        Self::new(Kind::Scalar(Scalar::string(text)))
    }

    /// `true` or `false`.
    pub(crate) fn bool(value: bool) -> Self {
        Self::new(Kind::Scalar(Scalar::plain(if value {
            "true"
        } else {
            "false"
        })))
    }

    /// A whole number.
    pub(crate) fn integer(value: impl Into<i128>) -> Self {
        Self::new(Kind::Scalar(Scalar::plain(value.into().to_string())))
    }

    /// `null`.
    pub(crate) fn null() -> Self {
        Self::new(Kind::Scalar(Scalar::plain("null")))
    }

    /// A list.
    pub(crate) fn list(items: impl IntoIterator<Item = Node>) -> Self {
        Self::new(Kind::List(items.into_iter().collect()))
    }

    /// An empty map, to be filled with [`Node::set`] or [`Node::insert`].
    pub(crate) fn map() -> Self {
        Self::new(Kind::Map(Vec::new()))
    }

    /// The same node, of that origin.
    #[must_use]
    pub(crate) fn at(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The items, where it is a list.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(scalar) if scalar.reading() == Reading::Null)
    }

    /// Whether it is a map.
    pub(crate) fn is_map(&self) -> bool {
        matches!(self.kind, Kind::Map(_))
    }

    /// What it is, with its article, as messages say it: `a map`, `a whole number`.
    pub(crate) fn kind_name(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar(scalar) => match scalar.reading() {
                Reading::Null => "null",
                Reading::Bool(_) => "a boolean",
                Reading::Integer(_) => "a whole number",
                Reading::Float(_) => "a number",
                Reading::Text(_) => "a string",
            },
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
            Kind::Pending(_) => "pending",
        }
    }

    /// Its place in a file, where it has one.
    pub(crate) fn span(&self) -> Option<Span> {
        self.origin.span()
    }

    /// Whether any value in it is pending.
    pub(crate) fn is_pending(&self) -> bool {
        match &self.kind {
            Kind::Pending(_) => true,
            Kind::Scalar(_) => false,
            Kind::List(items) => items.iter().any(Node::is_pending),
            Kind::Map(entries) => entries.iter().any(|entry| entry.node.is_pending()),
        }
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::string(text)
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::string(text)
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Self::bool(value)
    }
}

impl From<u32> for Node {
    fn from(value: u32) -> Self {
        Self::integer(value)
    }
}

impl From<Vec<Node>> for Node {
    fn from(items: Vec<Node>) -> Self {
        Self::list(items)
    }
}
