//! Things that the cloud and the clusters know, what relates them, and the facts that say so.

mod close;
mod fact;
mod thing;

pub(crate) use close::{ClosedGraph, close};
pub(crate) use fact::{Edge, Fact, Relation, Target};
pub(crate) use thing::{ANY, ThingId, ThingKind};
