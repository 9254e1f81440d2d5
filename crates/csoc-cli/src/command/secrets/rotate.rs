//! `csoc secrets rotate`: a new value in place of one that is there.

use csoc_operate::secret::{
    Rotated, Rotation, RotationError, Unseeded, Wanted, finish, rotate, short,
};
use jiff::Timestamp;

use super::given::Source;
use super::keeper::{Keeper, notes};
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::secrets_args::SecretsRotate;
use crate::session::Session;
use crate::terminal::interrupt;

pub(super) fn run(arguments: &SecretsRotate, session: &Session) -> Result<Exit, Failure> {
    let keeping = &arguments.keeping;
    let only = [arguments.name.clone()];
    let keeper = Keeper::open(keeping, &arguments.fleet, &only, session)?;
    let Some(wanted) = keeper.wanted.first() else {
        return Err(Failure::unusable("there is no such secret"));
    };
    let source = Source::of(&arguments.given, 1)?;
    let store = keeper.store()?;
    let notes = notes(&keeper, &store, keeping, &arguments.fleet)?;
    let how = Rotation {
        promote: arguments.promote,
        overlap: arguments.overlap,
        now: Timestamp::now(),
    };
    let note = &mut |wanted: &Wanted, step, version: &str, is_done| {
        notes.note(wanted, step, version, is_done)
    };
    let rotated = if arguments.finish {
        finish(wanted, &store, how, note)
    } else {
        rotate(wanted, &store, &source, how, note)
    };
    let rotated = rotated.map_err(|error| {
        let exit = match &error {
            _ if interrupt::happened() => Exit::Interrupted,
            RotationError::Store(_)
            | RotationError::Journal(_)
            | RotationError::Value(Unseeded::Store(_) | Unseeded::Journal(_)) => Exit::Partial,
            _ => Exit::Wrong,
        };
        let mut failure = Failure::new(exit, &error).help(error.help().map(ToOwned::to_owned));
        failure.message = failure
            .message
            .map(|message| format!("`{}`: {message}", wanted.name));
        failure
    })?;
    let again = format!("csoc secrets rotate {} {}", keeping.object, arguments.name);
    let told = told(wanted, &rotated, &again);
    match keeping.format.format {
        Format::Json => session.print_json(&serde_json::json!({
            "run": keeper.run.as_str(), "secret": wanted.name, "outcome": told.outcome,
            "version": told.version, "commands": told.commands, "then": told.then,
        }))?,
        Format::Text => {
            session.print(&format!(
                "{}: version {} {}\n",
                wanted.name,
                short(told.version),
                told.words
            ))?;
            if !told.commands.is_empty() {
                session.say(told.why);
                session.print(&format!("{}\n", told.commands.join("\n")))?;
            }
            if let Some(then) = &told.then {
                session.say(&format!("then: {then}\n"));
            }
        }
    }
    Ok(Exit::Done)
}

/// How far it went, and what people do next.
struct Told<'a> {
    outcome: &'static str,
    version: &'a str,
    words: &'static str,
    why: &'static str,
    commands: &'a [String],
    then: Option<String>,
}

fn told<'a>(wanted: &'a Wanted, rotated: &'a Rotated, again: &str) -> Told<'a> {
    let (outcome, version) = rotated.in_words();
    let words = match rotated {
        Rotated::Staged(_) => "is pending: readers have the one before",
        Rotated::Current(_) => "is current",
        Rotated::Same(_) => "stays: a new one would be the same",
        Rotated::Retired(_) => "is retired",
        Rotated::Alone(_) => "is the only one: none is left to retire",
        _ => "",
    };
    let (why, then) = match rotated {
        Rotated::Staged(_) => (
            "before readers have it, tell who must know:\n",
            Some(format!("{again} --promote")),
        ),
        Rotated::Current(_) => (
            "readers take it within five minutes, or now, and once they are restarted:\n",
            Some(format!("{again} --finish, once the overlap is over")),
        ),
        _ => ("", None),
    };
    let commands = rotated.commands(wanted);
    Told {
        outcome,
        version,
        words,
        why,
        commands,
        then,
    }
}
