//! One typed model of a fleet.

pub(crate) mod backend;
pub(crate) mod catalog;
pub mod context;
pub(crate) mod contract;
pub(crate) mod diagnostic;
pub(crate) mod graph;
pub(crate) mod hcl;
pub mod model;
pub(crate) mod naming;
pub(crate) mod resolve;
pub(crate) mod source;
pub(crate) mod span;
pub(crate) mod tree;
pub(crate) mod value;
pub(crate) mod write;
