//! Who we are in every account of a fleet, asked from Python.

use csoc_operate::{Accounts, Handle, Interrupt, RunId, Stacks, accounts, with_causes};
use pyo3::prelude::*;
use serde_json::{Value, json};

use super::PyRun;
use super::options::{Options, Refused};
use super::start::Page;
use super::table::PyRunTable;
use crate::call;
use crate::error;
use crate::fleet::PyFleet;

/// Begins to take the roles of every account that the fleet has stacks in.
pub(crate) fn ask(py: Python<'_>, fleet: &PyFleet, options: Options) -> PyResult<PyRun> {
    let loaded = call::long(py, call::context(None, None)?, |context| {
        let tree = options.tree(fleet, context)?;
        Stacks::load(&tree).map_err(|error| Refused::from(with_causes(&error)))
    })?;
    let stacks = loaded.map_err(|refused| refused.raised(py))?;
    let run = RunId::now();
    let name = run.as_str().to_owned();
    let interrupt = Interrupt::default();
    let stop = interrupt.clone();
    let asked = Handle::follow(&name, "accounts", interrupt, Vec::new(), move |_| {
        let accounts = accounts(&stacks, run.as_str(), &stop);
        let accounts = accounts.map_err(|error| {
            Refused::Said(error.to_string(), error.help().map(ToOwned::to_owned))
        })?;
        let ok = accounts.is_whole() && !stop.is_stopped();
        let columns = [
            "account",
            "number",
            "here",
            "plans_as",
            "applies_as",
            "errors",
        ];
        let table = PyRunTable::new("accounts", &columns, rows(&accounts));
        Ok(Page::Table(table.of_run(run.as_str(), ok)))
    });
    let asked = asked.map_err(|error| error::operate(py, with_causes(&error), None))?;
    Ok(PyRun::new(asked, options))
}

fn rows(accounts: &Accounts) -> Vec<Value> {
    let rows = accounts.rows.iter();
    rows.map(|row| {
        json!({
            "account": row.account, "number": row.number, "here": accounts.here.arn,
            "plans_as": row.plans_as.as_ref().ok(), "applies_as": row.applies_as.as_ref().ok(),
            "errors": row.errors(),
        })
    })
    .collect()
}
