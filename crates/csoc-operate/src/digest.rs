//! SHA-256 of what is run and recorded.

use std::fmt;
use std::io;

use sha2::{Digest as _, Sha256};

/// The SHA-256 of some bytes; as text, 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest of all that can be read, which need not fit into memory.
    pub(crate) fn of_all_read(mut from: impl io::Read) -> io::Result<Self> {
        let mut hasher = Sha256::new();
        io::copy(&mut from, &mut Hashing(&mut hasher))?;
        Ok(Self(hasher.finalize().into()))
    }

    /// The digest of several parts; where one ends matters.
    pub fn of_parts<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// The digest of several digests, in whichever order they come.
    pub fn of_all(digests: impl IntoIterator<Item = Self>) -> Self {
        let all: std::collections::BTreeSet<Self> = digests.into_iter().collect();
        Self::of_parts(all.iter().map(|digest| digest.0.as_slice()))
    }

    /// Whether text is this digest, or at least twelve of its first digits: what people copy from a screen.
    pub fn is_named(self, text: &str) -> bool {
        text.len() >= 12 && self.to_string().starts_with(text)
    }
}

/// Takes what is written into a digest.
struct Hashing<'h>(&'h mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl std::str::FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let digits = text.as_bytes();
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() != 64 || !digits.iter().all(is_digit) {
            return Err(NoDigest);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let pair = str::from_utf8(pair).map_err(|_| NoDigest)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NoDigest)?;
        }
        Ok(Self(bytes))
    }
}

/// Text that is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 lower-case hexadecimal digits")]
pub struct NoDigest;

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn the_text_of_a_digest_reads_back() {
        let digest = Digest::of(b"csoc");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        for text in ["", "ab", &"g".repeat(64), &"A".repeat(64), &"+1".repeat(32)] {
            assert!(text.parse::<Digest>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_read_has_the_digest_of_its_bytes() {
        let bytes = vec![7; 100_000];
        let read = Digest::of_all_read(bytes.as_slice()).expect("it is read");
        assert_eq!(read, Digest::of(&bytes));
    }

    #[test]
    fn where_a_part_ends_matters() {
        let of = |parts: &[&[u8]]| Digest::of_parts(parts.iter().copied());
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
        assert_ne!(of(&[b"ab"]), of(&[b"ab", b""]));
        let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
        assert_eq!(
            Digest::of_all([one, other]),
            Digest::of_all([other, one, one])
        );
        assert_ne!(Digest::of_all([one]), one);
    }

    #[test]
    fn people_name_a_digest_by_its_first_digits() {
        let digest = Digest::of(b"csoc");
        let text = digest.to_string();
        assert!(digest.is_named(&text) && digest.is_named(&text[..12]));
        assert!(
            !digest.is_named(&text[..11])
                && !digest.is_named("")
                && !digest.is_named(&"0".repeat(12))
        );
    }
}
