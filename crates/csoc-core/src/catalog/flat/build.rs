//! An ordinary value tree, laid flat.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::body::{REFERENCE_LIMIT, Shape, Tag};
use super::{DEPTH, FORMAT, FlatError, Header, LIMIT, MAGIC, header};
use crate::value::{Entry, Kind, Node, Reading, Scalar};

/// The bytes of a catalog. The same tree gives the same bytes, in whatever order its keys are written.
///
/// Keys of maps are sorted; of a key written twice the last counts; places are not kept.
pub(crate) fn encode(header: &Header, tree: &Node) -> Result<Vec<u8>, FlatError> {
    let mut inflated = header::write(header)?;
    Builder::new(tree)?.write(tree, &mut inflated)?;
    if inflated.len() > LIMIT {
        return Err(unfit("it is longer than 64 MiB"));
    }
    let length = u32::try_from(inflated.len()).map_err(|_| unfit("it is longer than 64 MiB"))?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend(FORMAT.to_le_bytes());
    bytes.extend(length.to_le_bytes());
    let mut encoder = ZlibEncoder::new(bytes, Compression::best());
    encoder
        .write_all(&inflated)
        .and_then(|()| encoder.finish())
        .map_err(|_| unfit("it does not compress"))
}

const fn unfit(what: &'static str) -> FlatError {
    FlatError::Unfit { what }
}

/// What is made so far.
struct Builder<'a> {
    /// All strings with their places.
    strings: BTreeMap<&'a str, u32>,
    words: Vec<u32>,
    /// The first word of each node that there is, by all its words.
    made: BTreeMap<Box<[u32]>, u32>,
}

impl<'a> Builder<'a> {
    /// Gathers the strings, so that their places are sorted.
    fn new(tree: &'a Node) -> Result<Self, FlatError> {
        let mut found = BTreeSet::new();
        gather(tree, 0, &mut found)?;
        if found.len() > REFERENCE_LIMIT as usize {
            return Err(unfit("it has too many strings"));
        }
        Ok(Self {
            strings: found.into_iter().zip(0..).collect(),
            words: Vec::new(),
            made: BTreeMap::new(),
        })
    }

    /// Appends the tables.
    fn write(mut self, tree: &Node, out: &mut Vec<u8>) -> Result<(), FlatError> {
        let root = self.reference(tree)?;
        let text: usize = self.strings.keys().map(|text| text.len()).sum();
        if text > LIMIT || self.words.len() > LIMIT {
            return Err(unfit("it is longer than 64 MiB"));
        }
        let count = |length: usize| u32::try_from(length).map_err(|_| unfit("it is too long"));
        let numbers = [count(self.strings.len())?, count(self.words.len())?, root];
        let mut offsets = vec![0];
        let mut end = 0_usize;
        for text in self.strings.keys() {
            end = end.saturating_add(text.len());
            offsets.push(count(end)?);
        }
        for number in numbers.iter().chain(&offsets).chain(&self.words) {
            out.extend(number.to_le_bytes());
        }
        for text in self.strings.keys() {
            out.extend(text.as_bytes());
        }
        Ok(())
    }

    fn string(&self, text: &str) -> u32 {
        self.strings.get(text).copied().unwrap_or_default()
    }

    fn reference(&mut self, node: &Node) -> Result<u32, FlatError> {
        match &node.kind {
            Kind::Scalar(scalar) => self.scalar(scalar),
            Kind::List(items) => {
                let mut words = vec![first(Shape::List, items.len())?];
                for item in items {
                    words.push(self.reference(item)?);
                }
                self.node(words)
            }
            Kind::Map(entries) => {
                let entries = sorted(entries);
                let mut words = vec![first(Shape::Map, entries.len())?];
                for (key, value) in entries {
                    words.push(self.string(key));
                    words.push(self.reference(value)?);
                }
                self.node(words)
            }
            Kind::Pending(_) => Err(unfit("a value of it is pending")),
        }
    }

    fn scalar(&mut self, scalar: &Scalar) -> Result<u32, FlatError> {
        match scalar.reading() {
            Reading::Null => Ok(Tag::Simple.with(0)),
            Reading::Bool(value) => Ok(Tag::Simple.with(if value { 2 } else { 1 })),
            Reading::Text(text) => Ok(Tag::String.with(self.string(text))),
            Reading::Float(_) => Ok(Tag::Number.with(self.string(&scalar.text))),
            Reading::Integer(whole) => {
                if let Ok(small) = u32::try_from(whole)
                    && small <= REFERENCE_LIMIT
                {
                    return Ok(Tag::Small.with(small));
                }
                let Ok(whole) = i64::try_from(whole) else {
                    return Ok(Tag::Number.with(self.string(&scalar.text)));
                };
                let bytes = whole.to_le_bytes();
                let (low, high) = bytes.split_at(4);
                let half = |bytes: &[u8]| {
                    bytes
                        .iter()
                        .rev()
                        .fold(0, |number: u32, byte| number << 8 | u32::from(*byte))
                };
                self.node(vec![Shape::Integer.with(1), half(low), half(high)])
            }
        }
    }

    /// The reference of a node, which is added only if none is equal to it.
    fn node(&mut self, words: Vec<u32>) -> Result<u32, FlatError> {
        if let Some(made) = self.made.get(words.as_slice()) {
            return Ok(Tag::Node.with(*made));
        }
        let at = u32::try_from(self.words.len())
            .ok()
            .filter(|at| *at <= REFERENCE_LIMIT)
            .ok_or(unfit("it has too many values"))?;
        self.words.extend(&words);
        self.made.insert(words.into(), at);
        Ok(Tag::Node.with(at))
    }
}

/// The first word of a node of so many items.
fn first(shape: Shape, items: usize) -> Result<u32, FlatError> {
    u32::try_from(items)
        .ok()
        .filter(|items| *items <= REFERENCE_LIMIT)
        .map(|items| shape.with(items))
        .ok_or(unfit("it has too many values"))
}

/// The entries of a map by key, the last where a key is written twice.
fn sorted(entries: &[Entry]) -> BTreeMap<&str, &Node> {
    entries
        .iter()
        .map(|entry| (entry.key.as_str(), &entry.node))
        .collect()
}

fn gather<'a>(node: &'a Node, depth: u8, found: &mut BTreeSet<&'a str>) -> Result<(), FlatError> {
    if depth >= DEPTH {
        return Err(unfit("values nest too deep"));
    }
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Text(text) => {
                found.insert(text);
            }
            Reading::Float(_) => {
                found.insert(&scalar.text);
            }
            Reading::Integer(whole) if i64::try_from(whole).is_err() => {
                found.insert(&scalar.text);
            }
            Reading::Null | Reading::Bool(_) | Reading::Integer(_) => {}
        },
        Kind::List(items) => {
            for item in items {
                gather(item, depth.saturating_add(1), found)?;
            }
        }
        Kind::Map(entries) => {
            for (key, value) in sorted(entries) {
                found.insert(key);
                gather(value, depth.saturating_add(1), found)?;
            }
        }
        Kind::Pending(_) => return Err(unfit("a value of it is pending")),
    }
    Ok(())
}
