//! From a directory to value trees: reading files, sorting them by their role, parsing what is model.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::string_slice,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

mod directory;
pub(crate) mod edit;
mod load;
mod role;
mod set;

pub(crate) use directory::read;
pub(crate) use directory::{
    FILE_TOO_LARGE, FILE_UNEXPECTED, FILE_UNREADABLE, LINK_LEAVES_FLEET, nearest,
};
pub use directory::{Limits, ReadError, read_directory};
pub(crate) use load::{FIELD_SET_TWICE, FILE_EMPTY, FILE_NOT_UTF8, FLEET_MISSING, Loaded, load};
pub use set::SourceSet;
