//! `csoc completions`: what a shell needs to complete commands and options.

use clap::CommandFactory;

use crate::args::{Cli, Completions, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) fn run(arguments: &Completions, session: &Session) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "csoc", &mut script);
    let script = String::from_utf8_lossy(&script);
    match arguments.format.format {
        Format::Text => session.print(&script)?,
        Format::Json => session.print_json(&serde_json::json!({
            "shell": arguments.shell.to_string(),
            "script": script,
        }))?,
    }
    Ok(Exit::Done)
}
