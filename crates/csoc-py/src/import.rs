//! Imports of foreign layouts, and what they report.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use csoc_core::{ImportKind, ImportOptions, ImportReport, import_directory};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple, PyType};
use serde_json::Value;

use crate::call::{context, long};
use crate::convert::to_python;
use crate::error::{from_import, value_error};
use crate::html;

/// What became of everything that an import read.
#[pyclass(name = "ImportReport", module = "gen3_csoc", frozen, eq)]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PyImportReport {
    data: Value,
    markdown: String,
}

impl PyImportReport {
    fn new(report: &ImportReport) -> PyResult<Self> {
        Ok(Self {
            data: serde_json::to_value(report).map_err(value_error)?,
            markdown: report.to_markdown(),
        })
    }

    fn number(&self, field: &str) -> f64 {
        self.data[field].as_f64().unwrap_or_default()
    }

    fn equal(&self, field: &str) -> String {
        let count = |key: &str| self.data[field][key].as_u64().unwrap_or_default();
        format!("{}/{}", count("equal"), count("total"))
    }

    fn objects(&self) -> &[Value] {
        self.data["objects"].as_array().map_or(&[], Vec::as_slice)
    }
}

#[pymethods]
impl PyImportReport {
    #[new]
    fn from_parts(json: &str, markdown: String) -> PyResult<Self> {
        Ok(Self {
            data: serde_json::from_str(json).map_err(value_error)?,
            markdown,
        })
    }

    #[getter]
    fn share(&self) -> f64 {
        self.number("share")
    }

    #[getter]
    fn live_share(&self) -> f64 {
        self.number("live_share")
    }

    #[getter]
    fn notes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.data["notes"])
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.data)
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records = PyList::empty(py);
        for object in self.objects() {
            let record = PyDict::new(py);
            for (key, value) in object.as_object().into_iter().flatten() {
                match value {
                    Value::Object(counts) => {
                        for (fate, count) in counts {
                            record.set_item(fate, to_python(py, count)?)?;
                        }
                    }
                    value => record.set_item(key, to_python(py, value)?)?,
                }
            }
            records.append(record)?;
        }
        Ok(records)
    }

    fn to_markdown(&self) -> &str {
        &self.markdown
    }

    fn __repr__(&self) -> String {
        format!(
            "ImportReport(values={}, applications={}, clusters={}, share={:.1}%)",
            self.equal("values"),
            self.equal("applications"),
            self.equal("clusters"),
            self.share()
        )
    }

    fn _repr_html_(&self) -> String {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number
                .as_f64()
                .filter(|_| number.is_f64())
                .map_or_else(|| number.to_string(), |share| format!("{share:.1} %")),
            Value::Bool(true) => "yes".to_owned(),
            Value::Bool(false) => "no".to_owned(),
            _ => String::new(),
        };
        html::table(
            &self.__repr__(),
            [
                "object", "document", "equal", "modelled", "named", "layered", "overlaid",
                "content", "share",
            ],
            self.objects().iter().map(|object| {
                let leaves = &object["leaves"];
                [
                    text(&object["object"]),
                    text(&object["document"]),
                    text(&object["equal"]),
                    text(&leaves["modelled"]),
                    text(&leaves["named"]),
                    text(&leaves["layered"]),
                    text(&leaves["overlaid"]),
                    text(&leaves["content"]),
                    text(&object["share"]),
                ]
            }),
        )
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let parts = (self.data.to_string(), &self.markdown);
        Ok((py.get_type::<Self>(), parts.into_pyobject(py)?))
    }
}

/// Makes a fleet of a directory of somebody else's layout, and writes it.
#[pyfunction]
#[pyo3(signature = (
    kind, source, out, *, name = None, mapping = None, live = None, fix = None, threads = None, as_of = None
))]
#[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
pub(crate) fn import_fleet(
    py: Python<'_>,
    kind: &str,
    source: PathBuf,
    out: PathBuf,
    name: Option<&str>,
    mapping: Option<PathBuf>,
    live: Option<PathBuf>,
    fix: Option<Vec<String>>,
    threads: Option<NonZeroUsize>,
    as_of: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyImportReport> {
    let kind: ImportKind = kind.parse().map_err(value_error)?;
    let mut options = ImportOptions::default();
    options.name = name.map(str::parse).transpose().map_err(value_error)?;
    options.mapping = mapping.map(read).transpose()?;
    options.live = live.map(read).transpose()?;
    options.fix = fix.unwrap_or_default();
    let (source, out) = (utf8(source)?, utf8(out)?);
    let done = long(py, context(threads, as_of)?, |context| {
        let import = import_directory(kind, &source, &options, context)?;
        import.write(Utf8Path::new(&out))?;
        Ok(import)
    })?;
    let import = done.map_err(|error| from_import(py, error))?;
    PyImportReport::new(import.report())
}

/// A file with its name.
#[expect(
    clippy::needless_pass_by_value,
    reason = "arguments of Python are given away"
)]
fn read(path: PathBuf) -> PyResult<(String, String)> {
    let text = std::fs::read_to_string(&path)?;
    Ok((path.display().to_string(), text))
}

fn utf8(path: PathBuf) -> PyResult<Utf8PathBuf> {
    Utf8PathBuf::from_path_buf(path)
        .map_err(|path| value_error(format!("`{}` is not UTF-8", path.display())))
}
