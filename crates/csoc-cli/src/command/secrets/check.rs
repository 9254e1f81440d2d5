//! `csoc secrets check`: what there is, against what there must be.

use csoc_operate::secret::{Checked, SecretState, check};
use jiff::Timestamp;

use super::keeper::Keeper;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::secrets_args::SecretsCheck;
use crate::session::Session;
use crate::table::{Table, count};
use crate::terminal::interrupt;

pub(super) fn run(arguments: &SecretsCheck, session: &Session) -> Result<Exit, Failure> {
    let keeping = &arguments.keeping;
    let keeper = Keeper::open(keeping, &arguments.fleet, &arguments.only, session)?;
    let store = keeper.store()?;
    let now = Timestamp::now();
    let checked: Vec<Checked> = keeper
        .wanted
        .iter()
        .map(|wanted| check(wanted, &store, now))
        // What was asked while somebody asked to stop was not seen.
        .take_while(|_| !interrupt::happened())
        .collect();
    match keeping.format.format {
        Format::Json => session.print_json(&serde_json::json!({ "secrets": checked }))?,
        Format::Text => {
            let mut table = Table::new(["secret", "state", "age", ""]);
            for one in &checked {
                let (state, remark) = one.in_words();
                let age = one.days.map(|days| {
                    let days = usize::try_from(days).unwrap_or(0);
                    count(days, "day")
                });
                table.row([
                    one.name.clone(),
                    state.to_owned(),
                    age.unwrap_or_default(),
                    remark,
                ]);
            }
            session.print(&table.text(""))?;
        }
    }
    let is_unseen = |one: &Checked| matches!(one.state, SecretState::Unseen { .. });
    Ok(if interrupt::happened() {
        Exit::Interrupted
    } else if checked.iter().any(|one| one.is_bad() && !is_unseen(one)) {
        Exit::Wrong
    } else if checked.iter().any(is_unseen) {
        Exit::Partial
    } else {
        Exit::Done
    })
}
