//! The steps from nothing to a running center and a first commons, as Python sees them.

use csoc_core::{BootstrapOptions, Context, Fleet};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyType};
use serde_json::Value;

use crate::call;
use crate::convert::{hash, quoted, to_python};
use crate::error::{self, value_error};
use crate::html;

/// The ordered steps from nothing to a running operations center and a first commons.
#[pyclass(name = "BootstrapReport", module = "gen3_csoc", frozen, eq)]
#[derive(Debug, PartialEq)]
pub(crate) struct PyBootstrapReport {
    data: Value,
    text: String,
    markdown: String,
}

/// The columns of a record.
const COLUMNS: [&str; 6] = ["track", "number", "kind", "title", "who", "reach"];

impl PyBootstrapReport {
    pub(crate) fn of(
        py: Python<'_>,
        fleet: &Fleet,
        environment: Option<String>,
        context: Context,
    ) -> PyResult<Self> {
        let mut options = BootstrapOptions::default();
        options.environment = environment;
        let report = call::long(py, context, |context| {
            fleet.bootstrap_report(&options, context)
        })?
        .map_err(|failed| error::from_steps(py, &failed))?;
        Ok(Self {
            data: serde_json::to_value(&report).map_err(value_error)?,
            text: report.to_text(),
            markdown: report.to_markdown(),
        })
    }

    /// Each step with the title of its track.
    fn steps(&self) -> Vec<(&Value, &Value)> {
        let tracks = self.data["tracks"].as_array().into_iter().flatten();
        tracks
            .flat_map(|track| {
                let steps = track["steps"].as_array().into_iter().flatten();
                steps.map(move |step| (&track["title"], step))
            })
            .collect()
    }

    /// The steps as text, column by column.
    fn rows(&self) -> Vec<[String; 6]> {
        let cell = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let steps = self.steps().into_iter();
        steps
            .map(|(track, step)| {
                COLUMNS.map(|column| match column {
                    "track" => cell(track),
                    other => cell(&step[other]),
                })
            })
            .collect()
    }
}

#[pymethods]
impl PyBootstrapReport {
    #[new]
    fn from_parts(data: &str, text: String, markdown: String) -> PyResult<Self> {
        Ok(Self {
            data: serde_json::from_str(data).map_err(value_error)?,
            text,
            markdown,
        })
    }

    #[getter]
    fn fleet(&self) -> &str {
        self.data["fleet"].as_str().unwrap_or_default()
    }

    fn to_text(&self) -> &str {
        &self.text
    }

    fn to_markdown(&self) -> &str {
        &self.markdown
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.data)
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records = PyList::empty(py);
        for (track, step) in self.steps() {
            let record = PyDict::new(py);
            for column in COLUMNS {
                let value = if column == "track" {
                    track
                } else {
                    &step[column]
                };
                record.set_item(column, to_python(py, value)?)?;
            }
            records.append(record)?;
        }
        Ok(records)
    }

    fn __len__(&self) -> usize {
        self.steps().len()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "BootstrapReport(fleet={}, steps={})",
            quoted(py, self.fleet())?,
            self.steps().len()
        ))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let parts = PyDict::new(py);
        parts.set_item("fleet", self.fleet())?;
        parts.set_item("steps", self.steps().len())?;
        parts.call_method0("items")
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let caption = self.__repr__(py)?;
        Ok(html::table(&caption, COLUMNS, self.rows().into_iter()))
    }

    fn _repr_markdown_(&self) -> &str {
        &self.markdown
    }

    fn __hash__(&self) -> u64 {
        hash(&self.text)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyType>, (String, &str, &str)) {
        let parts = (self.data.to_string(), &*self.text, &*self.markdown);
        (py.get_type::<Self>(), parts)
    }
}
