//! The tables of a catalog, checked once.

use std::cmp::Ordering;

use super::error::damaged;
use super::word::{Word, Words};
use super::{DEPTH, EXPANDED, FlatError};

/// How many bits of a reference say what it refers to.
pub(super) const TAG_BITS: u32 = 3;
/// How many bits of a node's first word say what it is.
pub(super) const SHAPE_BITS: u32 = 2;
/// The largest number that fits a reference.
pub(super) const REFERENCE_LIMIT: u32 = u32::MAX >> TAG_BITS;

/// What a reference refers to: its lowest bits. The others are a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// 0 is null, 1 is false, 2 is true.
    Simple,
    /// A string, by its place in the table.
    String,
    /// A number that is no 64-bit integer, by the place of its text in the table.
    Number,
    /// A small integer from 0.
    Small,
    /// An integer, a list or a map, by its first word.
    Node,
}

impl Tag {
    /// The tag of a reference.
    pub(super) const fn of(reference: u32) -> Option<Self> {
        match reference & ((1 << TAG_BITS) - 1) {
            0 => Some(Self::Simple),
            1 => Some(Self::String),
            2 => Some(Self::Number),
            3 => Some(Self::Small),
            4 => Some(Self::Node),
            _ => None,
        }
    }

    /// The reference of that tag with that number, which must not be above [`REFERENCE_LIMIT`].
    pub(super) const fn with(self, number: u32) -> u32 {
        number << TAG_BITS | self as u32
    }
}

/// What a node is: the lowest bits of its first word. The others are how many items follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// References.
    List,
    /// Pairs of a key's string and a reference, sorted by key.
    Map,
    /// The low and the high half of a 64-bit integer.
    Integer,
}

impl Shape {
    /// The shape and the number of items that a first word says.
    pub(super) const fn of(first: u32) -> Option<(Self, usize)> {
        let items = (first >> SHAPE_BITS) as usize;
        match first & ((1 << SHAPE_BITS) - 1) {
            0 => Some((Self::List, items)),
            1 => Some((Self::Map, items)),
            2 if items == 1 => Some((Self::Integer, items)),
            _ => None,
        }
    }

    /// The first word of a node of so many items.
    pub(super) const fn with(self, items: u32) -> u32 {
        items << SHAPE_BITS | self as u32
    }

    /// How many words so many items take.
    const fn words(self, items: usize) -> usize {
        match self {
            Self::List => items,
            Self::Map | Self::Integer => items.saturating_mul(2),
        }
    }
}

/// The tables.
#[derive(Debug)]
pub(super) struct Body {
    root: u32,
    /// Where each string starts, and where the last ends.
    offsets: Box<[u32]>,
    words: Box<[u32]>,
    text: Box<str>,
    /// Where the keys stand that are asked for most.
    known: Words,
}

