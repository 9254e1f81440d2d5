//! What a render did.

use std::path::PathBuf;

use camino::Utf8PathBuf;
use csoc_core::{Context, Fleet, RenderOptions, Rendering};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple, PyType};
use serde_json::Value;

use crate::call;
use crate::convert::{hash, to_python};
use crate::error::{self, value_error};
use crate::html;
use crate::report::PyReport;
use crate::tree::Selection;

/// Where and how a call writes.
pub(crate) struct Output {
    pub(crate) out: PathBuf,
    pub(crate) terraform: Option<PathBuf>,
    pub(crate) gitops: Option<PathBuf>,
    pub(crate) force: Vec<PathBuf>,
    pub(crate) allow_pending: bool,
    pub(crate) durable: bool,
    pub(crate) dry_run: bool,
}

impl Output {
    fn options(self, selection: &Selection) -> PyResult<RenderOptions> {
        let mut options = RenderOptions::into_directory(utf8(self.out)?);
        options.compile = selection.options();
        options.compile.allow_pending = self.allow_pending;
        options.terraform = self.terraform.map(utf8).transpose()?;
        options.gitops = self.gitops.map(utf8).transpose()?;
        let force: PyResult<_> = self.force.into_iter().map(utf8).collect();
        options.force = force?;
        options.durable = self.durable;
        options.dry_run = self.dry_run;
        Ok(options)
    }
}

fn utf8(path: PathBuf) -> PyResult<Utf8PathBuf> {
    Utf8PathBuf::from_path_buf(path)
        .map_err(|path| value_error(format!("`{}` is not UTF-8", path.display())))
}

/// What a render did, by what happened to each file.
#[pyclass(name = "Rendering", module = "gen3_csoc", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct PyRendering {
    data: Value,
    report: PyReport,
}

impl PyRendering {
    pub(crate) fn render(
        py: Python<'_>,
        fleet: &Fleet,
        selection: &Selection,
        output: Output,
        context: Context,
    ) -> PyResult<Self> {
        let options = output.options(selection)?;
        let rendering = call::long(py, context, |context| fleet.render(&options, context))?
            .map_err(|failed| error::from_render(py, &failed))?;
        if rendering.report.has_failures() && !options.dry_run {
            return Err(refusal(py, rendering));
        }
        Ok(Self {
            data: serde_json::to_value(&rendering).map_err(value_error)?,
            report: PyReport::new(&rendering.report),
        })
    }

    fn list<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.data[key])
    }

    fn length(&self, key: &str) -> usize {
        self.data[key].as_array().map_or(0, Vec::len)
    }

    fn counts(&self) -> [(&'static str, usize); 6] {
        let unchanged = self.data["unchanged"].as_u64().unwrap_or_default();
        [
            ("added", self.length("added")),
            ("changed", self.length("changed")),
            ("removed", self.length("removed")),
            ("unchanged", usize::try_from(unchanged).unwrap_or_default()),
            ("kept", self.length("kept")),
            ("pending", self.length("pending")),
        ]
    }
}

/// A render that wrote nothing since something is wrong.
fn refusal(py: Python<'_>, rendering: Rendering) -> PyErr {
    let errors = rendering.report.summary().errors;
    let plural = if errors == 1 { "" } else { "s" };
    let message = format!("nothing was written: {errors} error{plural}");
    error::with_report(py, message, rendering.report)
}

#[pymethods]
impl PyRendering {
    #[new]
    fn from_parts(data: &str, report: &Bound<'_, PyReport>) -> PyResult<Self> {
        Ok(Self {
            data: serde_json::from_str(data).map_err(value_error)?,
            report: report.get().clone(),
        })
    }

    #[getter]
    fn written(&self) -> bool {
        self.data["written"].as_bool().unwrap_or_default()
    }

    #[getter]
    fn added<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.list(py, "added")
    }

    #[getter]
    fn changed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.list(py, "changed")
    }

    #[getter]
    fn removed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.list(py, "removed")
    }

    #[getter]
    fn unchanged(&self) -> usize {
        self.counts()[3].1
    }

    #[getter]
    fn kept<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let kept = PyDict::new(py);
        for file in self.data["kept"].as_array().into_iter().flatten() {
            kept.set_item(to_python(py, &file[0])?, to_python(py, &file[1])?)?;
        }
        Ok(kept)
    }

    #[getter]
    fn pending<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.list(py, "pending")
    }

    #[getter]
    fn objects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.list(py, "objects")
    }

    #[getter]
    fn report(&self) -> PyReport {
        self.report.clone()
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.data)
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records = PyList::empty(py);
        for state in ["added", "changed", "removed"] {
            for path in self.data[state].as_array().into_iter().flatten() {
                records.append(record(py, path, state, &Value::Null)?)?;
            }
        }
        for file in self.data["kept"].as_array().into_iter().flatten() {
            records.append(record(py, &file[0], "kept", &file[1])?)?;
        }
        for file in self.data["pending"].as_array().into_iter().flatten() {
            records.append(record(py, &file["path"], "pending", &file["outputs"])?)?;
        }
        Ok(records)
    }

    fn __repr__(&self) -> String {
        let counts: Vec<String> = self
            .counts()
            .iter()
            .map(|(state, count)| format!("{state}={count}"))
            .collect();
        let written = if self.written() { "True" } else { "False" };
        format!("Rendering(written={written}, {})", counts.join(", "))
    }

    fn __rich_repr__(&self) -> Vec<(&'static str, usize)> {
        self.counts().to_vec()
    }

    fn _repr_html_(&self) -> String {
        let rows = self.counts();
        html::table(
            &self.__repr__(),
            ["files", "count"],
            rows.into_iter()
                .map(|(state, count)| [state.to_owned(), count.to_string()]),
        )
    }

    fn __hash__(&self) -> u64 {
        hash(self.counts())
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let parts = (self.data.to_string(), self.report.clone());
        Ok((py.get_type::<Self>(), parts.into_pyobject(py)?))
    }
}

/// What a table of files says of one.
fn record<'py>(
    py: Python<'py>,
    path: &Value,
    state: &str,
    detail: &Value,
) -> PyResult<Bound<'py, PyDict>> {
    let record = PyDict::new(py);
    record.set_item("path", to_python(py, path)?)?;
    record.set_item("state", state)?;
    record.set_item("detail", to_python(py, detail)?)?;
    Ok(record)
}
