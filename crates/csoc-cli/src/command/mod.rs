//! One command a file.

mod accounts;
mod add;
mod adopt;
mod advance;
mod apply;
mod catalog;
mod check;
mod completions;
mod destroy;
mod diff;
mod drift;
mod explain;
mod graph;
mod import;
mod init;
mod network;
mod operate;
mod outputs;
mod plan;
mod plan_files;
mod promote;
mod render;
mod report;
mod runner;
mod runs;
mod schema;
mod secrets;
mod serve;
mod show;
mod status;
mod unlock;
mod verify;

use crate::args::Command;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

/// Runs a command.
pub(crate) fn run(command: Command, session: &Session) -> Result<Exit, Failure> {
    match command {
        Command::Init(arguments) => init::run(&arguments, session),
        Command::Import(arguments) => import::run(&arguments, session),
        Command::Add(arguments) => add::run(&arguments, session),
        Command::Adopt(arguments) => adopt::run(&arguments, session),
        Command::Check(arguments) => check::run(&arguments, session),
        Command::Render(arguments) => render::run(arguments, session),
        Command::Verify(arguments) => verify::run(&arguments, session),
        Command::Diff(arguments) => diff::run(&arguments, session),
        Command::Promote(arguments) => promote::run(&arguments, session),
        Command::Explain(arguments) => explain::run(&arguments, session),
        Command::Network(arguments) => network::run(&arguments, session),
        Command::Graph(arguments) => graph::run(&arguments, session),
        Command::Schema(arguments) => schema::run(&arguments, session),
        Command::Outputs(arguments) => outputs::run(&arguments, session),
        Command::Secrets(arguments) => secrets::run(&arguments, session),
        Command::Plan(arguments) => plan::run(&arguments, session),
        Command::Apply(arguments) => apply::run(&arguments, session),
        Command::Destroy(arguments) => destroy::run(&arguments, session),
        Command::Show(arguments) => show::run(&arguments, session),
        Command::Drift(arguments) => drift::run(&arguments, session),
        Command::Status(arguments) => status::run(&arguments, session),
        Command::Accounts(arguments) => accounts::run(&arguments, session),
        Command::Runs(arguments) => runs::run(&arguments, session),
        Command::Runner(arguments) => runner::run(&arguments, session),
        Command::Serve(arguments) => serve::run(&arguments, session),
        Command::Unlock(arguments) => unlock::run(&arguments, session),
        Command::Catalog(arguments) => catalog::run(&arguments, session),
        Command::Report(arguments) => report::run(&arguments, session),
        Command::Completions(arguments) => completions::run(&arguments, session),
    }
}
