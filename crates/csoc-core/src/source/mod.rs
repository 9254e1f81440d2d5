//! From a directory to value trees: reading files, sorting them by their role, parsing what is model.

mod directory;
mod load;
mod role;
mod set;

pub use directory::{Limits, ReadError, read_directory};
pub(crate) use load::{Loaded, load};
pub(crate) use role::Role;
pub use set::SourceSet;
