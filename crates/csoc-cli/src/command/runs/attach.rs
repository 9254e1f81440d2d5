//! `csoc runs attach`: waits for what was left to itself, says how it goes, and records how it ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::channel;

use csoc_operate::{
    Ambient, Attached, Digest, Event, Journal, OpenApply, Outcome, Phase, Sessions, StackError,
    StackId, attach,
};
use jiff::Timestamp;

use super::super::operate::home;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::RunsShow;
use crate::session::Session;
use crate::table::Table;
use crate::terminal::{interrupt, plain};

/// What one of those that are followed has to say.
enum Said {
    Event(StackId, Event),
    Ended(StackId, Result<Option<Attached>, StackError>),
}

pub(super) fn run(arguments: &RunsShow, session: &Session) -> Result<Exit, Failure> {
    let home = home(&arguments.place)?;
    let format = arguments.format.format;
    let unusable = |error: &dyn std::error::Error| Failure::new(Exit::Unusable, error);
    let mut journal = Journal::open(&home.journal()).map_err(|error| unusable(&error))?;
    // People know a run by the name that its plans have, too.
    let planned: BTreeSet<Digest> = Journal::verify(&home.journal())
        .map_err(|error| unusable(&error))?
        .into_iter()
        .filter(|entry| *entry.record.run == *arguments.run)
        .filter_map(|entry| match entry.record.phase {
            Phase::Planned { bundle, .. } => Some(bundle),
            _ => None,
        })
        .collect();
    let open: BTreeMap<StackId, OpenApply> = journal
        .open_applies()
        .map_err(|error| unusable(&error))?
        .into_iter()
        .filter(|(_, apply)| *apply.run == *arguments.run || planned.contains(&apply.bundle))
        .collect();
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
    let mut ended = BTreeMap::new();
    std::thread::scope(|scope| {
        for (stack, apply) in &open {
            let sender = sender.clone();
            let home = &home;
            scope.spawn(move || {
                let mut tell = |event| {
                    let _ = sender.send(Said::Event(stack.clone(), event));
                };
                let end = attach(
                    home,
                    stack,
                    apply,
                    &Ambient.actor(),
                    &Timestamp::now,
                    &interrupt::happened,
                    &mut tell,
                );
                let _ = sender.send(Said::Ended(stack.clone(), end));
            });
        }
        drop(sender);
        for said in said {
            match said {
                Said::Event(stack, event) => tell(&stack, &event, format, session),
                Said::Ended(stack, end) => {
                    ended.insert(stack, end);
                }
            }
        }
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
    session.say(&format!("{stack}: {}\n", plain(&line)));
}

fn print(
    ended: &BTreeMap<StackId, Result<Option<Attached>, StackError>>,
    format: Format,
    session: &Session,
) -> Result<Exit, Failure> {
    let mut table = Table::new(["stack", "outcome", ""]);
    let mut rows = Vec::new();
    let mut exit = Exit::Done;
    for (stack, end) in ended {
        let (outcome, remark, own) = match end {
            Ok(Some(attached)) if attached.outcome == Outcome::Done => {
                let totals = attached.totals;
                let counts = format!(
                    "{} added, {} changed, {} destroyed",
                    totals.add, totals.change, totals.remove
                );
                ("applied", counts, Exit::Done)
            }
            Ok(Some(attached)) if attached.outcome == Outcome::Failed => {
                ("failed", "plan again".to_owned(), Exit::Partial)
            }
            Ok(Some(_)) => (
                "nobody saw its end",
                "plan again: some of it may be half built".to_owned(),
                Exit::Partial,
            ),
            Ok(None) => ("goes on", "left to itself".to_owned(), Exit::Interrupted),
            Err(error) => ("error", error.to_string(), Exit::Partial),
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
