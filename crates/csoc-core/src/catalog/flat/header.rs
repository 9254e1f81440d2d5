//! Who a catalog is, and the envelope around it.

use std::fmt;
use std::io::Read;
use std::str::FromStr;

use flate2::read::ZlibDecoder;
use serde::{Deserialize, Serialize};

use super::error::damaged;
use super::{FORMAT, FlatError, LIMIT, MAGIC, PREFIX};

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
}

impl CatalogKind {
    /// All kinds, in the order of lists.
    pub(crate) const ALL: [Self; 5] = [
        Self::Chart,
        Self::Crd,
        Self::GitRefs,
        Self::Module,
        Self::Provider,
    ];

    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Chart => "chart",
            Self::Crd => "crd",
            Self::GitRefs => "git-refs",
            Self::Module => "module",
            Self::Provider => "provider",
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

/// The envelope's numbers, once the magic is seen to be right: the length of what is inflated.
fn prefix(bytes: &[u8]) -> Result<usize, FlatError> {
    if !bytes.starts_with(MAGIC) {
        return Err(FlatError::NotACatalog);
    }
    let number = |at| word(bytes, at).ok_or(damaged("it ends in its first line"));
    let format = number(MAGIC.len())?;
    if format > FORMAT {
        return Err(FlatError::Newer { found: format });
    }
    if format == 0 {
        return Err(damaged("its format is 0"));
    }
    let length = number(MAGIC.len() + 4)? as usize;
    if length > LIMIT {
        return Err(damaged("it is longer than a catalog can be"));
    }
    Ok(length)
}

/// The number at a byte.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    bytes.try_into().ok().map(u32::from_le_bytes)
}

/// What is compressed in a catalog: header and body.
pub(super) fn inflate(bytes: &[u8]) -> Result<Vec<u8>, FlatError> {
    let length = prefix(bytes)?;
    let mut inflated = Vec::with_capacity(length);
    // One byte more than it must be, so that the checksum behind the last one is read, too.
    ZlibDecoder::new(&bytes[PREFIX..])
        .take(length as u64 + 1)
        .read_to_end(&mut inflated)
        .map_err(|_| damaged("it does not inflate"))?;
    if inflated.len() != length {
        return Err(damaged("its length is not what it says"));
    }
    Ok(inflated)
}

/// The header and the bytes behind it.
pub(super) fn split(inflated: &[u8]) -> Result<(Header, &[u8]), FlatError> {
    let length = word(inflated, 0).ok_or(damaged("it has no header"))? as usize;
    let rest = &inflated[4..];
    if length > HEADER_LIMIT || length > rest.len() {
        return Err(damaged("its header has no end"));
    }
    let (text, body) = rest.split_at(length);
    let header = serde_json::from_slice(text).map_err(|_| damaged("its header does not read"))?;
    Ok((header, body))
}

/// The header, inflating nothing behind it.
pub(super) fn peek(bytes: &[u8]) -> Result<Header, FlatError> {
    let length = prefix(bytes)?.min(HEADER_LIMIT + 4);
    let mut start = Vec::new();
    ZlibDecoder::new(&bytes[PREFIX..])
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
