//! Differences as people and programs read them.

mod html;
mod json;
mod markdown;
mod places;
mod text;

use places::{Shown, sources};

/// Places of a change that are shown; more are counted.
const PLACES: usize = 12;
