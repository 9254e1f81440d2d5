//! `csoc drift`: a table of the fleet: what somebody changed, and what a plan would change.

use std::collections::BTreeMap;

use csoc_operate::{Ending, Journal, StackId, Told, age, last_applied};
use jiff::Timestamp;

use super::operate::Workshop;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::Drift;
use crate::session::Session;
use crate::table::Table;
use crate::terminal::progress::Progress;

pub(crate) fn run(arguments: &Drift, session: &Session) -> Result<Exit, Failure> {
    let format = arguments.over.format.format;
    let shop = Workshop::open(&arguments.over.place, &arguments.over.together, session)?;
    let stacks = shop.select(&arguments.over.select)?;
    let operator = shop.operator()?;
    let progress = Progress::new("drift", format, stacks.len());
    let endings = operator.drift_all(&stacks, shop.limits, &progress);
    progress.finish();
    let ages = applied(&shop)?;
    let now = Timestamp::now();
    let mut table = Table::new(["stack", "outcome", "applied", ""]);
    let mut rows = Vec::new();
    let mut differs = 0;
    for (stack, ending) in &endings {
        if matches!(ending, Ending::Done(drift) if !drift.is_clean()) {
            differs += 1;
        }
        let Told {
            outcome, remark, ..
        } = ending.told();
        let at = ages.get(&stack.id).copied();
        let details = match ending {
            Ending::Done(drift) => serde_json::json!(drift),
            _ => serde_json::Value::Null,
        };
        rows.push(serde_json::json!({
            "stack": stack.id, "outcome": outcome, "applied": at, "remark": remark, "drift": details,
        }));
        let age = at.map_or_else(
            || "not here".to_owned(),
            |at| format!("{} ago", age(at, now)),
        );
        table.row([stack.id.to_string(), outcome.to_owned(), age, remark]);
    }
    match format {
        Format::Json => {
            session.print_line(&serde_json::json!({ "kind": "drift", "stacks": rows }))?;
        }
        Format::Text => session.print(&table.text(""))?,
    }
    Ok(match shop.exit(&endings) {
        Exit::Done if arguments.exit_code && differs > 0 => Exit::Different,
        exit => exit,
    })
}

/// When each stack was applied last, as far as the journal here knows.
fn applied(shop: &Workshop) -> Result<BTreeMap<StackId, Timestamp>, Failure> {
    let entries = Journal::verify(&shop.home.journal())
        .map_err(|error| Failure::new(Exit::Unusable, &error))?;
    Ok(last_applied(&entries))
}
