//! All findings of one call.

use std::collections::BTreeMap;

use csoc_core::{Report, Severity, Status, TextStyle};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple, PyType};
use serde_json::{Value, json};

use crate::convert::{serialized, to_python};
use crate::diagnostic::PyDiagnostic;
use crate::html;

/// How many findings there are of each kind, in the order that they are told in.
const KINDS: [&str; 5] = ["errors", "warnings", "infos", "baselined", "waived"];

/// All findings of one call.
#[pyclass(name = "Report", module = "gen3_csoc", frozen, eq, hash)]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct PyReport {
    diagnostics: Vec<PyDiagnostic>,
    summary: [usize; 5],
    text: String,
    undecided: BTreeMap<String, usize>,
}

impl PyReport {
    /// A report of the core, detached from it.
    pub(crate) fn new(report: &Report) -> Self {
        let summary = report.summary();
        Self {
            diagnostics: report
                .diagnostics()
                .iter()
                .map(PyDiagnostic::from)
                .collect(),
            summary: [
                summary.errors,
                summary.warnings,
                summary.infos,
                summary.baselined,
                summary.waived,
            ],
            text: report.to_text(TextStyle::plain()),
            undecided: report
                .undecided()
                .iter()
                .map(|(reason, times)| (reason.to_string(), *times))
                .collect(),
        }
    }

    /// What a terminal shows.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn counted(&self) -> Value {
        let counts = KINDS.iter().zip(self.summary);
        counts
            .map(|(kind, count)| ((*kind).to_owned(), json!(count)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    fn of_severity<'py>(
        &self,
        py: Python<'py>,
        severity: Severity,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let (severity, new) = (
            crate::convert::word(severity),
            crate::convert::word(Status::New),
        );
        let found: Vec<PyDiagnostic> = self
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is(&severity, &new))
            .cloned()
            .collect();
        PyTuple::new(py, found)
    }
}

#[pymethods]
impl PyReport {
    #[new]
    #[pyo3(signature = (diagnostics, summary, text, undecided = BTreeMap::new()))]
    fn from_parts(
        diagnostics: Vec<PyDiagnostic>,
        summary: [usize; 5],
        text: String,
        undecided: BTreeMap<String, usize>,
    ) -> Self {
        Self {
            diagnostics,
            summary,
            text,
            undecided,
        }
    }

    #[getter]
    fn diagnostics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.diagnostics.clone())
    }

    #[getter]
    fn errors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.of_severity(py, Severity::Error)
    }

    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.of_severity(py, Severity::Warning)
    }

    #[getter]
    fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.counted())
    }

    #[getter]
    fn undecided<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.undecided.clone().into_pyobject(py)
    }

    fn to_text(&self) -> &str {
        &self.text
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records = PyList::empty(py);
        for diagnostic in &self.diagnostics {
            records.append(diagnostic.record(py)?)?;
        }
        Ok(records)
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("diagnostics", serialized(py, &self.diagnostics)?)?;
        dict.set_item("summary", self.summary(py)?)?;
        if !self.undecided.is_empty() {
            dict.set_item("undecided", self.undecided(py)?)?;
        }
        Ok(dict)
    }

    fn __len__(&self) -> usize {
        self.diagnostics.len()
    }

    fn __bool__(&self) -> bool {
        !self.diagnostics.is_empty()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.diagnostics(py)?.try_iter()?.into_any())
    }

    fn __getitem__(&self, index: isize) -> PyResult<PyDiagnostic> {
        let length = self.diagnostics.len().cast_signed();
        let index = if index < 0 { index + length } else { index };
        usize::try_from(index)
            .ok()
            .and_then(|index| self.diagnostics.get(index).cloned())
            .ok_or_else(|| PyIndexError::new_err("a report has no finding of that number"))
    }

    fn __repr__(&self) -> String {
        let counts: Vec<String> = KINDS
            .iter()
            .zip(self.summary)
            .map(|(kind, count)| format!("{kind}={count}"))
            .collect();
        format!("Report({})", counts.join(", "))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.summary(py)?.call_method0("items")
    }

    fn _repr_html_(&self) -> String {
        html::table(
            &self.__repr__(),
            ["severity", "code", "message", "at", "help"],
            self.diagnostics.iter().map(PyDiagnostic::row),
        )
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let undecided = self.undecided(py)?;
        let parts = (self.diagnostics(py)?, self.summary, &self.text, undecided);
        Ok((py.get_type::<Self>(), parts.into_pyobject(py)?))
    }
}
