//! Foreign layouts to fleets: read, factored, and proved to compile to what they came from.
//!
//! Every layout is one file that reads ([`foreign`]); all else is shared. The
//! model's fields are read from values, compiled with our own backends, and
//! what they do not give back is kept as raw values, so that an import never
//! changes what is deployed.

mod beside;
mod compiled;
mod draft;
mod foreign;
mod gitops;
mod group;
mod imported;
mod kind;
mod ledger;
mod ledger_text;
mod manifest;
mod mapping;
mod names;
mod note;
mod remainder;
mod skeleton;
#[cfg(test)]
mod tests;

pub use imported::{Import, ImportError, ImportOptions, import_directory};
pub use kind::ImportKind;
pub use ledger::{Fate, LedgerRow, LedgerUnit, NeededSecret};
pub(crate) use mapping::MAPPING_INVALID;
pub use note::{ImportNote, NoteKind};
