//! Errors of the core as exceptions of Python.

use std::error::Error;
use std::fmt::Display;
use std::io;

use csoc_core::{
    AllocateError, CatalogError, DiffError, EditError, ExplainError, FleetError, FocusError,
    ImportError, PromoteError, ReadError, RenderError, Report, ReportError, Stopped, VerifyError,
};
use pyo3::exceptions::{PyKeyboardInterrupt, PyLookupError, PyOSError, PyValueError};
use pyo3::import_exception;
use pyo3::prelude::*;

use crate::report::PyReport;
use crate::run::table::PyRunTable;

/// The exceptions that `gen3_csoc/errors.py` defines.
mod python {
    use super::import_exception;

    import_exception!(gen3_csoc.errors, CsocError);
    import_exception!(gen3_csoc.errors, FleetError);
    import_exception!(gen3_csoc.errors, OperateError);
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
        FleetError::Lock(error) => from_catalog(py, &error),
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

/// Why no network is given.
pub(crate) fn from_allocate(py: Python<'_>, error: &AllocateError) -> PyErr {
    let message = error.to_string();
    let raised = match error {
        AllocateError::Stopped(_) => return PyKeyboardInterrupt::new_err(()),
        _ => python::CsocError::new_err(message),
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

/// Why nothing was promoted.
pub(crate) fn from_promote(py: Python<'_>, error: PromoteError) -> PyErr {
    let (message, help) = (error.to_string(), error.help());
    let raised = match error {
        PromoteError::Stopped(_) => return PyKeyboardInterrupt::new_err(()),
        PromoteError::Environment(error) => return from_diff(py, error),
        PromoteError::Fleet(error) => return from_fleet(py, *error),
        PromoteError::Absent { .. } => PyLookupError::new_err(message),
        PromoteError::Same { .. } | PromoteError::Path(_) | PromoteError::Own { .. } => {
            PyValueError::new_err(message)
        }
        _ => python::CsocError::new_err(message),
    };
    with_note(py, raised, help)
}

/// Why nothing is run, or how it failed, with the way to mend it.
pub(crate) fn operate(py: Python<'_>, message: String, help: Option<String>) -> PyErr {
    with_note(py, python::OperateError::new_err(message), help)
}

/// An apply that was not done as a whole, with what became of each stack.
pub(crate) fn operate_in_part(py: Python<'_>, table: PyRunTable) -> PyErr {
    let message = format!("not all of it was applied: {}", table.headline());
    let text = table.to_text();
    let error = python::OperateError::new_err((message, table));
    with_note(py, error, Some(text))
}

/// Why there are no steps.
pub(crate) fn from_steps(py: Python<'_>, error: &ReportError) -> PyErr {
    let help = match error {
        ReportError::Stopped(_) => return PyKeyboardInterrupt::new_err(()),
        ReportError::UnknownEnvironment { suggestion, .. } => suggestion
            .as_ref()
            .map(|meant| format!("did you mean `{meant}`?")),
        _ => None,
    };
    with_note(py, PyLookupError::new_err(error.to_string()), help)
}

/// Why files of a fleet were not edited.
pub(crate) fn from_edit(_py: Python<'_>, error: EditError) -> PyErr {
    let message = error.to_string();
    match error {
        EditError::Io { path, source } => {
            os_error(&source, Some(path.into_std_path_buf().into_os_string()))
        }
        _ => python::WriteError::new_err(message),
    }
}

/// The error with the way to mend it as a note.
fn with_note(py: Python<'_>, raised: PyErr, help: Option<String>) -> PyErr {
    match help.map(|help| raised.value(py).call_method1("add_note", (help,))) {
        Some(Err(other)) => other,
        _ => raised,
    }
}

/// Why nothing was imported.
pub(crate) fn from_import(py: Python<'_>, error: ImportError) -> PyErr {
    let message = error.to_string();
    let help = error.help();
    let raised = match error {
        ImportError::Stopped(_) => return PyKeyboardInterrupt::new_err(()),
        ImportError::Mapping(report) | ImportError::Live(report) => {
            return with_report(py, message, report);
        }
        ImportError::Missing { path } => {
            os_error(&io::ErrorKind::NotFound.into(), Some(path.into_os_string()))
        }
        ImportError::Read { path, source } => os_error(&source, Some(path.into_os_string())),
        ImportError::NotEmpty { .. } | ImportError::Write { .. } => {
            python::WriteError::new_err(message)
        }
        ImportError::OtherLayout { .. } | ImportError::Unfixable { .. } => {
            PyValueError::new_err(message)
        }
        _ => python::CsocError::new_err(message),
    };
    with_note(py, raised, help)
}

/// Why nothing was rendered.
pub(crate) fn from_render(py: Python<'_>, error: &RenderError) -> PyErr {
    match error {
        RenderError::Stopped(_) => PyKeyboardInterrupt::new_err(()),
        error => {
            let cause = io_error(error).map(|cause| os_error(cause, None));
            let help = error.help();
            let error = python::WriteError::new_err(error.to_string());
            error.set_cause(py, cause);
            with_note(py, error, help)
        }
    }
}

/// Why a call about catalogs came to nothing.
pub(crate) fn from_catalog(py: Python<'_>, error: &CatalogError) -> PyErr {
    let raised = match error {
        CatalogError::Read { path, source } => os_error(source, Some(path.as_str().into())),
        CatalogError::Write { .. } => {
            let raised = python::WriteError::new_err(error.to_string());
            raised.set_cause(py, io_error(error).map(|cause| os_error(cause, None)));
            raised
        }
        CatalogError::NoFleet { path } => os_error(
            &io::ErrorKind::NotFound.into(),
            Some(path.join("fleet.yaml").as_str().into()),
        ),
        CatalogError::Unknown { .. }
        | CatalogError::NothingThere { .. }
        | CatalogError::NotCarried { .. } => PyLookupError::new_err(error.to_string()),
        CatalogError::Kind { .. } | CatalogError::Unnamed { .. } | CatalogError::Name { .. } => {
            value_error(error)
        }
        other => python::CsocError::new_err(other.to_string()),
    };
    with_note(py, raised, error.help())
}

/// Why a directory was not verified.
pub(crate) fn from_verify(py: Python<'_>, error: &VerifyError) -> PyErr {
    match error {
        VerifyError::Stopped(_) => PyKeyboardInterrupt::new_err(()),
        VerifyError::Missing { path } => {
            os_error(&io::ErrorKind::NotFound.into(), Some(path.as_str().into()))
        }
        VerifyError::Read { path, source } => os_error(source, Some(path.as_str().into())),
        other => {
            let raised = python::CsocError::new_err(other.to_string());
            let cause = other.source().map(value_error);
            raised.set_cause(py, cause);
            raised
        }
    }
}

/// A file that could not be read.
pub(crate) fn from_io(error: &io::Error, path: &std::path::Path) -> PyErr {
    os_error(error, Some(path.as_os_str().to_owned()))
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
