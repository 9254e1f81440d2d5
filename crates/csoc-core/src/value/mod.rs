//! The one value type of the product, its text forms, the schema walker and overlays.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::string_slice,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

pub(crate) mod decode;
mod exact;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
pub(crate) mod json_read;
#[cfg(test)]
mod json_test;
pub(crate) mod json_write;
mod map;
mod node;
pub(crate) mod overlay;
pub(crate) mod parsers;
pub(crate) mod path;
pub(crate) mod pointer;
mod scalar;
pub(crate) mod schema;
mod schema_compile;
pub(crate) mod suggestion;
pub(crate) mod walker;
mod walker_choice;
pub(crate) mod walker_finding;
#[cfg(test)]
mod walker_test;
mod yaml_block;
#[cfg(test)]
mod yaml_block_test;
mod yaml_budget;
mod yaml_build;
pub(crate) mod yaml_error;
pub(crate) mod yaml_finding;
mod yaml_merge;
pub(crate) mod yaml_read;
mod yaml_tag;
#[cfg(test)]
mod yaml_test;
mod yaml_text;
pub(crate) mod yaml_write;

pub(crate) use exact::Exact;
pub(crate) use node::{Entry, Key, Kind, Node, Origin, Reading, Scalar};
