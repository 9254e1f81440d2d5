//! Skeleton.

pub(crate) mod diagnostic;
pub(crate) mod span;
pub(crate) mod value;
pub(crate) mod write;
