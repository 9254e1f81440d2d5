//! Where the tree's own states are kept: whoever applies it needs the key of that bucket, whose account it may be.

use crate::graph::{Fact, ThingId, ThingKind};
use crate::tree::{Document, File};

/// The scope of keys that states are encrypted with; names are ARNs there, as backends give them.
const STATE: &str = "state";

/// The key of that ARN, as one that states are encrypted with.
pub(super) fn key(arn: &str) -> ThingId {
    ThingId::new(ThingKind::Key, STATE, arn)
}

/// The keys that the backends of roots name.
pub(super) fn observe(file: &File, facts: &mut Vec<Fact>) {
    let Document::Hcl(body) = file.document() else {
        return;
    };
    let backends = body
        .blocks_of("terraform")
        .flat_map(|block| block.body.blocks_of("backend"));
    for backend in backends {
        let named = backend.body.get("kms_key_id");
        if let Some((arn, of)) = named.and_then(|named| Some((named.as_str()?, named.origin))) {
            facts.push(Fact::Thing(key(arn), of));
        }
    }
}
