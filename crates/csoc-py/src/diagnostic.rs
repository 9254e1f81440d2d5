//! Findings, with no tie to the fleet that they were found in.

use csoc_core::{Diagnostic, Label};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};
use serde::Serialize;

use crate::convert::{quoted, serialized, word};
use crate::html;

/// One place of a finding.
#[pyclass(
    name = "Label",
    module = "gen3_csoc",
    frozen,
    eq,
    hash,
    get_all,
    from_py_object
)]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct PyLabel {
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    root: String,
    message: String,
    #[serde(skip)]
    excerpt: String,
}

impl From<&Label> for PyLabel {
    fn from(label: &Label) -> Self {
        Self {
            file: label.file.clone(),
            line: label.line,
            column: label.column,
            end_line: label.end_line,
            end_column: label.end_column,
            root: word(label.root),
            message: label.message.clone(),
            excerpt: label.excerpt.clone(),
        }
    }
}

#[pymethods]
impl PyLabel {
    #[new]
    #[expect(clippy::too_many_arguments, reason = "a label has that many parts")]
    fn new(
        file: String,
        line: u32,
        column: u32,
        end_line: u32,
        end_column: u32,
        root: String,
        message: String,
        excerpt: String,
    ) -> Self {
        Self {
            file,
            line,
            column,
            end_line,
            end_column,
            root,
            message,
            excerpt,
        }
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, self)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "Label(file={}, line={}, column={}, message={})",
            quoted(py, &self.file)?,
            self.line,
            self.column,
            quoted(py, &self.message)?
        ))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.to_dict(py)?.call_method0("items")
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyType>, Parts<'py>)> {
        let parts = (
            &self.file,
            self.line,
            self.column,
            self.end_line,
            self.end_column,
            &self.root,
            &self.message,
            &self.excerpt,
        );
        Ok((py.get_type::<Self>(), parts.into_pyobject(py)?))
    }
}

/// The arguments that an object is made again from.
type Parts<'py> = Bound<'py, PyTuple>;

/// Something that does not hold.
#[pyclass(
    name = "Diagnostic",
    module = "gen3_csoc",
    frozen,
    eq,
    hash,
    from_py_object
)]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct PyDiagnostic {
    #[pyo3(get)]
    code: String,
    #[pyo3(get)]
    severity: String,
    #[pyo3(get)]
    message: String,
    #[pyo3(get)]
    help: Option<String>,
    labels: Vec<PyLabel>,
    #[pyo3(get)]
    object: Option<String>,
    #[serde(skip)]
    #[pyo3(get)]
    path: Option<String>,
    #[pyo3(get)]
    docs: String,
    #[pyo3(get)]
    status: String,
    #[serde(skip)]
    #[pyo3(get)]
    is_failure: bool,
}

impl From<&Diagnostic> for PyDiagnostic {
    fn from(diagnostic: &Diagnostic) -> Self {
        Self {
            code: diagnostic.code.to_string(),
            severity: word(diagnostic.severity),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone(),
            labels: diagnostic.labels.iter().map(PyLabel::from).collect(),
            object: diagnostic.object.clone(),
            path: diagnostic.path.clone(),
            docs: diagnostic.docs(),
            status: word(diagnostic.status),
            is_failure: diagnostic.is_failure(),
        }
    }
}

impl PyDiagnostic {
    /// `file:line:column` of the place to go to.
    pub(crate) fn place(&self) -> String {
        self.labels.first().map_or_else(String::new, |label| {
            format!("{}:{}:{}", label.file, label.line, label.column)
        })
    }

    /// Whether it is of that severity and that status.
    pub(crate) fn is(&self, severity: &str, status: &str) -> bool {
        self.severity == severity && self.status == status
    }

    /// The cells of a row in a table of findings.
    pub(crate) fn row(&self) -> [String; 5] {
        [
            self.severity.clone(),
            self.code.clone(),
            self.message.clone(),
            self.place(),
            self.help.clone().unwrap_or_default(),
        ]
    }

    /// One flat record: the first place beside what the finding says.
    pub(crate) fn record<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let first = self.labels.first();
        let record = PyDict::new(py);
        record.set_item("severity", &self.severity)?;
        record.set_item("code", &self.code)?;
        record.set_item("message", &self.message)?;
        record.set_item("help", self.help.as_deref())?;
        record.set_item("object", self.object.as_deref())?;
        record.set_item("path", self.path.as_deref())?;
        record.set_item("file", first.map(|label| &label.file))?;
        record.set_item("line", first.map(|label| label.line))?;
        record.set_item("column", first.map(|label| label.column))?;
        record.set_item("status", &self.status)?;
        record.set_item("docs", &self.docs)?;
        Ok(record)
    }
}

#[pymethods]
impl PyDiagnostic {
    #[new]
    #[expect(clippy::too_many_arguments, reason = "a finding has that many parts")]
    fn new(
        code: String,
        severity: String,
        message: String,
        help: Option<String>,
        labels: Vec<PyLabel>,
        object: Option<String>,
        path: Option<String>,
        docs: String,
        status: String,
        is_failure: bool,
    ) -> Self {
        Self {
            code,
            severity,
            message,
            help,
            labels,
            object,
            path,
            docs,
            status,
            is_failure,
        }
    }

    #[getter]
    fn labels<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.labels.clone())
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, self)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "Diagnostic(code={}, severity={}, message={}, at={})",
            quoted(py, &self.code)?,
            quoted(py, &self.severity)?,
            quoted(py, &self.message)?,
            quoted(py, &self.place())?
        ))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.to_dict(py)?.call_method0("items")
    }

    fn _repr_html_(&self) -> String {
        html::table(
            &self.message,
            ["file", "line", "column", "what is there"],
            self.labels.iter().map(|label| {
                [
                    label.file.clone(),
                    label.line.to_string(),
                    label.column.to_string(),
                    label.message.clone(),
                ]
            }),
        )
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyType>, Parts<'py>)> {
        let parts = (
            &self.code,
            &self.severity,
            &self.message,
            self.help.as_deref(),
            self.labels(py)?,
            self.object.as_deref(),
            self.path.as_deref(),
            &self.docs,
            &self.status,
            self.is_failure,
        );
        Ok((py.get_type::<Self>(), parts.into_pyobject(py)?))
    }
}
