//! Foreign layouts to fleets: read, factored, and proved to compile to what they came from.
//!
//! Every layout is one file that reads ([`foreign`]); all else is shared. The
//! model's fields are read from values, compiled with our own backends, and
//! what they do not give back is kept as raw values, so that an import never
//! changes what is deployed.

mod beside;
mod candidates;
mod comments;
mod compiled;
mod dead;
mod draft;
mod error;
mod fates;
mod fix;
mod foreign;
mod gitops;
mod group;
mod imported;
mod kind;
mod kro;
mod layers;
mod ledger;
mod ledger_text;
mod lines;
mod live;
mod manifest;
mod mapping;
mod moved;
mod names;
mod naming;
mod note;
mod observed;
mod options;
mod page;
mod pipeline;
mod reading;
mod remainder;
mod report;
mod skeleton;
mod tally;
mod terraform;
#[cfg(test)]
mod tests;

pub use error::ImportError;
pub use imported::Import;
pub use kind::ImportKind;
pub use ledger::{LedgerRow, LedgerUnit, NeededSecret, Outcome};
pub use note::{ImportNote, NoteKind};
pub use options::ImportOptions;
pub use pipeline::import_directory;
pub use report::{
    Comments, Equal, Fate, ImportFix, ImportReport, ImportedLeaf, ImportedObject, OwnedLines, Tally,
};
