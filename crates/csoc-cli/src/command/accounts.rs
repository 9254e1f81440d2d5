//! `csoc accounts`: who we are in each account of the fleet, and what fails.

use csoc_operate::{AccountRoles, Interrupt, RunId, accounts};

use super::operate::stacks;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::Accounts;
use crate::session::Session;
use crate::table::Table;
use crate::terminal::interrupt;

pub(crate) fn run(arguments: &Accounts, session: &Session) -> Result<Exit, Failure> {
    let stacks = stacks(&arguments.place, session)?;
    let stop = Interrupt::default();
    interrupt::stops(&stop);
    let accounts = accounts(&stacks, RunId::now().as_str(), &stop).map_err(|error| {
        if stop.is_stopped() {
            return Failure::silent(Exit::Interrupted);
        }
        Failure::new(Exit::Unusable, &error).help(error.help().map(ToOwned::to_owned))
    })?;
    session.say(&format!("here: {}\n", accounts.here.arn));
    match arguments.format.format {
        Format::Json => {
            let rows: Vec<_> = accounts.rows.iter().map(record).collect();
            session.print_json(&serde_json::json!({ "here": accounts.here, "accounts": rows }))?;
        }
        Format::Text => {
            let mut table = Table::new(["account", "number", "plans as", "applies as"]);
            for row in &accounts.rows {
                let [plans, applies] = [&row.plans_as, &row.applies_as].map(|who| match who {
                    Ok(text) | Err(text) => text.clone(),
                });
                table.row([row.account.clone(), row.number.clone(), plans, applies]);
            }
            session.print(&table.text(""))?;
        }
    }
    Ok(if stop.is_stopped() {
        Exit::Interrupted
    } else if accounts.is_whole() {
        Exit::Done
    } else {
        Exit::Partial
    })
}

fn record(row: &AccountRoles) -> serde_json::Value {
    serde_json::json!({
        "account": row.account, "number": row.number,
        "plans_as": row.plans_as.as_ref().ok(), "applies_as": row.applies_as.as_ref().ok(),
        "errors": row.errors(),
    })
}
