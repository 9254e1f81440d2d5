//! Who a catalog is, and the envelope around it.

use std::fmt;
use std::io::Read;
use std::str::FromStr;

use flate2::read::ZlibDecoder;
use serde::{Deserialize, Serialize};

use super::error::damaged;
use super::{FORMAT, FlatError, LIMIT, MAGIC};

/// The longest header.
const HEADER_LIMIT: usize = 64 << 10;

/// What a catalog holds facts about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CatalogKind {
    /// A Helm chart: keys of its values.
    Chart,
    /// A Kubernetes custom resource: its schema.
    Crd,
    /// A git repository: the revisions it has.
    GitRefs,
    /// A Terraform module: variables and outputs.
    Module,
    /// A Terraform provider: resources, data sources and their schemas.
    Provider,
    /// A platform: until when its versions get fixes.
    Support,
}

impl CatalogKind {
    /// All kinds, in the order of lists.
    pub(crate) const ALL: [Self; 6] = [
        Self::Chart,
        Self::Crd,
        Self::GitRefs,
        Self::Module,
        Self::Provider,
        Self::Support,
    ];

    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Chart => "chart",
            Self::Crd => "crd",
            Self::GitRefs => "git-refs",
            Self::Module => "module",
            Self::Provider => "provider",
            Self::Support => "support",
        }
    }
}

impl fmt::Display for CatalogKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CatalogKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(())
    }
}

/// Who a catalog is. Two catalogs of the same kind, name, version and digest say the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Header {
    /// What it holds facts about.
    pub(crate) kind: CatalogKind,
    /// The name of that: `hashicorp/aws`, `gen3`.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Where the facts come from, for people.
    pub(crate) source: String,
    /// The upstream artifact: `sha256:` and 64 hexadecimal digits.
    pub(crate) digest: String,
    /// The version of the reader that made facts of the artifact; a reader that finds more has another.
    pub(crate) reader: u32,
}

/// The envelope taken off, once the magic is seen to be right: how long the rest is when inflated, and the rest.
fn prefix(bytes: &[u8]) -> Result<(usize, &[u8]), FlatError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(FlatError::NotACatalog)?;
    let (format, rest) = word(rest).ok_or(damaged("it ends in its first line"))?;
    if format > FORMAT {
        return Err(FlatError::Newer { found: format });
    }
    if format == 0 {
        return Err(damaged("its format is 0"));
    }
    let (length, rest) = word(rest).ok_or(damaged("it ends in its first line"))?;
    let length = length as usize;
    if length > LIMIT {
        return Err(damaged("it is longer than a catalog can be"));
    }
    Ok((length, rest))
}

/// The number that bytes start with, and what is behind it.
fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*word), rest))
}

/// What is compressed in a catalog: header and body.
pub(super) fn inflate(bytes: &[u8]) -> Result<Vec<u8>, FlatError> {
    let (length, compressed) = prefix(bytes)?;
    let mut inflated = Vec::with_capacity(length);
    // One byte more than it must be, so that the checksum behind the last one is read, too.
    ZlibDecoder::new(compressed)
        .take((length as u64).saturating_add(1))
        .read_to_end(&mut inflated)
        .map_err(|_| damaged("it does not inflate"))?;
    if inflated.len() != length {
        return Err(damaged("its length is not what it says"));
    }
    Ok(inflated)
}

/// The header and the bytes behind it.
pub(super) fn split(inflated: &[u8]) -> Result<(Header, &[u8]), FlatError> {
    let (length, rest) = word(inflated).ok_or(damaged("it has no header"))?;
    let (text, body) = rest
        .split_at_checked(length as usize)
        .filter(|(text, _)| text.len() <= HEADER_LIMIT)
        .ok_or(damaged("its header has no end"))?;
    let header = serde_json::from_slice(text).map_err(|_| damaged("its header does not read"))?;
    Ok((header, body))
}

/// The header, inflating nothing behind it.
pub(super) fn peek(bytes: &[u8]) -> Result<Header, FlatError> {
    let (length, compressed) = prefix(bytes)?;
    let length = length.min(HEADER_LIMIT + 4);
    let mut start = Vec::new();
    ZlibDecoder::new(compressed)
        .take(length as u64)
        .read_to_end(&mut start)
        .map_err(|_| damaged("it does not inflate"))?;
    split(&start).map(|(header, _)| header)
}

/// The bytes before the body that are compressed with it.
pub(super) fn write(header: &Header) -> Result<Vec<u8>, FlatError> {
    let unfit = FlatError::Unfit {
        what: "its header is longer than 64 KiB",
    };
    let text = serde_json::to_vec(header).map_err(|_| unfit.clone())?;
    if text.len() > HEADER_LIMIT {
        return Err(unfit);
    }
    let mut bytes = u32::try_from(text.len())
        .map_err(|_| unfit)?
        .to_le_bytes()
        .to_vec();
    bytes.extend(text);
    Ok(bytes)
}
