//! What became of each stack of a run, and which runs there were, as Python sees it.

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyType};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::convert::{hash, quoted, to_python};
use crate::error::value_error;
use crate::html;

/// A table about runs: what became of each stack, or which runs there were. It is data, and outlives its run.
#[pyclass(name = "RunTable", module = "gen3_csoc", frozen, eq)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::unsafe_derive_deserialize,
    reason = "the unsafe code is that of the bindings, and relies on nothing in the data"
)]
pub(crate) struct PyRunTable {
    kind: String,
    run: Option<String>,
    ok: bool,
    headline: String,
    columns: Vec<String>,
    rows: Vec<Value>,
}

/// How a stack may come out of a way through a fleet without a failure.
const FINE: [&str; 5] = ["applied", "blocked", "clean", "not approved", "not begun"];

impl PyRunTable {
    /// A table of rows that have all of the columns.
    pub(crate) fn new(kind: &str, columns: &[&str], rows: Vec<Value>) -> Self {
        Self {
            kind: kind.to_owned(),
            run: None,
            ok: true,
            headline: headline(kind, &rows),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows,
        }
    }

    /// That of a run, which was done as a whole or not.
    pub(crate) fn of_run(mut self, run: &str, ok: bool) -> Self {
        self.run = Some(run.to_owned());
        self.ok = ok;
        self
    }

    /// Whether it is of plans that were not applied as a whole.
    pub(crate) fn is_failure(&self) -> bool {
        match &*self.kind {
            "apply" | "destroy" | "attach" => !self.ok,
            // What waits, or was not approved, is no failure.
            "advance" => {
                let mut rows = self.rows.iter();
                rows.any(|row| {
                    row["outcome"]
                        .as_str()
                        .is_none_or(|outcome| !FINE.contains(&outcome))
                })
            }
            _ => false,
        }
    }

    /// The rows as text.
    fn listed(&self) -> Vec<Vec<String>> {
        let cell = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                items.join(", ")
            }
            other => other.to_string(),
        };
        let row = |row: &Value| {
            let columns = self.columns.iter();
            columns.map(|column| cell(&row[column])).collect()
        };
        self.rows.iter().map(row).collect()
    }

    fn record<'py>(&self, py: Python<'py>, row: &Value) -> PyResult<Bound<'py, PyDict>> {
        let record = PyDict::new(py);
        for column in &self.columns {
            record.set_item(column, to_python(py, &row[column])?)?;
        }
        Ok(record)
    }
}

/// How many rows came out how, where they say it: `3 stacks: 2 applied, 1 failed`.
fn headline(kind: &str, rows: &[Value]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for outcome in rows.iter().filter_map(|row| row["outcome"].as_str()) {
        match counts.iter_mut().find(|(other, _)| *other == outcome) {
            Some((_, count)) => *count += 1,
            None => counts.push((outcome, 1)),
        }
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(outcome, count)| format!("{count} {outcome}"))
        .collect();
    let noun = match kind {
        "accounts" => "account",
        "runs" => "run",
        "run" => "line",
        "secrets" => "secret",
        _ => "stack",
    };
    let plural = if rows.len() == 1 { "" } else { "s" };
    let total = format!("{} {noun}{plural}", rows.len());
    if counts.is_empty() {
        return total;
    }
    format!("{total}: {}", counts.join(", "))
}

#[pymethods]
impl PyRunTable {
    #[new]
    fn from_json(data: &str) -> PyResult<Self> {
        serde_json::from_str(data).map_err(value_error)
    }

    #[getter]
    fn kind(&self) -> &str {
        &self.kind
    }

    #[getter]
    fn run(&self) -> Option<&str> {
        self.run.as_deref()
    }

    #[getter]
    fn ok(&self) -> bool {
        self.ok
    }

    #[getter]
    pub(crate) fn headline(&self) -> &str {
        &self.headline
    }

    pub(crate) fn to_text(&self) -> String {
        let rows = self.listed();
        let mut widths: Vec<usize> = self.columns.iter().map(String::len).collect();
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let mut text = String::new();
        for row in std::iter::once(&self.columns).chain(&rows) {
            let cells = row.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            text.push_str(cells.join("  ").trim_end());
            text.push('\n');
        }
        text
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records = PyList::empty(py);
        for row in &self.rows {
            records.append(self.record(py, row)?)?;
        }
        Ok(records)
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("kind", &self.kind)?;
        dict.set_item("run", &self.run)?;
        dict.set_item("ok", self.ok)?;
        dict.set_item("rows", self.to_records(py)?)?;
        Ok(dict)
    }

    fn __len__(&self) -> usize {
        self.rows.len()
    }

    fn __bool__(&self) -> bool {
        !self.rows.is_empty()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.to_records(py)?.try_iter()?.into_any())
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyDict>> {
        let length = self.rows.len().cast_signed();
        let index = if index < 0 { index + length } else { index };
        let row = usize::try_from(index)
            .ok()
            .and_then(|index| self.rows.get(index));
        match row {
            Some(row) => self.record(py, row),
            None => Err(PyIndexError::new_err("a table has no row of that number")),
        }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let run = match &self.run {
            Some(run) => format!(", run={}", quoted(py, run)?),
            None => String::new(),
        };
        Ok(format!(
            "RunTable(kind={}{run}, rows={}, ok={})",
            quoted(py, &self.kind)?,
            self.rows.len(),
            if self.ok { "True" } else { "False" }
        ))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let parts = PyDict::new(py);
        parts.set_item("kind", &self.kind)?;
        parts.set_item("run", &self.run)?;
        parts.set_item("rows", self.rows.len())?;
        parts.set_item("ok", self.ok)?;
        parts.call_method0("items")
    }

    fn _repr_html_(&self) -> String {
        let caption = format!("{}: {}", self.kind, self.headline);
        let head: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        html::rows(&caption, &head, self.listed().into_iter())
    }

    fn __hash__(&self) -> u64 {
        hash((&self.kind, &self.run, &self.headline))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyType>, (String,))> {
        let json = serde_json::to_string(self).map_err(value_error)?;
        Ok((py.get_type::<Self>(), (json,)))
    }
}
