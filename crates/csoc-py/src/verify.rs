//! Verifying trees that anyone wrote.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use csoc_core::{GitRefs, VerifyOptions, verify_directory_with};
use pyo3::prelude::*;

use crate::call;
use crate::catalogs::{PyCatalogs, utf8};
use crate::error;
use crate::fleet::PyFleet;
use crate::report::PyReport;

/// Whose facts a tree is checked against.
#[derive(FromPyObject)]
pub(crate) enum Facts {
    Fleet(Py<PyFleet>),
    Catalogs(Py<PyCatalogs>),
    Directory(PathBuf),
}

/// Branches and tags of repositories: of a file, or by address.
#[derive(FromPyObject)]
pub(crate) enum Refs<'py> {
    File(PathBuf),
    Names(Bound<'py, PyAny>),
}

/// Checks a tree against itself, against what is known, and against what its parts say of each other.
#[pyfunction]
#[pyo3(signature = (path, *, fleet = None, baseline = None, git_refs = None, as_of = None, threads = None))]
pub(crate) fn verify(
    py: Python<'_>,
    path: PathBuf,
    fleet: Option<Facts>,
    baseline: Option<PathBuf>,
    git_refs: Option<Refs<'_>>,
    as_of: Option<&Bound<'_, PyAny>>,
    threads: Option<NonZeroUsize>,
) -> PyResult<PyReport> {
    let path = utf8(path)?;
    let mut context = call::context(threads, as_of)?;
    context.catalogs = match fleet {
        Some(Facts::Fleet(fleet)) => Some(fleet.get().0.catalogs()),
        Some(Facts::Catalogs(catalogs)) => Some(catalogs.get().core()),
        Some(Facts::Directory(fleet)) => Some(PyCatalogs::of_directory(py, fleet)?.core()),
        None => None,
    };
    let mut options = VerifyOptions::default();
    if let Some(refs) = git_refs {
        let text = match refs {
            Refs::File(path) => text(&path)?,
            Refs::Names(names) => {
                let json = py.import("json")?.getattr("dumps")?;
                json.call1((names,))?.extract()?
            }
        };
        options = options.git_refs(GitRefs::parse(&text).map_err(error::value_error)?);
    }
    // Read first: a baseline that is not there should not cost a verification.
    let baseline = match baseline {
        Some(path) => Some((path.display().to_string(), text(&path)?)),
        None => None,
    };
    let report = call::long(py, context, |context| {
        verify_directory_with(&path, &options, context)
    })?;
    let mut report = report.map_err(|error| error::from_verify(py, &error))?;
    if let Some((path, text)) = baseline {
        report = report.with_baseline(&path, &text);
    }
    Ok(PyReport::new(&report))
}

fn text(path: &Path) -> PyResult<String> {
    std::fs::read_to_string(path).map_err(|error| error::from_io(&error, path))
}
