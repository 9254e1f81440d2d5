//! Skeleton.

pub(crate) mod diagnostic;
pub(crate) mod hcl;
pub(crate) mod span;
pub(crate) mod value;
