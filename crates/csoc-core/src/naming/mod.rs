//! Every derived name and its length budget, in one place.

mod names;
mod pattern;
mod rule;

pub(crate) use names::{Names, NamingError, Purpose};
pub(crate) use pattern::{Pattern, Variable, Variables};
pub(crate) use rule::{Charset, Name, NameKind, NameRule, Scope, shorten};
