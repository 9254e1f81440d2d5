//! Whether something waits for what comes only after it: an Application applies its files wave by wave, each once all
//! before it are healthy, so that whoever needs something of a later wave waits for ever, and all behind it with it.
//!
//! Followed is what files say: stores of secrets, their service accounts, projects, clusters, namespaces, Secrets that
//! values of charts name, and charts that bring kinds. What nothing in the tree brings is somebody else's and not judged.

mod applied;
mod needs;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use applied::{Applied, Piece};
use needs::{Need, Urgency, World};

use crate::diagnostic::{Code, Finding};
use crate::tree::File;

/// Something waits for what Argo CD applies only once that something is healthy.
const WAITS_FOR_LATER: Code = Code::new("waits-for-later");

/// Everything in the files of a tree that waits for something later.
pub(super) fn check<'f>(files: impl IntoIterator<Item = &'f File>) -> Vec<Finding> {
    let applied = Applied::of(files);
    let world = World::of(&applied);
    let mut found = Vec::new();
    for piece in applied.pieces() {
        for need in world.needs(piece) {
            let all = world.givers(&need);
            let late: Vec<Late<'_, '_>> = all
                .iter()
                .filter_map(|giver| late(&applied, piece, giver, need.urgency))
                .collect();
            // One that comes in time is enough.
            if let Some(first) = late.first().filter(|_| late.len() == all.len()) {
                found.push(finding(piece, &need, first));
            }
        }
    }
    found
}

/// Why something does not come in time.
struct Late<'a, 'f> {
    /// What brings it.
    giver: &'a Piece<'f>,
    why: Why<'a, 'f>,
}

/// What keeps it away.
enum Why<'a, 'f> {
    /// Of what both are below, these two are applied one after the other.
    Later {
        waits: &'a Piece<'f>,
        comes: &'a Piece<'f>,
    },
    /// A person syncs this.
    ByHand(&'a Piece<'f>),
}

fn late<'a, 'f>(
    applied: &'a Applied<'f>,
    piece: &'a Piece<'f>,
    giver: &'a Piece<'f>,
    urgency: Urgency,
) -> Option<Late<'a, 'f>> {
    let (one, other) = (applied.chain(piece), applied.chain(giver));
    let common = one
        .iter()
        .zip(&other)
        .take_while(|(one, other)| one.number == other.number)
        .count();
    // Of different Argo CDs, or one applies the other: those are no two turns of one thing.
    if common == 0 {
        return None;
    }
    let (waits, comes) = (*one.get(common)?, *other.get(common)?);
    let why = match comes.wave.cmp(&waits.wave) {
        Ordering::Greater => Why::Later { waits, comes },
        // Objects of one wave are applied by what they are, a namespace first; an Application takes its time.
        Ordering::Equal
            if urgency == Urgency::Apply && comes.is_application() && !applied.retries(piece) =>
        {
            Why::Later { waits, comes }
        }
        _ => Why::ByHand(
            other[common..]
                .iter()
                .copied()
                .find(|piece| piece.is_by_hand())?,
        ),
    };
    Some(Late { giver, why })
}

fn finding(piece: &Piece<'_>, need: &Need<'_>, late: &Late<'_, '_>) -> Finding {
    let path = piece.file.path();
    let what = need.thing.to_string();
    let giver = late.giver.file.path();
    let how = match &late.why {
        Why::Later { waits, comes } if waits.wave == comes.wave => format!(
            "`{}` and `{}` are both in wave {}, and nothing tries again",
            waits.file.path(),
            comes.file.path(),
            comes.wave
        ),
        Why::Later { waits, comes } => format!(
            "`{}` is in wave {}, and `{}` comes in wave {}",
            waits.file.path(),
            waits.wave,
            comes.file.path(),
            comes.wave
        ),
        Why::ByHand(held) => format!("a person syncs `{}`", held.file.path()),
    };
    Finding::error(
        WAITS_FOR_LATER,
        format!("`{path}` waits for {what}, which `{giver}` brings too late: {how}"),
    )
    .help("put what is needed in an earlier wave than what needs it, or both into one Application")
    .label(piece.file_origin(), "this waits")
    .object(piece.file.object())
    .path(path)
}
