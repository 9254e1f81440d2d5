//! What a fleet becomes: in memory, and on disk.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use pyo3::prelude::*;

use super::PyFleet;
use crate::call;
use crate::rendering::{Output, PyRendering};
use crate::tree::{PyTree, Selection};

#[pymethods]
impl PyFleet {
    #[pyo3(signature = (*, backends = None, only = None, include_observed = false, as_of = None, threads = None))]
    fn compile(
        fleet: Bound<'_, Self>,
        backends: Option<Vec<String>>,
        only: Option<Vec<String>>,
        include_observed: bool,
        as_of: Option<&Bound<'_, PyAny>>,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<PyTree> {
        let context = call::context(threads, as_of)?;
        let selection = Selection::new(backends, only, include_observed)?;
        PyTree::compile(fleet, selection, context)
    }

    #[pyo3(signature = (
        out, *, backends = None, only = None, include_observed = false, allow_pending = false,
        terraform = None, gitops = None, force = None, durable = false, dry_run = false,
        locked = false, as_of = None, threads = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
    #[expect(
        clippy::fn_params_excessive_bools,
        reason = "keywords of a Python call"
    )]
    fn render(
        &self,
        py: Python<'_>,
        out: PathBuf,
        backends: Option<Vec<String>>,
        only: Option<Vec<String>>,
        include_observed: bool,
        allow_pending: bool,
        terraform: Option<PathBuf>,
        gitops: Option<PathBuf>,
        force: Option<Vec<PathBuf>>,
        durable: bool,
        dry_run: bool,
        locked: bool,
        as_of: Option<&Bound<'_, PyAny>>,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<PyRendering> {
        let context = call::locked(call::context(threads, as_of)?, locked);
        let selection = Selection::new(backends, only, include_observed)?;
        let output = Output {
            out,
            terraform,
            gitops,
            force: force.unwrap_or_default(),
            allow_pending,
            durable,
            dry_run,
        };
        PyRendering::render(py, &self.0, &selection, output, context)
    }
}
