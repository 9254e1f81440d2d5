//! Errors of the core as exceptions of Python.

use std::error::Error;
use std::fmt::Display;
use std::io;

use csoc_core::{
    DiffError, ExplainError, FleetError, FocusError, ReadError, RenderError, Report, Stopped,
};
use pyo3::exceptions::{PyKeyboardInterrupt, PyLookupError, PyOSError, PyValueError};
use pyo3::import_exception;
use pyo3::prelude::*;

use crate::report::PyReport;

/// The exceptions that `gen3_csoc/errors.py` defines.
mod python {
    use super::import_exception;

    import_exception!(gen3_csoc.errors, CsocError);
    import_exception!(gen3_csoc.errors, FleetError);
    import_exception!(gen3_csoc.errors, WriteError);
}

/// An argument that does not hold.
pub(crate) fn value_error(error: impl Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// Why there is no fleet.
pub(crate) fn from_fleet(py: Python<'_>, error: FleetError) -> PyErr {
    match error {
        FleetError::Invalid(report) => {
            let message = FleetError::Invalid(report.clone()).to_string();
            with_report(py, message, report)
        }
        FleetError::Read(error) => from_read(&error),
        FleetError::Stopped(_) => PyKeyboardInterrupt::new_err(()),
        other => python::CsocError::new_err(other.to_string()),
    }
}

/// Findings that keep something from being done, with all of them in the traceback.
#[expect(clippy::needless_pass_by_value, reason = "it is used up here")]
pub(crate) fn with_report(py: Python<'_>, message: String, report: Report) -> PyErr {
    let report = PyReport::new(&report);
    let text = report.text().to_owned();
    let error = python::FleetError::new_err((message, report));
    let noted = error.value(py).call_method1("add_note", (text,));
    match noted {
        Ok(_) => error,
        Err(other) => other,
    }
}

/// The call was told to stop.
pub(crate) fn from_stop(_stopped: Stopped) -> PyErr {
    PyKeyboardInterrupt::new_err(())
}

/// Why nothing can be explained.
pub(crate) fn from_explain(py: Python<'_>, error: &ExplainError) -> PyErr {
    let message = error.to_string();
    let raised = match error {
        ExplainError::Stopped(_) => return PyKeyboardInterrupt::new_err(()),
        ExplainError::Unknown { .. } | ExplainError::NoFile { .. } => {
            PyLookupError::new_err(message)
        }
        _ => PyValueError::new_err(message),
    };
    with_note(py, raised, error.help())
}

/// Why there is nothing to focus on, or to draw.
pub(crate) fn from_focus(py: Python<'_>, error: &FocusError) -> PyErr {
    let message = error.to_string();
    let raised = match error {
        FocusError::Unknown { .. } => PyLookupError::new_err(message),
        _ => PyValueError::new_err(message),
    };
    with_note(py, raised, error.help())
}

/// Why there is no comparison.
pub(crate) fn from_diff(py: Python<'_>, error: DiffError) -> PyErr {
    let message = error.to_string();
    match error {
        DiffError::Stopped(_) => PyKeyboardInterrupt::new_err(()),
        DiffError::Fleet { source, .. } => from_fleet(py, *source),
        DiffError::Missing { path } => os_error(
            &io::ErrorKind::NotFound.into(),
            Some(path.into_std_path_buf().into_os_string()),
        ),
        DiffError::Read { path, source } => {
            os_error(&source, Some(path.into_std_path_buf().into_os_string()))
        }
        DiffError::NoEnvironment { suggestion, .. } => {
            let help = suggestion.map(|meant| format!("did you mean `{meant}`?"));
            with_note(py, PyLookupError::new_err(message), help)
        }
        _ => python::CsocError::new_err(message),
    }
}

/// The error with the way to mend it as a note.
fn with_note(py: Python<'_>, raised: PyErr, help: Option<String>) -> PyErr {
    match help.map(|help| raised.value(py).call_method1("add_note", (help,))) {
        Some(Err(other)) => other,
        _ => raised,
    }
}

/// Why nothing was rendered.
pub(crate) fn from_render(py: Python<'_>, error: &RenderError) -> PyErr {
    match error {
        RenderError::Stopped(_) => PyKeyboardInterrupt::new_err(()),
        error => {
            let cause = io_error(error).map(|cause| os_error(cause, None));
            let error = python::WriteError::new_err(error.to_string());
            error.set_cause(py, cause);
            error
        }
    }
}

fn from_read(error: &ReadError) -> PyErr {
    match error {
        ReadError::Missing { path } => os_error(
            &io::ErrorKind::NotFound.into(),
            Some(path.as_os_str().to_owned()),
        ),
        ReadError::Directory { path, source } => {
            os_error(source, Some(path.as_os_str().to_owned()))
        }
        other => python::CsocError::new_err(other.to_string()),
    }
}

/// `OSError(errno, text, filename)`, which Python turns into the fitting kind.
fn os_error(error: &io::Error, path: Option<std::ffi::OsString>) -> PyErr {
    let number = error.raw_os_error().or_else(|| number(error.kind()));
    let text = error.kind().to_string();
    match path {
        Some(path) => PyOSError::new_err((number, text, path)),
        None => PyOSError::new_err((number, text)),
    }
}

/// The number of an error that did not come from the system.
fn number(kind: io::ErrorKind) -> Option<i32> {
    match kind {
        io::ErrorKind::NotFound => Some(2),
        io::ErrorKind::PermissionDenied => Some(13),
        _ => None,
    }
}

/// The input or output error that an error goes back to.
fn io_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    match error.downcast_ref() {
        Some(found) => Some(found),
        None => error.source().and_then(io_error),
    }
}
