//! The one format of catalogs: a value tree laid flat, opened by one inflate.
//!
//! ```text
//! file     csoc-cat │ format │ length │ zlib( length of header │ header │ body )
//! header   JSON: kind, name, version, source, digest of the upstream artifact, version of our reader
//! body     counts │ root │ offsets of strings │ words of nodes │ text of strings
//! ```
//!
//! Numbers are 32 bits, little-endian. Strings are sorted and stored once, and
//! so is each list or map that equals another; children stand before what
//! holds them. Opening checks every offset once, so reading needs no check
//! that could fail, and nothing is decoded into another shape.

mod body;
mod build;
mod error;
mod header;
#[cfg(test)]
mod tests;
mod value;
mod word;

pub(crate) use build::encode;
pub(crate) use error::FlatError;
pub(crate) use header::{CatalogKind, Header};
pub(crate) use value::FlatValue;
pub(crate) use word::Word;

use body::Body;

/// How a file starts.
const MAGIC: &[u8; 8] = b"csoc-cat";
/// The format that this version writes and reads.
pub(crate) const FORMAT: u32 = 1;
/// What a catalog may hold, inflated: 20 times the largest provider's.
const LIMIT: usize = 64 << 20;
/// How deep values may nest.
const DEPTH: u8 = 128;
/// How many values a catalog may hold where shared ones are counted each time: 40 times the largest provider's.
const EXPANDED: u32 = 40_000_000;

/// A catalog that was opened: who it is, and what it says.
#[derive(Debug)]
pub(crate) struct Catalog {
    header: Header,
    body: Body,
}

impl Catalog {
    /// Opens the bytes of a catalog; everything in them is checked here.
    pub(crate) fn open(bytes: &[u8]) -> Result<Self, FlatError> {
        let inflated = header::inflate(bytes)?;
        let (header, rest) = header::split(&inflated)?;
        Ok(Self {
            header,
            body: Body::open(rest)?,
        })
    }

    /// Who a catalog says it is, without reading the rest of it.
    pub(crate) fn peek(bytes: &[u8]) -> Result<Header, FlatError> {
        header::peek(bytes)
    }

    /// Who it is.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// What it says.
    pub(crate) fn root(&self) -> FlatValue<'_> {
        FlatValue::new(&self.body, self.body.root())
    }
}
