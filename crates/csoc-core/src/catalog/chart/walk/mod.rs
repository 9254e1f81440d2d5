//! Templates followed with values that are sets of keys: which keys they read, how, and under which flags.
//!
//! Nothing is rendered. A value of a template stands for all keys that it can
//! come from, so one walk sees what every input could make the templates read.

mod function;
mod path;
mod reading;
mod scope;
mod truth;
mod value;
mod walker;

pub(crate) use path::{PathId, Paths, Step};
pub(crate) use reading::{Gates, Place, Reading, Use};
pub(crate) use walker::{Defines, Walker};
