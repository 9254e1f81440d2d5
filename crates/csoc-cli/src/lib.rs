//! The `csoc` command as a library, which the executable and the Python package share.
//!
//! Arguments are parsed and results are printed here; nothing is decided here.

mod adopt_args;
mod again;
mod args;
mod catalog_args;
mod command;
mod date;
mod destroy_args;
mod diff_args;
mod ended;
mod exit;
mod failure;
mod git;
mod helm;
mod import_args;
mod network_args;
mod new_args;
mod operate_args;
mod report;
mod runner_args;
mod secrets_args;
mod serve_args;
mod session;
mod status_args;
mod table;
mod terminal;
mod unlock_args;

use std::ffi::OsString;
use std::io::Write as _;

use clap::Parser;

use args::Cli;
use exit::Exit;
use failure::Failure;
use session::Session;

/// Runs the command with its arguments, the first of which is its name, and gives back the exit status.
///
/// It prints to the process's own streams, and it never ends the process, since that may be a Python interpreter.
pub fn run(arguments: Vec<OsString>) -> u8 {
    let exit = match Cli::try_parse_from(arguments) {
        Ok(cli) => run_command(cli),
        Err(error) => match error.print() {
            // Help and version are what was asked for.
            Ok(()) if !error.use_stderr() => Exit::Done,
            Err(unwritten) if !error.use_stderr() => {
                let failure = Failure::unwritten(&unwritten);
                if let Some(message) = failure.message {
                    // Nobody reading that either changes nothing.
                    let _ = writeln!(std::io::stderr(), "error: {message}");
                }
                failure.exit
            }
            _ => Exit::Unusable,
        },
    };
    exit.code()
}

fn run_command(cli: Cli) -> Exit {
    let session = Session::new(&cli.common);
    let tells = ended::tells(&cli.command);
    let mut result = session.outcome(command::run(cli.command, &session));
    session.finish();
    if let Some(of) = tells {
        result = session.end(of, result);
    }
    match result {
        Ok(exit) => exit,
        Err(failure) => {
            session.explain(&failure);
            failure.exit
        }
    }
}
