//! The `csoc` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(csoc_cli::run(std::env::args_os().collect()))
}
