//! Fleets to measure on, and the clock to measure with.

pub mod generate;
pub mod measure;
pub mod stamps;
