//! Which runs there were, and what one of them did, as the journal says it.

use std::collections::BTreeSet;

use csoc_operate::{Entry, PastRun, RunLeft, StackId, past_runs, with_causes};
use pyo3::prelude::*;
use serde_json::{Value, json};

use super::options::Place;
use super::start::{SECOND, entries};
use super::table::PyRunTable;
use crate::error;
use crate::fleet::PyFleet;

/// Which runs there were, the last one first.
pub(crate) fn list(py: Python<'_>, fleet: &PyFleet, place: &Place) -> PyResult<PyRunTable> {
    let home = place
        .home(fleet.directory())
        .map_err(|(message, help)| error::operate(py, message, help))?;
    let row = |run: PastRun| {
        json!({
            "run": run.run, "began": run.began.strftime(SECOND).to_string(), "by": run.by, "planned": run.planned,
            "applied": run.applied, "not_done": run.not_done,
        })
    };
    let rows = past_runs(&entries(py, &home)?)
        .into_iter()
        .map(row)
        .collect();
    let columns = ["run", "began", "by", "planned", "applied", "not_done"];
    Ok(PyRunTable::new("runs", &columns, rows))
}

/// What a run did, line by line, and what is left of it: beside the last line of each stack.
pub(crate) fn show(
    py: Python<'_>,
    fleet: &PyFleet,
    run: &str,
    place: &Place,
) -> PyResult<PyRunTable> {
    let home = place
        .home(fleet.directory())
        .map_err(|(message, help)| error::operate(py, message, help))?;
    let all = entries(py, &home)?;
    let own: Vec<&Entry> = all
        .iter()
        .filter(|entry| *entry.record.run == *run)
        .collect();
    if own.is_empty() {
        let help = "`fleet.runs()` lists runs".to_owned();
        let message = format!("no run `{run}` is in the journal");
        return Err(error::operate(py, message, Some(help)));
    }
    let left = py
        .detach(|| RunLeft::of(run, &all, &home))
        .map_err(|error| error::operate(py, with_causes(&error), None))?;
    let mut seen: BTreeSet<&StackId> = BTreeSet::new();
    let mut rows: Vec<Value> = Vec::new();
    for entry in own.into_iter().rev() {
        let record = &entry.record;
        let told = record.phase.told();
        let mut row = json!({
            "at": record.at.strftime(SECOND).to_string(), "stack": record.stack, "what": told.outcome,
            "by": record.actor, "remark": told.remark, "left": "", "half_built": [], "not_begun": [],
        });
        if seen.insert(&record.stack) {
            say_left(&mut row, &record.stack, &left);
        }
        rows.push(row);
    }
    rows.reverse();
    let columns = [
        "at",
        "stack",
        "what",
        "by",
        "remark",
        "left",
        "half_built",
        "not_begun",
    ];
    let ok = left.loose.is_empty() && left.spent.is_empty() && left.unused.is_empty();
    Ok(PyRunTable::new("run", &columns, rows).of_run(run, ok))
}

/// Says in a row what of a stack is left to do.
fn say_left(row: &mut Value, stack: &StackId, left: &RunLeft) {
    if let Some(loose) = left.loose.iter().find(|loose| loose.stack == *stack) {
        row["left"] = if loose.goes_on {
            "still goes on".into()
        } else {
            "did not come to a good end".into()
        };
        row["half_built"] = json!(loose.half_built);
        row["not_begun"] = json!(loose.not_begun);
    } else if left.spent.contains(stack) {
        row["left"] = "nothing was done, and the plan is used".into();
    } else if left.unused.iter().any(|unused| unused.stack == *stack) {
        row["left"] = "not begun".into();
    }
}
