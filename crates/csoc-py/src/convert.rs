//! Data of the core as plain Python objects.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use serde_json::Value;

/// Dictionaries, lists, texts, numbers, truth values and `None`.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(value) => value.into_bound_py_any(py),
        Value::String(text) => text.into_bound_py_any(py),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), _, _) => number.into_bound_py_any(py),
            (_, Some(number), _) => number.into_bound_py_any(py),
            (_, _, number) => number.into_bound_py_any(py),
        },
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(to_python(py, item)?)?;
            }
            Ok(list.into_any())
        }
        Value::Object(fields) => {
            let dict = PyDict::new(py);
            for (key, value) in fields {
                dict.set_item(key, to_python(py, value)?)?;
            }
            Ok(dict.into_any())
        }
    }
}

/// A text as Python writes it in source code.
pub(crate) fn quoted(py: Python<'_>, text: &str) -> PyResult<String> {
    Ok(text.into_bound_py_any(py)?.repr()?.to_cow()?.into_owned())
}

/// What `hash()` gives of an object that is told apart by these parts.
pub(crate) fn hash(parts: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// The word that an enumeration is written as.
pub(crate) fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Anything that can be serialized, as Python data.
pub(crate) fn serialized(
    py: Python<'_>,
    value: impl serde::Serialize,
) -> PyResult<Bound<'_, PyAny>> {
    to_python(
        py,
        &serde_json::to_value(value).map_err(crate::error::value_error)?,
    )
}
