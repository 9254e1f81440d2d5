//! `csoc runs`: what was planned and applied, by whom and when.

mod attach;
mod unfinished;

use csoc_operate::{Entry, Journal, past_runs};

use super::operate::past_home;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::{Place, Runs, RunsCommand, RunsList, RunsShow};
use crate::session::Session;
use crate::table::{Table, count};
use unfinished::Left;

pub(crate) fn run(arguments: &Runs, session: &Session) -> Result<Exit, Failure> {
    match &arguments.command {
        RunsCommand::List(arguments) => list(arguments, session),
        RunsCommand::Show(arguments) => show(arguments, session),
        RunsCommand::Attach(arguments) => attach::run(arguments, session),
        RunsCommand::Verify(arguments) => verify(arguments, session),
    }
}

/// All that was recorded; nothing where nothing was run yet.
fn entries(place: &Place) -> Result<Vec<Entry>, Failure> {
    let path = past_home(place)?.journal();
    Journal::verify(&path).map_err(|error| Failure::new(Exit::Wrong, &error))
}

fn list(arguments: &RunsList, session: &Session) -> Result<Exit, Failure> {
    let entries = entries(&arguments.place)?;
    let mut table = Table::new(["run", "began", "by", "planned", "applied", "not done"]);
    let runs = past_runs(&entries);
    for run in &runs {
        table.row([
            run.run.to_string(),
            run.began.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            run.by.to_string(),
            run.planned.to_string(),
            run.applied.to_string(),
            run.not_done.to_string(),
        ]);
    }
    match arguments.format.format {
        Format::Json => session.print_json(&serde_json::json!({ "runs": runs }))?,
        Format::Text if runs.is_empty() => session.say("nothing was run yet\n"),
        Format::Text => session.print(&table.text(""))?,
    }
    Ok(Exit::Done)
}

fn show(arguments: &RunsShow, session: &Session) -> Result<Exit, Failure> {
    let all = entries(&arguments.place)?;
    let mut entries = all.clone();
    entries.retain(|entry| *entry.record.run == *arguments.run);
    if entries.is_empty() {
        return Err(
            Failure::unusable(format!("no run `{}` is in the journal", arguments.run))
                .help("`csoc runs list` lists runs".to_owned()),
        );
    }
    let left = Left::of(&arguments.run, &all, &arguments.place)?;
    if arguments.format.format == Format::Json {
        session.print_json(&serde_json::json!({ "entries": entries, "left": left }))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["at", "stack", "what", ""]);
    for entry in &entries {
        let record = &entry.record;
        let told = record.phase.told();
        table.row([
            record.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            record.stack.to_string(),
            told.outcome.to_owned(),
            told.remark,
        ]);
    }
    session.print(&table.text(""))?;
    session.say(&left.text());
    Ok(Exit::Done)
}

fn verify(arguments: &RunsList, session: &Session) -> Result<Exit, Failure> {
    let entries = entries(&arguments.place)?;
    let number = entries.len();
    let head = entries.last().map(|entry| entry.number);
    if arguments.format.format == Format::Json {
        session.print_json(&serde_json::json!({ "entries": number, "last": head }))?;
    } else {
        session.print(&format!(
            "the journal is whole: {}\n",
            count(number, "line")
        ))?;
    }
    Ok(Exit::Done)
}
