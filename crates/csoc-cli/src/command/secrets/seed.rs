//! `csoc secrets seed`: what is missing is made, once.

use csoc_operate::secret::{Unseeded, Wanted, seed, seeded_in_words};

use super::given::Source;
use super::keeper::{Keeper, notes};
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::secrets_args::SecretsSeed;
use crate::session::Session;
use crate::table::Table;
use crate::terminal::interrupt;

pub(super) fn run(arguments: &SecretsSeed, session: &Session) -> Result<Exit, Failure> {
    let keeping = &arguments.keeping;
    let keeper = Keeper::open(keeping, &arguments.fleet, &arguments.only, session)?;
    let source = Source::of(&arguments.given, keeper.wanted.len())?;
    let store = keeper.store()?;
    let notes = if arguments.dry_run {
        None
    } else {
        Some(notes(&keeper, &store, keeping, &arguments.fleet)?)
    };
    let format = keeping.format.format;
    let wanted: Vec<&Wanted> = keeper.wanted.iter().collect();
    let results = seed(
        &wanted,
        &store,
        &source,
        arguments.dry_run,
        &mut |wanted, step, version, is_done| match &notes {
            Some(notes) => notes.note(wanted, step, version, is_done),
            None => Ok(()),
        },
        &mut |wanted, result| {
            // Each may take a while, and a table comes at the end.
            if format == Format::Text && keeper.wanted.len() > 1 {
                session.say(&format!(
                    "{}: {}\n",
                    wanted.name,
                    seeded_in_words(wanted, result).0
                ));
            }
        },
        &interrupt::happened,
    );
    let mut table = Table::new(["secret", "outcome", ""]);
    let mut rows = Vec::new();
    let mut helps: Vec<&str> = Vec::new();
    for (wanted, result) in &results {
        let (outcome, remark) = seeded_in_words(wanted, result);
        let help = result.as_ref().err().and_then(Unseeded::help);
        if let Some(help) = help
            && !helps.contains(&help)
        {
            helps.push(help);
        }
        rows.push(serde_json::json!({
            "secret": wanted.name, "purpose": wanted.purpose, "outcome": outcome, "remark": remark, "help": help,
        }));
        table.row([wanted.name.clone(), outcome.to_owned(), remark]);
    }
    match format {
        Format::Json => session.print_json(&serde_json::json!({
            "run": keeper.run.as_str(), "secrets": rows,
        }))?,
        Format::Text => {
            session.print(&table.text(""))?;
            for help in helps {
                session.say(&format!("help: {help}\n"));
            }
        }
    }
    let errors = || {
        results
            .iter()
            .filter_map(|(_, result)| result.as_ref().err())
    };
    let broke = |error: &Unseeded| matches!(error, Unseeded::Store(_) | Unseeded::Journal(_));
    Ok(if interrupt::happened() {
        session.say("interrupted: run it again, and it goes on\n");
        Exit::Interrupted
    } else if errors().any(broke) {
        Exit::Partial
    } else if errors().any(|error| !error.is_fine() && !matches!(error, Unseeded::Others(_))) {
        Exit::Wrong
    } else {
        Exit::Done
    })
}
