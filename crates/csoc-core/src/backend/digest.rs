//! The digest of a unit's input: an unchanged one proves an unchanged result.

use std::fmt::{self, Debug, Write};
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::catalog;

/// SHA-256 over everything a unit's files depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct InputDigest(pub(crate) [u8; 32]);

impl InputDigest {
    /// The digest of a value's `Debug` text and of this version of the product.
    pub(crate) fn of(value: &impl Debug) -> Self {
        let mut sink = Sink(Sha256::new(), String::with_capacity(4096));
        sink.0.update(product());
        // Writing into a digest cannot fail.
        let _ = write!(sink, "{value:?}");
        sink.flush();
        Self(sink.0.finalize().into())
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
struct Sink(Sha256, String);

impl Sink {
    fn flush(&mut self) {
        self.0.update(self.1.as_bytes());
        self.1.clear();
    }
}

impl Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.1.len() + text.len() > 4096 {
            self.flush();
        }
        self.1.push_str(text);
        Ok(())
    }
}
