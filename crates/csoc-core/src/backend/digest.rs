//! The digest of a unit's input: an unchanged one proves an unchanged result.

mod serializer;

use std::sync::LazyLock;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::catalog;
use serializer::Feed;

/// SHA-256 over everything a unit's files depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct InputDigest(pub(crate) [u8; 32]);

impl InputDigest {
    /// The digest of a value's serialized form and of this version of the product.
    pub(crate) fn of(value: &impl Serialize) -> Self {
        let mut sink = Sink::default();
        sink.digest.update(product());
        value
            .serialize(Feed(&mut sink))
            .expect("inputs are plain data, which serializes");
        sink.finish()
    }
}

/// The digest of what is the same for all inputs: this version and its facts.
fn product() -> &'static [u8; 32] {
    static PRODUCT: LazyLock<[u8; 32]> = LazyLock::new(|| {
        let mut digest = Sha256::new();
        digest.update(env!("CARGO_PKG_VERSION"));
        for text in catalog::TEXTS {
            digest.update(text);
        }
        digest.finalize().into()
    });
    &PRODUCT
}

/// Collects small writes, since a digest takes blocks.
#[derive(Default)]
struct Sink {
    digest: Sha256,
    buffer: Vec<u8>,
}

/// How much is collected before the digest takes it.
const BUFFER: usize = 8192;

impl Sink {
    fn write(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.digest.update(&self.buffer);
            self.buffer.clear();
        }
        if bytes.len() > BUFFER {
            self.digest.update(bytes);
        } else {
            self.buffer.extend_from_slice(bytes);
        }
    }

    fn finish(mut self) -> InputDigest {
        self.digest.update(&self.buffer);
        InputDigest(self.digest.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn whatever_differs_has_another_digest() {
        #[derive(Serialize)]
        enum Shape {
            Unit,
            Newtype(u8),
            Struct { field: u8 },
        }
        #[derive(Serialize, Default)]
        struct Sparse {
            #[serde(skip_serializing_if = "Option::is_none")]
            one: Option<u8>,
            #[serde(skip_serializing_if = "Option::is_none")]
            two: Option<u8>,
        }
        let one = Some(1);
        let digests = [
            InputDigest::of(&""),
            InputDigest::of(&()),
            InputDigest::of(&None::<u8>),
            InputDigest::of(&Some(0_u8)),
            InputDigest::of(&0_u8),
            InputDigest::of(&-1_i64),
            InputDigest::of(&false),
            InputDigest::of(&true),
            InputDigest::of(&'a'),
            InputDigest::of(&1.5),
            InputDigest::of(&["a", "b"]),
            InputDigest::of(&["ab"]),
            InputDigest::of(&vec!["a", "b"]),
            InputDigest::of(&(["a"], ["b"])),
            InputDigest::of(&[vec!["a"], vec!["b"]]),
            InputDigest::of(&[vec!["a", "b"], vec![]]),
            InputDigest::of(&vec![vec!["a"], vec!["b"]]),
            InputDigest::of(&BTreeMap::from([("a", "b")])),
            InputDigest::of(&BTreeMap::from([("a", 1), ("b", 2)])),
            InputDigest::of(&Shape::Unit),
            InputDigest::of(&Shape::Newtype(1)),
            InputDigest::of(&Shape::Struct { field: 1 }),
            InputDigest::of(&Sparse { one, two: None }),
            InputDigest::of(&Sparse {
                one: None,
                two: one,
            }),
            InputDigest::of(&Sparse::default()),
        ];
        for (at, digest) in digests.iter().enumerate() {
            assert!(!digests[..at].contains(digest), "{at}");
        }
    }

    #[test]
    fn long_and_short_writes_come_to_the_same_as_one() {
        let text = "x".repeat(3 * BUFFER + 5);
        let mut sink = Sink::default();
        sink.write(b"short");
        sink.write(text.as_bytes());
        sink.write(b"short");
        let whole: [u8; 32] = Sha256::digest(format!("short{text}short")).into();
        assert_eq!(sink.finish(), InputDigest(whole));
    }
}
