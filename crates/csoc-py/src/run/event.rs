//! One thing that happened in a run, as Python sees it.

use csoc_operate::Moment;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use serde_json::Value;

use crate::convert::{hash, quoted, to_python};
use crate::error::value_error;
use crate::html;

/// One thing that happened in a run: data, without a value of any resource.
#[pyclass(name = "RunEvent", module = "gen3_csoc", frozen, eq)]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PyRunEvent(Value);

impl PyRunEvent {
    pub(crate) fn new(moment: &Moment) -> serde_json::Result<Self> {
        serde_json::to_value(moment).map(Self)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0[key].as_str()
    }
}

#[pymethods]
impl PyRunEvent {
    #[new]
    fn from_json(data: &str) -> PyResult<Self> {
        serde_json::from_str(data).map(Self).map_err(value_error)
    }

    #[getter]
    fn kind(&self) -> &str {
        self.text("kind").unwrap_or_default()
    }

    #[getter]
    fn stack(&self) -> &str {
        self.text("stack").unwrap_or_default()
    }

    #[getter]
    fn at(&self) -> &str {
        self.text("at").unwrap_or_default()
    }

    #[getter]
    fn address(&self) -> Option<&str> {
        self.text("address")
    }

    #[getter]
    fn action(&self) -> Option<&str> {
        self.text("action")
    }

    #[getter]
    fn seconds(&self) -> Option<f64> {
        self.0["seconds"].as_f64()
    }

    #[getter]
    fn message(&self) -> Option<&str> {
        self.text("error").or_else(|| self.text("summary"))
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut parts = vec![
            format!("kind={}", quoted(py, self.kind())?),
            format!("stack={}", quoted(py, self.stack())?),
        ];
        for (name, text) in [
            ("action", self.action()),
            ("address", self.address()),
            ("message", self.message()),
        ] {
            if let Some(text) = text {
                parts.push(format!("{name}={}", quoted(py, text)?));
            }
        }
        Ok(format!("RunEvent({})", parts.join(", ")))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.to_dict(py)?.call_method0("items")
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        Ok(html::preformatted("RunEvent", &self.__repr__(py)?))
    }

    fn __hash__(&self) -> u64 {
        hash(self.0.to_string())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyType>, (String,)) {
        (py.get_type::<Self>(), (self.0.to_string(),))
    }
}

/// Events as a list of Python's, with the number to ask from the next time and whether nothing will be added.
pub(crate) type Batch<'py> = (Vec<Bound<'py, PyRunEvent>>, u64, bool);

/// A record of a row of progress.
pub(crate) fn record<'py>(
    py: Python<'py>,
    stack: &csoc_operate::StackProgress,
) -> PyResult<Bound<'py, PyDict>> {
    let record = PyDict::new(py);
    record.set_item("stack", stack.stack.as_str())?;
    record.set_item("standing", stack.standing.as_str())?;
    record.set_item(
        "seconds",
        stack.elapsed.map(|elapsed| elapsed.as_secs_f64()),
    )?;
    record.set_item("remark", &stack.remark)?;
    Ok(record)
}
