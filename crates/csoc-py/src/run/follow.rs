//! A run that was left to itself, followed from Python.

use csoc_operate::{
    Followed, Handle, Interrupt, Outcome, StackId, Standing, Told, attach_all, left_open,
    with_causes,
};
use pyo3::prelude::*;
use serde_json::json;

use super::options::Options;
use super::start::{OUTCOMES, Page};
use super::table::PyRunTable;
use super::{Done, PyRun};
use crate::error;
use crate::fleet::PyFleet;

/// Waits for what a run left to itself, says how it goes, and records how it ended.
pub(crate) fn attach(
    py: Python<'_>,
    fleet: &PyFleet,
    run: &str,
    options: Options,
) -> PyResult<PyRun> {
    let home = options
        .place
        .home(fleet.directory())
        .map_err(|(message, help)| error::operate(py, message, help))?;
    let open = py
        .detach(|| left_open(&home, run))
        .map_err(|error| error::operate(py, with_causes(&error), None))?;
    if open.is_empty() {
        let message = format!("no apply of the run `{run}` is without an end");
        let help = "`fleet.runs()` lists runs".to_owned();
        return Err(error::operate(py, message, Some(help)));
    }
    let stacks: Vec<StackId> = open.keys().cloned().collect();
    let interrupt = Interrupt::default();
    let enough = interrupt.clone();
    let name = run.to_owned();
    let followed = Handle::follow(run, "attach", interrupt, stacks, move |follow| -> Done {
        for stack in open.keys() {
            follow.begun(stack);
        }
        let ends = attach_all(
            &home,
            &open,
            &|| enough.is_stopped(),
            &|stack, event| follow.said(stack, event),
            &|stack, end| {
                let told = Told::followed(end);
                let (standing, remark) = if is_done(end) {
                    (Standing::Done, String::new())
                } else {
                    (
                        Standing::Failed,
                        format!("{}: {}", told.outcome, told.remark),
                    )
                };
                follow.ended(stack, standing, &remark);
            },
        );
        let is_whole = ends.len() == open.len() && ends.values().all(is_done);
        let row = |(stack, end): (&StackId, &Followed)| {
            let told = Told::followed(end);
            json!({ "stack": stack, "outcome": told.outcome, "remark": told.remark })
        };
        let rows = ends.iter().map(row).collect();
        let table = PyRunTable::new("attach", &OUTCOMES, rows).of_run(&name, is_whole);
        Ok(Page::Table(table))
    });
    let followed = followed.map_err(|error| error::operate(py, with_causes(&error), None))?;
    Ok(PyRun::new(followed, options))
}

fn is_done(end: &Followed) -> bool {
    matches!(end, Ok(Some(attached)) if attached.outcome == Outcome::Done)
}
