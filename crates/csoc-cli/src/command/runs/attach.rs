//! `csoc runs attach`: waits for what was left to itself, says how it goes, and records how it ended.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::mpsc::channel;

use csoc_operate::{Event, Followed, Outcome, StackId, Told, attach_all, left_open};

use super::super::operate::home;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::RunsShow;
use crate::session::Session;
use crate::table::Table;
use crate::terminal::interrupt;

pub(super) fn run(arguments: &RunsShow, session: &Session) -> Result<Exit, Failure> {
    let home = home(&arguments.place)?;
    let format = arguments.format.format;
    let open =
        left_open(&home, &arguments.run).map_err(|error| Failure::new(Exit::Unusable, &error))?;
    if open.is_empty() {
        return Err(Failure::unusable(format!(
            "no apply of the run `{}` is without an end",
            arguments.run
        ))
        .help(
            "`csoc runs show RUN` says how a run ended, and `csoc runs list` lists them".to_owned(),
        ));
    }
    let (sender, said) = channel();
    let ended = std::thread::scope(|scope| {
        let following = scope.spawn(|| {
            // It is taken along, so that what is said ends with it.
            let sender = sender;
            let tell = |stack: &StackId, event| {
                let _ = sender.send((stack.clone(), event));
            };
            attach_all(&home, &open, &interrupt::happened, &tell, &|_, _| {})
        });
        for (stack, event) in said {
            tell(&stack, &event, format, session);
        }
        following
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic))
    });
    print(&ended, format, session)
}

/// Says what happens; what a provider prints as it likes stays in the log, which is the owner's alone.
fn tell(stack: &StackId, event: &Event, format: Format, session: &Session) {
    if format == Format::Json {
        let is_known = !matches!(
            event,
            Event::Text { .. } | Event::Log { .. } | Event::Unknown { .. }
        );
        if is_known {
            // Nobody reading it is no reason not to wait.
            let _ = session
                .print_line(&serde_json::json!({ "kind": "said", "stack": stack, "of": event }));
        }
        return;
    }
    let line = match event {
        Event::Started(change) => format!("{} {} begins", change.action, change.address),
        Event::Completed(change) => format!("{} {} ends", change.action, change.address),
        Event::Failed(change) => format!("{} {} fails", change.action, change.address),
        Event::Diagnostic(said) => format!("{}: {}", said.severity, said.summary),
        _ => return,
    };
    session.say(&format!("{stack}: {line}\n"));
}

fn print(
    ended: &BTreeMap<StackId, Followed>,
    format: Format,
    session: &Session,
) -> Result<Exit, Failure> {
    let mut table = Table::new(["stack", "outcome", ""]);
    let mut rows = Vec::new();
    let mut exit = Exit::Done;
    for (stack, end) in ended {
        let Told {
            outcome, remark, ..
        } = Told::followed(end);
        let own = match end {
            Ok(None) => Exit::Interrupted,
            Ok(Some(attached)) if attached.outcome == Outcome::Done => Exit::Done,
            _ => Exit::Partial,
        };
        exit = match (exit, own) {
            (Exit::Interrupted, _) | (_, Exit::Interrupted) => Exit::Interrupted,
            (Exit::Done, own) => own,
            (exit, _) => exit,
        };
        rows.push(serde_json::json!({ "stack": stack, "outcome": outcome, "remark": remark }));
        table.row([stack.to_string(), outcome.to_owned(), remark]);
    }
    match format {
        Format::Json => {
            session.print_line(&serde_json::json!({ "kind": "attached", "stacks": rows }))?;
        }
        Format::Text => session.print(&table.text(""))?,
    }
    Ok(exit)
}
