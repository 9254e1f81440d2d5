//! What the hub's Argo CD reads: the clusters that it pushes to, and sets that make the Applications of their commons.

mod registration;
mod set;
mod shared;
#[cfg(test)]
mod tests;

pub(crate) use registration::{Registration, Store};
pub(super) use registration::{compile as compile_registration, compile_store, registrations};
pub(crate) use set::Set;
pub(super) use set::{compile as compile_set, sets};
