//! The bytes of the index: numbers in little endian, strings once each and by number, a digest of all at the end.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::digest::Digest;
use super::manifest::{Entry, State};
use super::path::FilePath;
use super::stat::{Moment, Stat};

/// Bytes in the making.
#[derive(Debug, Default)]
pub(crate) struct Writer<'a> {
    strings: Vec<&'a str>,
    /// Number by string. Never iterated over, so its order reaches no output.
    numbers: HashMap<&'a str, u32>,
    body: Vec<u8>,
}

impl<'a> Writer<'a> {
    /// A number of things that follow.
    ///
    /// More than 2³² cannot be in memory; cut off, they would fail to read back, and an index may be lost.
    pub(crate) fn count(&mut self, count: usize) {
        self.body.extend_from_slice(&number(count).to_le_bytes());
    }

    /// A string, stored once.
    pub(crate) fn string(&mut self, text: &'a str) {
        let next = number(self.strings.len());
        let number = *self.numbers.entry(text).or_insert_with(|| {
            self.strings.push(text);
            next
        });
        self.body.extend_from_slice(&number.to_le_bytes());
    }

    /// Bytes with their length.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.body.extend_from_slice(bytes);
    }

    /// A digest.
    pub(crate) fn digest(&mut self, digest: &Digest) {
        self.body.extend_from_slice(digest.as_bytes());
    }

    /// What a file looked like.
    pub(crate) fn stat(&mut self, stat: &Stat) {
        self.body.extend_from_slice(&stat.size.to_le_bytes());
        self.body.extend_from_slice(&stat.modified.0.to_le_bytes());
        self.body.extend_from_slice(&stat.changed.0.to_le_bytes());
        self.body.extend_from_slice(&stat.inode.to_le_bytes());
    }

    /// A list of files with their entries.
    pub(crate) fn entries(&mut self, entries: &'a [(FilePath, Entry)]) {
        self.count(entries.len());
        for (path, entry) in entries {
            self.string(path.as_str());
            self.digest(&entry.digest);
            self.string(&entry.object);
            self.string(&entry.backend);
            self.body.push(u8::from(entry.state == State::Pending));
        }
    }

    /// All of it, after the line `format`.
    pub(crate) fn finish(self, format: &[u8]) -> Vec<u8> {
        let mut text = format.to_vec();
        text.extend_from_slice(&number(self.strings.len()).to_le_bytes());
        for string in self.strings {
            text.extend_from_slice(&number(string.len()).to_le_bytes());
            text.extend_from_slice(string.as_bytes());
        }
        text.extend_from_slice(&self.body);
        let digest = Digest::of(&text);
        text.extend_from_slice(digest.as_bytes());
        text
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Bytes being read. Every method gives nothing where they are not what they should be.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    strings: Vec<Arc<str>>,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts behind the line `format`, if that is the format and the bytes are whole.
    pub(crate) fn open(text: &'a [u8], format: &[u8]) -> Option<Self> {
        let (body, digest) = text.split_last_chunk::<32>()?;
        let rest = body.strip_prefix(format)?;
        if Digest::of(body).as_bytes() != digest {
            return None;
        }
        let mut reader = Self {
            strings: Vec::new(),
            rest,
        };
        for _ in 0..reader.count()? {
            let text = reader.bytes()?;
            reader.strings.push(Arc::from(str::from_utf8(text).ok()?));
        }
        Some(reader)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*array)
    }

    /// A number of things that follow.
    pub(crate) fn count(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A string.
    pub(crate) fn string(&mut self) -> Option<Arc<str>> {
        let number = self.count()?;
        self.strings.get(usize::try_from(number).ok()?).cloned()
    }

    /// A string that is a path.
    pub(crate) fn path(&mut self) -> Option<FilePath> {
        FilePath::from_shared(self.string()?).ok()
    }

    /// Bytes with their length.
    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.count()?).ok()?;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    /// A digest.
    pub(crate) fn digest(&mut self) -> Option<Digest> {
        self.array().map(Digest::from_bytes)
    }

    /// What a file looked like.
    pub(crate) fn stat(&mut self) -> Option<Stat> {
        Some(Stat {
            size: u64::from_le_bytes(self.array()?),
            modified: Moment(i64::from_le_bytes(self.array()?)),
            changed: Moment(i64::from_le_bytes(self.array()?)),
            inode: u64::from_le_bytes(self.array()?),
        })
    }

    /// A list of files with their entries.
    pub(crate) fn entries(&mut self) -> Option<Vec<(FilePath, Entry)>> {
        let mut entries = Vec::new();
        for _ in 0..self.count()? {
            let path = self.path()?;
            let digest = self.digest()?;
            let object = self.string()?;
            let backend = Cow::Owned(self.string()?.to_string());
            let state = match self.array()? {
                [0] => State::Ready,
                [1] => State::Pending,
                _ => return None,
            };
            entries.push((
                path,
                Entry {
                    digest,
                    object,
                    backend,
                    state,
                },
            ));
        }
        Some(entries)
    }

    /// Whether nothing is left.
    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }
}