impl Body {
    /// Takes the tables apart and checks everything that they say of each other.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, FlatError> {
        let (numbers, rest) = bytes
            .split_at_checked(12)
            .ok_or(damaged("its tables are missing"))?;
        let [strings, words, root] = *numbers_of(numbers) else {
            return Err(damaged("its tables are missing"));
        };
        let (strings, words) = (strings as usize, words as usize);
        let (offsets, rest) = rest
            .split_at_checked(strings.saturating_add(1).saturating_mul(4))
            .ok_or(damaged("its strings are missing"))?;
        let (nodes, text) = rest
            .split_at_checked(words.saturating_mul(4))
            .ok_or(damaged("its nodes are missing"))?;
        let text = std::str::from_utf8(text).map_err(|_| damaged("its strings are no UTF-8"))?;
        let mut body = Self {
            root,
            offsets: numbers_of(offsets),
            words: numbers_of(nodes),
            text: text.into(),
            known: Words::default(),
        };
        body.check_strings()?;
        body.check_nodes()?;
        body.known = Words::of(&body);
        Ok(body)
    }

    /// Strings follow each other, and none is cut within a character.
    fn check_strings(&self) -> Result<(), FlatError> {
        let ends = self.offsets.last().copied().unwrap_or_default() as usize;
        let ordered = self.offsets.is_sorted();
        let whole = |offset: &u32| self.text.is_char_boundary(*offset as usize);
        if self.offsets.first() != Some(&0) || ends != self.text.len() || !ordered {
            return Err(damaged("its strings overlap"));
        }
        if !self.offsets.iter().all(whole) {
            return Err(damaged("a string is cut within a character"));
        }
        Ok(())
    }

    /// Nodes follow each other; references lead to strings and to nodes before; keys are sorted.
    fn check_nodes(&self) -> Result<(), FlatError> {
        let strings = self.offsets.len().saturating_sub(1);
        // For the first word of each node so far, how deep it is and how many values it holds; 0 where none starts.
        let mut known: Vec<(u8, u32)> = Vec::with_capacity(self.words.len());
        let weigh = |reference: u32, known: &[(u8, u32)]| {
            let number = (reference >> TAG_BITS) as usize;
            match Tag::of(reference) {
                Some(Tag::Simple) if number < 3 => Ok((0, 1)),
                Some(Tag::Small) => Ok((0, 1)),
                Some(Tag::String | Tag::Number) if number < strings => Ok((0, 1)),
                Some(Tag::Node) => match known.get(number) {
                    Some((depth, size)) if *depth > 0 => Ok((*depth, *size)),
                    _ => Err(damaged("a reference leads to no node")),
                },
                _ => Err(damaged("a reference leads nowhere")),
            }
        };
        let mut rest = &*self.words;
        while let Some((first, behind)) = rest.split_first() {
            let (shape, items) = Shape::of(*first).ok_or(damaged("a node is of no known shape"))?;
            let (children, after) = behind
                .split_at_checked(shape.words(items))
                .ok_or(damaged("a node has no end"))?;
            let (mut depth, mut size) = (0, 1_u32);
            let mut add = |reference: u32| {
                let (below, holds) = weigh(reference, &known)?;
                depth = depth.max(below);
                size = size.saturating_add(holds);
                Ok(())
            };
            match shape {
                Shape::List => children.iter().try_for_each(|reference| add(*reference))?,
                Shape::Map => {
                    let mut before = None;
                    for [key, value] in children.as_chunks().0 {
                        if *key as usize >= strings || before >= Some(key) {
                            return Err(damaged("keys of a map are not sorted"));
                        }
                        before = Some(key);
                        add(*value)?;
                    }
                }
                Shape::Integer => {}
            }
            if depth >= DEPTH {
                return Err(damaged("values nest too deep"));
            }
            if size > EXPANDED {
                return Err(damaged("it holds too many values"));
            }
            known.push((depth.saturating_add(1), size));
            known.extend(children.iter().map(|_| (0, 0)));
            rest = after;
        }
        weigh(self.root, &known).map(|_| ())
    }

    /// What the catalog says: a reference.
    pub(super) fn root(&self) -> u32 {
        self.root
    }

    /// A string by its place.
    pub(super) fn string(&self, index: u32) -> &str {
        let offset = |index: usize| self.offsets.get(index).map(|offset| *offset as usize);
        let index = index as usize;
        offset(index)
            .zip(offset(index.saturating_add(1)))
            .and_then(|(start, end)| self.text.get(start..end))
            .unwrap_or_default()
    }

    /// The bytes of a string by its place: enough to compare, and cheaper than text.
    pub(super) fn bytes(&self, index: u32) -> &[u8] {
        let index = index as usize;
        let start = self.offsets.get(index).copied();
        let end = self.offsets.get(index.saturating_add(1)).copied();
        let (Some(start), Some(end)) = (start, end) else {
            return &[];
        };
        let bytes = self.text.as_bytes();
        bytes.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The place of a string, where it is in the table.
    pub(super) fn index_of(&self, text: &str) -> Option<u32> {
        let (mut least, mut most) = (0, self.offsets.len().saturating_sub(1));
        while least < most {
            let middle = least.midpoint(most);
            let index = u32::try_from(middle).ok()?;
            match self.bytes(index).cmp(text.as_bytes()) {
                Ordering::Less => least = middle.saturating_add(1),
                Ordering::Equal => return Some(index),
                Ordering::Greater => most = middle,
            }
        }
        None
    }

    /// The place of a word in the table.
    pub(super) fn word(&self, word: Word) -> Option<u32> {
        self.known.place(word)
    }

    /// The shape of a node and the words of its items.
    pub(super) fn node(&self, first: u32) -> Option<(Shape, &[u32])> {
        let at = first as usize;
        let (shape, items) = Shape::of(*self.words.get(at)?)?;
        let start = at.checked_add(1)?;
        let end = start.checked_add(shape.words(items))?;
        Some((shape, self.words.get(start..end)?))
    }
}

fn numbers_of(bytes: &[u8]) -> Box<[u32]> {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|chunk| u32::from_le_bytes(*chunk))
        .collect()
}
