//! `csoc outputs`: what stacks gave, and what the fleet still waits for.

pub(super) mod pull;
mod record;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use csoc_core::RequiredOutput;

use crate::args::{Format, Outputs, OutputsCommand, OutputsList};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;

pub(crate) fn run(arguments: &Outputs, session: &Session) -> Result<Exit, Failure> {
    match &arguments.command {
        OutputsCommand::List(arguments) => {
            print(arguments, session, |_| true)?;
            Ok(Exit::Done)
        }
        OutputsCommand::Check(arguments) => {
            let pending = print(arguments, session, RequiredOutput::is_pending)?;
            Ok(if pending == 0 {
                Exit::Done
            } else {
                Exit::Wrong
            })
        }
        OutputsCommand::Pull(arguments) => pull::run(arguments, session),
        OutputsCommand::Record(arguments) => record::run(arguments, session),
    }
}

/// Prints the outputs that are wanted, and gives back how many of them are pending.
fn print(
    arguments: &OutputsList,
    session: &Session,
    wanted: impl Fn(&RequiredOutput) -> bool,
) -> Result<usize, Failure> {
    let fleet = session.fleet(&arguments.fleet)?;
    let mut outputs = fleet.outputs(&session.context)?;
    let recorded = outputs.iter().filter(|output| !output.is_pending()).count();
    outputs.retain(wanted);
    let pending = outputs.iter().filter(|output| output.is_pending()).count();
    match arguments.format.format {
        Format::Json => session.print_json(&serde_json::json!({
            "outputs": outputs,
            "recorded": recorded,
            "pending": pending,
        }))?,
        Format::Text => {
            session.print(&text(&outputs))?;
            session.say(&format!("{recorded} recorded, {pending} pending\n"));
        }
    }
    Ok(pending)
}

/// The outputs by stack.
fn text(outputs: &[RequiredOutput]) -> String {
    let mut stacks: BTreeMap<&str, Vec<&RequiredOutput>> = BTreeMap::new();
    for output in outputs {
        stacks.entry(&output.stack).or_default().push(output);
    }
    let mut text = String::new();
    for (at, (stack, outputs)) in stacks.into_iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        let _ = writeln!(text, "{stack}");
        for output in outputs {
            let state = match (&output.value, &output.place) {
                (Some(value), Some(place)) => format!("= {value}  ({place})"),
                (Some(value), None) => format!("= {value}"),
                (None, _) => format!("pending, for {}", output.waiting.join(", ")),
            };
            let _ = writeln!(text, "  {}  {state}", output.output);
        }
    }
    text
}
