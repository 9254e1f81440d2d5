//! Skeleton.

pub(crate) mod diagnostic;
pub mod model;
pub(crate) mod span;
pub(crate) mod value;
