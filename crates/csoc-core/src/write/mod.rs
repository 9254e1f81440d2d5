//! Putting rendered files into an output root, and touching nothing else there.
//!
//! A root is a directory that the fleet renders into, such as `OUT/terraform`.
//! Its `manifest.json` says which files are ours and what we wrote into them;
//! it is committed with them. `.csoc/` is the writer's own and is not committed:
//!
//! | file | is |
//! |---|---|
//! | `lock` | held while someone writes |
//! | `stage/` | the new files, in a tree like the root's |
//! | `pending.json` | the new manifest and the removals, while files move into place |
//! | `index` | what files looked like and what units were compiled from, so that nothing is done twice |
//!
//! A render locks the root, recovers, stages what is new, records that, moves
//! it into place, removes what is to go, and renames the manifest. Killed before
//! the record, it leaves the old tree. Killed after it, it leaves each file old
//! or new, and the next render reads from the files themselves which it is.
//!
//! The writer trusts neither manifest nor tree: paths that lead out of the root
//! are errors, symbolic links are never followed, and what someone else wrote is
//! left alone. It does not guard against someone who changes directories into
//! links while it runs.

mod digest;
mod disk;
mod edits;
mod error;
#[cfg(test)]
mod fault;
mod fresh;
mod home;
mod index;
mod index_text;
mod landing;
mod lock;
mod manifest;
mod path;
mod plan;
mod recovery;
mod report;
mod stage;
mod stat;
mod survey;
#[cfg(test)]
mod tests;
mod unit;
mod writer;

pub(crate) use digest::Digest;
pub(crate) use disk::Durability;
pub use edits::EditError;
pub(crate) use edits::{FileEdit, write_edits, write_over};
pub(crate) use error::WriteError;
pub(crate) use fresh::{FreshError, write_fresh};
pub(crate) use manifest::{Manifest, State};
pub(crate) use path::FilePath;
pub(crate) use plan::Ownership;
#[cfg(test)]
pub(crate) use report::Report;
pub(crate) use report::{Kept, Reason};
pub(crate) use unit::{Rendered, Unit, UnitKey, UnitRecord, Withheld};
pub(crate) use writer::{Mode, Options, Scope, Writer};
