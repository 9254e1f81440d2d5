//! What is found in fleets: every code, every form of a report, every kind of bad input.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up must stop")]

mod bad_input;
mod fixture;
mod lock;
mod printers;
mod rules;
mod terraform;
