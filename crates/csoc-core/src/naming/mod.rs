//! Every derived name and its length budget, in one place.

mod names;
mod pattern;
mod rule;

pub(crate) use names::Names;
pub(crate) use pattern::{Pattern, Variable};
pub(crate) use rule::{NameKind, Scope};
