//! The `csoc` command.

use std::process::ExitCode;

/// The system's allocator takes a third longer for what a render asks of it: many small values on all threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(csoc_cli::run(std::env::args_os().collect()))
}
