//! Who holds the lock of a state, and taking it away once that is known to be gone, from Python.

use csoc_operate::{Event, StackError, Unlocked, with_causes};
use pyo3::prelude::*;
use serde_json::{Value, json};

use super::PyRun;
use super::options::{Options, Refused};
use super::start::{Page, start};
use super::table::PyRunTable;
use crate::error;
use crate::fleet::PyFleet;

const COLUMNS: [&str; 9] = [
    "stack", "outcome", "lock", "holder", "since", "doing", "version", "begun", "remark",
];

/// Begins to ask who holds the lock of a stack's state, and takes it away if `lock` is its name.
pub(crate) fn begin(
    py: Python<'_>,
    fleet: &PyFleet,
    stack: &str,
    lock: Option<String>,
    options: Options,
) -> PyResult<PyRun> {
    let shop = options.open(py, fleet)?;
    let mut stacks = shop.stacks.iter();
    let Some(id) = stacks.find(|known| known.id.as_str() == stack) else {
        let message = format!("there is no stack `{stack}`");
        let help = "tables of runs name them, and so does `csoc graph --stacks`".to_owned();
        return Err(error::operate(py, message, Some(help)));
    };
    let id = id.id.clone();
    let stacks = vec![id.clone()];
    let run = start(py, shop, "unlock", stacks, move |shop, watch| {
        let mut stacks = shop.stacks.iter();
        let Some(stack) = stacks.find(|stack| stack.id == id) else {
            return Err(Refused::from(format!("there is no stack `{id}`")));
        };
        let operator = shop.operator().map_err(|error| with_causes(&error))?;
        watch.begun(stack);
        let unlocked = operator.unlock(stack, lock.as_deref(), &mut |event: Event| {
            watch.said(stack, event);
        });
        watch.ended(stack, unlocked.as_ref().err());
        let unlocked = unlocked.map_err(|error| refused(&error))?;
        let is_held = matches!(unlocked, Unlocked::Held { .. });
        let row = row(stack.id.as_str(), &unlocked, lock.is_some());
        let table = PyRunTable::new("unlock", &COLUMNS, vec![row]);
        Ok(Page::Table(
            table.of_run(shop.run.as_str(), !(is_held && lock.is_some())),
        ))
    })?;
    Ok(PyRun::new(run, options))
}

fn row(stack: &str, unlocked: &Unlocked, is_named: bool) -> Value {
    let (outcome, holder, began) = match unlocked {
        Unlocked::Free => ("free", None, None),
        Unlocked::Done(holder) => ("unlocked", Some(holder), None),
        Unlocked::Held { holder, began } => ("held", Some(holder), began.as_deref()),
        _ => ("something newer", None, None),
    };
    let remark = match (outcome, is_named) {
        ("held", true) => "the lock that is held is another one; nothing was done",
        ("held", false) => {
            "once you know that its holder is gone, its name as `lock_id` takes it away"
        }
        _ => "",
    };
    json!({
        "stack": stack, "outcome": outcome, "lock": holder.map(|holder| &holder.id),
        "holder": holder.map(|holder| &holder.who), "since": holder.map(|holder| &holder.created),
        "doing": holder.map(csoc_operate::Holder::doing), "version": holder.map(|holder| &holder.version),
        "begun": began.map(ToString::to_string), "remark": remark,
    })
}

/// Why it is not looked at, or not taken away.
fn refused(error: &StackError) -> Refused {
    let help = matches!(error, StackError::Held).then(|| {
        "a csoc or a Terraform of this machine works on it: wait for that, or see `fleet.runs()`"
            .to_owned()
    });
    Refused::Said(with_causes(error), help)
}
