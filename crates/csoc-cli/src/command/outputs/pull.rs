//! `csoc outputs pull`: what stacks gave becomes files of the fleet.

use csoc_core::{Fleet, Given, RecordError};
use csoc_operate::{Ending, Operator, Stack, StackError};

use crate::args::Format;
use crate::command::operate::{Workshop, fleet_directory};
use crate::ended::waits_for;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::{Looking, Place};
use crate::report;
use crate::session::Session;
use crate::table::Table;
use crate::terminal::progress::Progress;

pub(super) fn run(arguments: &Looking, session: &Session) -> Result<Exit, Failure> {
    if arguments.place.rendered.is_some() {
        return Err(Failure::unusable(
            "outputs are recorded in a fleet, and a rendered tree is none",
        )
        .help("name the fleet in place of `--rendered`".to_owned()));
    }
    let format = arguments.format.format;
    let shop = Workshop::of_one(&arguments.place, &arguments.running, session)?;
    let stacks = shop.select(&arguments.select)?;
    let operator = shop.operator()?;
    let pulled = pull(&shop, &operator, &stacks, &arguments.place, format, session)?;
    match format {
        Format::Json => {
            session.print_line(&serde_json::json!({ "kind": "pulled", "stacks": pulled.rows }))?;
        }
        Format::Text => session.print(&pulled.table.text(""))?,
    }
    Ok(pulled.exit)
}

/// What pulling came to.
pub(in crate::command) struct Pulled {
    rows: Vec<serde_json::Value>,
    table: Table,
    pub(in crate::command) exit: Exit,
    /// How many files of the fleet are other ones now.
    pub(in crate::command) changed: usize,
}

/// Asks stacks what they gave, and records it.
pub(in crate::command) fn pull(
    shop: &Workshop,
    operator: &Operator<'_>,
    stacks: &[&Stack],
    place: &Place,
    format: Format,
    session: &Session,
) -> Result<Pulled, Failure> {
    let progress = Progress::new("pull", format, stacks.len());
    let stacks: Vec<&Stack> = shop
        .stacks
        .iter()
        .filter(|stack| stacks.iter().any(|wanted| wanted.id == stack.id))
        .collect();
    let endings = operator.outputs_all(&stacks, shop.limits, &progress);
    progress.finish();
    let root = fleet_directory(place)?;
    let mut pulled = Pulled {
        rows: Vec::new(),
        table: Table::new(["stack", "outputs", ""]),
        exit: shop.exit(&endings),
        changed: 0,
    };
    let fleet = session.fleet(&place.fleet)?;
    for (stack, ending) in &endings {
        let (outcome, remark) = match ending {
            Ending::Done(outputs) => {
                let given = Given::Printed {
                    name: "terraform output".to_owned(),
                    text: outputs.expose().to_owned(),
                };
                record(&fleet, stack, &given, &root, &mut pulled, session)?
            }
            Ending::Failed(StackError::Blocked(needs)) => {
                ("blocked".to_owned(), format!("needs {}", needs.join(", ")))
            }
            Ending::Failed(error) => ("failed".to_owned(), error.to_string()),
            _ => ("not begun".to_owned(), String::new()),
        };
        session
            .ended
            .stack(&stack.id, &outcome, &remark, &waits_for(ending));
        pulled
            .rows
            .push(serde_json::json!({ "stack": stack.id, "outcome": outcome, "remark": remark }));
        pulled.table.row([stack.id.to_string(), outcome, remark]);
    }
    Ok(pulled)
}

fn record(
    fleet: &Fleet,
    stack: &Stack,
    given: &Given,
    root: &std::path::Path,
    pulled: &mut Pulled,
    session: &Session,
) -> Result<(String, String), Failure> {
    let recording = match fleet.record_outputs(stack.id.as_str(), given, None, &session.context) {
        Err(RecordError::Wrong(found)) => {
            session.say(&found.to_text(report::style(session.colors_err())));
            pulled.exit = Exit::Wrong;
            return Ok(("wrong".to_owned(), "see above".to_owned()));
        }
        other => other?,
    };
    if recording.recorded.is_empty() {
        return Ok(("none".to_owned(), String::new()));
    }
    let is_same =
        fs_err::read_to_string(root.join(&recording.file)).is_ok_and(|old| old == recording.text);
    if is_same {
        return Ok(("as recorded".to_owned(), recording.recorded.join(", ")));
    }
    recording.write(root)?;
    pulled.changed += 1;
    Ok(("recorded".to_owned(), recording.recorded.join(", ")))
}
