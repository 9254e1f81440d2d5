//! Reading what a catalog says, where it lies.

use std::fmt;

use super::body::{Body, Shape, TAG_BITS, Tag};
use super::word::Word;
use crate::value::{Kind, Node, Scalar};

/// One value of a catalog: a place in it, cheap to copy. What is asked of the wrong kind is not there.
#[derive(Clone, Copy)]
pub(crate) struct FlatValue<'a> {
    body: &'a Body,
    reference: u32,
}

impl<'a> FlatValue<'a> {
    pub(super) const fn new(body: &'a Body, reference: u32) -> Self {
        Self { body, reference }
    }

    fn number(self, tag: Tag) -> Option<u32> {
        (Tag::of(self.reference) == Some(tag)).then_some(self.reference >> TAG_BITS)
    }

    /// Words of the items, where it is of that shape.
    fn words(self, shape: Shape) -> Option<&'a [u32]> {
        let (found, words) = self.body.node(self.number(Tag::Node)?)?;
        (found == shape).then_some(words)
    }

    /// The number of its node, which equal lists and maps of a catalog share; none of a single value.
    #[cfg(test)]
    pub(crate) fn id(self) -> Option<u32> {
        self.number(Tag::Node)
    }

    /// Whether it is null.
    pub(crate) fn is_null(self) -> bool {
        self.number(Tag::Simple) == Some(0)
    }

    /// Whether it is a map.
    pub(crate) fn is_map(self) -> bool {
        self.words(Shape::Map).is_some()
    }

    /// Whether it is a list.
    pub(crate) fn is_list(self) -> bool {
        self.words(Shape::List).is_some()
    }

    /// The boolean.
    pub(crate) fn bool(self) -> Option<bool> {
        match self.number(Tag::Simple)? {
            1 => Some(false),
            2 => Some(true),
            _ => None,
        }
    }

    /// The integer.
    pub(crate) fn integer(self) -> Option<i64> {
        if let Some(small) = self.number(Tag::Small) {
            return Some(small.into());
        }
        match self.words(Shape::Integer)? {
            [low, high] => Some((u64::from(*high) << 32 | u64::from(*low)).cast_signed()),
            _ => None,
        }
    }

    /// The string.
    pub(crate) fn str(self) -> Option<&'a str> {
        self.number(Tag::String)
            .map(|index| self.body.string(index))
    }

    /// The text of a number that is no 64-bit integer.
    pub(crate) fn number_text(self) -> Option<&'a str> {
        self.number(Tag::Number)
            .map(|index| self.body.string(index))
    }

    /// The value of a key of a map.
    pub(crate) fn get(self, key: &str) -> Option<Self> {
        let pairs = self.words(Shape::Map)?.as_chunks::<2>().0;
        let found = pairs
            .binary_search_by(|[name, _]| self.body.bytes(*name).cmp(key.as_bytes()))
            .ok()?;
        pairs
            .get(found)
            .map(|[_, reference]| Self::new(self.body, *reference))
    }

    /// The value of a key that is asked for by what it means.
    pub(crate) fn word(self, word: Word) -> Option<Self> {
        let place = self.body.word(word)?;
        let pairs = self.words(Shape::Map)?.as_chunks::<2>().0;
        // What these are in is a handful of keys.
        let mut found = pairs.iter().filter(|[name, _]| *name == place);
        found
            .next()
            .map(|[_, reference]| Self::new(self.body, *reference))
    }

    /// The value below a row of keys.
    pub(crate) fn path<'k>(self, keys: impl IntoIterator<Item = &'k str>) -> Option<Self> {
        keys.into_iter().try_fold(self, Self::get)
    }

    /// How many entries or items it has.
    pub(crate) fn len(self) -> usize {
        match self.number(Tag::Node).and_then(|node| self.body.node(node)) {
            Some((Shape::Map, words)) => words.len() / 2,
            Some((Shape::List, words)) => words.len(),
            _ => 0,
        }
    }

    /// The entries of a map, sorted by key.
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'a str, Self)> + Clone {
        let pairs = self.words(Shape::Map).unwrap_or_default().as_chunks::<2>();
        pairs
            .0
            .iter()
            .map(move |[key, value]| (self.body.string(*key), Self::new(self.body, *value)))
    }

    /// The keys of a map whose values are of a kind, sorted.
    pub(crate) fn keys_where(
        self,
        is: impl Fn(Self) -> bool + Clone,
    ) -> impl Iterator<Item = &'a str> {
        let pairs = self.words(Shape::Map).unwrap_or_default().as_chunks::<2>();
        let of_kind = move |[_, value]: &&[u32; 2]| is(Self::new(self.body, *value));
        let found = pairs.0.iter().filter(of_kind);
        found.map(move |[key, _]| self.body.string(*key))
    }

    /// The keys of a map, sorted.
    pub(crate) fn keys(self) -> impl Iterator<Item = &'a str> + Clone {
        self.entries().map(|(key, _)| key)
    }

    /// The items of a list.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> + Clone {
        let items = self.words(Shape::List).unwrap_or_default();
        items
            .iter()
            .map(move |reference| Self::new(self.body, *reference))
    }

    /// The same as an ordinary value tree.
    pub(crate) fn to_node(self) -> Node {
        if let Some(text) = self.str() {
            return Node::string(text);
        }
        if let Some(integer) = self.integer() {
            return Node::integer(integer);
        }
        if let Some(value) = self.bool() {
            return Node::bool(value);
        }
        if let Some(text) = self.number_text() {
            return Node::new(Kind::Scalar(Scalar::plain(text)));
        }
        if self.is_list() {
            return Node::list(self.items().map(Self::to_node));
        }
        if self.is_null() || !self.is_map() {
            return Node::null();
        }
        let mut map = Node::map();
        for (key, value) in self.entries() {
            map.append(key, value.to_node());
        }
        map
    }
}

impl fmt::Debug for FlatValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_node().kind, f)
    }
}
