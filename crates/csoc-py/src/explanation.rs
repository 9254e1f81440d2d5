//! Where a value comes from.

use csoc_core::{Context, Fleet};
use pyo3::prelude::*;
use pyo3::types::PyType;
use serde_json::Value;

use crate::call;
use crate::convert::{hash, quoted, to_python};
use crate::error::{self, value_error};
use crate::html;

/// A value with what set it, what it overrode and the rule that derived it.
#[pyclass(name = "Explanation", module = "gen3_csoc", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct PyExplanation(Value);

impl PyExplanation {
    pub(crate) fn explain(
        py: Python<'_>,
        fleet: &Fleet,
        path: &str,
        context: Context,
    ) -> PyResult<Self> {
        let explanation = call::long(py, context, |context| fleet.explain(path, context))?
            .map_err(|failed| error::from_explain(py, &failed))?;
        serde_json::to_value(explanation)
            .map(Self)
            .map_err(value_error)
    }

    fn part<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0[key])
    }
}

/// A value on one line.
fn line(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `file:line:column` of a place, if there is one.
fn at(place: &Value) -> String {
    match place {
        Value::Object(place) => format!(
            "{}:{}:{}",
            line(&place["file"]),
            place["line"],
            place["column"]
        ),
        _ => String::new(),
    }
}

#[pymethods]
impl PyExplanation {
    #[new]
    fn from_json(data: &str) -> PyResult<Self> {
        serde_json::from_str(data).map(Self).map_err(value_error)
    }

    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, "path")
    }

    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, "value")
    }

    #[getter]
    fn place<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, "place")
    }

    #[getter]
    fn notes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, "notes")
    }

    #[getter]
    fn layers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, "layers")
    }

    #[getter]
    fn rule<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, "rule")
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0)
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.layers(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "Explanation(path={}, value={}, at={})",
            quoted(py, &line(&self.0["path"]))?,
            self.value(py)?.repr()?,
            quoted(py, &at(&self.0["place"]))?
        ))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.to_dict(py)?.call_method0("items")
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let none = Vec::new();
        let layers = self.0["layers"].as_array().unwrap_or(&none);
        let rows = layers.iter().map(|layer| {
            let (name, effect) = (line(&layer["layer"]), line(&layer["effect"]));
            [name, effect, at(&layer["place"]), line(&layer["value"])]
        });
        Ok(html::table(
            &self.__repr__(py)?,
            ["layer", "effect", "at", "value"],
            rows,
        ))
    }

    fn __hash__(&self) -> u64 {
        hash(line(&self.0["path"]))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyType>, (String,)) {
        (py.get_type::<Self>(), (self.0.to_string(),))
    }
}
