//! Runs over many stacks: in order, side by side within limits, until all are done or something fails.

mod schedule;

pub use schedule::{Ending, Limits, OnFailure, schedule};
