//! Fleets to measure on, and the clock to measure with.

pub mod generate;
pub mod measure;
pub mod stamps;

/// The allocator that the command and the Python package have, too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
