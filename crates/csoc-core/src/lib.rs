//! One typed model of a fleet.

pub(crate) mod catalog;
pub(crate) mod diagnostic;
pub mod model;
pub(crate) mod naming;
pub(crate) mod source;
pub(crate) mod span;
pub(crate) mod value;
