//! `csoc accounts`: who we are in each account of the fleet, and what fails.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::Accounts;
use crate::session::Session;

#[cfg(feature = "aws")]
pub(crate) fn run(arguments: &Accounts, session: &Session) -> Result<Exit, Failure> {
    use std::collections::BTreeMap;

    use csoc_operate::{Interrupt, Purpose, RunId};
    use jiff::Timestamp;

    use super::operate::{roles, stacks};
    use crate::args::Format;
    use crate::table::Table;
    use crate::terminal::interrupt;

    let stacks = stacks(&arguments.place, session)?;
    let mut accounts: BTreeMap<String, (String, Option<String>)> = BTreeMap::new();
    for stack in &stacks {
        let name = stack.account_name().unwrap_or_default().to_owned();
        let (_, region) = accounts
            .entry(stack.account.clone())
            .or_insert((name, None));
        *region = region.take().or_else(|| stack.region.clone());
    }
    let stop = Interrupt::default();
    interrupt::stops(&stop);
    let roles = roles(RunId::new(Timestamp::now()).as_str(), &stop)?;
    session.say(&format!("here: {}\n", roles.identity().arn));
    let asked: Vec<_> = accounts.into_iter().collect();
    let answers = side_by_side(&asked, |(number, (name, region))| {
        let cells = [Purpose::Plan, Purpose::Apply].map(|purpose| {
            match roles.assume(number, region.as_deref(), purpose) {
                Ok(identity) => Ok(identity.arn),
                Err(error) => {
                    let help = error
                        .help()
                        .map(|help| format!("; {help}"))
                        .unwrap_or_default();
                    Err(format!("{error}{help}"))
                }
            }
        });
        // What was not asked to the end says nothing of the account.
        (!stop.is_stopped()).then_some((name, number, cells))
    });
    let mut table = Table::new(["account", "number", "plans as", "applies as"]);
    let mut rows = Vec::new();
    let mut exit = Exit::Done;
    for (name, number, mut cells) in answers.into_iter().flatten() {
        if cells.iter().any(Result::is_err) {
            exit = Exit::Partial;
        }
        rows.push(serde_json::json!({
            "account": name, "number": number,
            "plans_as": cells[0].as_ref().ok(), "applies_as": cells[1].as_ref().ok(),
            "errors": cells.iter().filter_map(|cell| cell.as_ref().err()).collect::<Vec<_>>(),
        }));
        let [plans, applies] = cells.each_mut().map(|cell| match cell {
            Ok(text) | Err(text) => std::mem::take(text),
        });
        table.row([name.clone(), number.clone(), plans, applies]);
    }
    if stop.is_stopped() {
        exit = Exit::Interrupted;
    }
    match arguments.format.format {
        Format::Json => session
            .print_json(&serde_json::json!({ "here": roles.identity(), "accounts": rows }))?,
        Format::Text => session.print(&table.text(""))?,
    }
    Ok(exit)
}

/// How many accounts are asked at once: AWS takes many more, and each waits for an answer most of the time.
#[cfg(feature = "aws")]
const TOGETHER: usize = 8;

/// What is asked of each, several at once; answers in the order of what was asked.
#[cfg(feature = "aws")]
fn side_by_side<'q, Q: Sync, A: Send>(all: &'q [Q], ask: impl Fn(&'q Q) -> A + Sync) -> Vec<A> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Mutex, PoisonError};

    let (next, answers) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..all.len().min(TOGETHER) {
            scope.spawn(|| {
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(one) = all.get(at)
                {
                    let answer = ask(one);
                    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                    answers.push((at, answer));
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(not(feature = "aws"))]
pub(crate) fn run(_arguments: &Accounts, _session: &Session) -> Result<Exit, Failure> {
    super::operate::roles("", &csoc_operate::Interrupt::default()).map(|_| Exit::Done)
}
