//! What is found out about a fleet, and changes nothing.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use pyo3::prelude::*;

use super::PyFleet;
use crate::call;
use crate::convert::{serialized, to_python};
use crate::error;
use crate::explanation::PyExplanation;
use crate::graph::PyGraph;
use crate::report::PyReport;
use crate::steps::PyBootstrapReport;

#[pymethods]
impl PyFleet {
    #[pyo3(signature = (*, locked = false, as_of = None, threads = None))]
    fn check(
        &self,
        py: Python<'_>,
        locked: bool,
        as_of: Option<&Bound<'_, PyAny>>,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<PyReport> {
        let context = call::locked(call::context(threads, as_of)?, locked);
        let report = call::long(py, context, |context| self.0.check(context))?;
        report
            .map(|report| PyReport::new(&report))
            .map_err(error::from_stop)
    }

    #[pyo3(signature = (path, *, threads = None))]
    fn explain(
        &self,
        py: Python<'_>,
        path: &str,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<PyExplanation> {
        let context = call::context(threads, None)?;
        PyExplanation::explain(py, &self.0, path, context)
    }

    #[pyo3(signature = (*, threads = None))]
    fn allocate_networks<'py>(
        &self,
        py: Python<'py>,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let context = call::context(threads, None)?;
        let allocation = call::long(py, context, |context| self.0.allocate_networks(context))?
            .map_err(|error| error::from_allocate(py, &error))?;
        let files: BTreeMap<&str, &str> = allocation
            .files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let value = serde_json::json!({ "networks": allocation.networks, "files": files });
        to_python(py, &value)
    }

    #[pyo3(signature = (*, threads = None))]
    fn networks<'py>(
        &self,
        py: Python<'py>,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let context = call::context(threads, None)?;
        let planned = call::long(py, context, |context| self.0.networks(context))?
            .map_err(error::from_stop)?;
        serialized(py, planned)
    }

    #[pyo3(signature = (focus = None))]
    fn graph(&self, py: Python<'_>, focus: Option<&str>) -> PyResult<PyGraph> {
        PyGraph::of(py, self, focus)
    }

    #[pyo3(signature = (environment = None, *, threads = None))]
    fn bootstrap_report(
        &self,
        py: Python<'_>,
        environment: Option<String>,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<PyBootstrapReport> {
        let context = call::context(threads, None)?;
        PyBootstrapReport::of(py, &self.0, environment, context)
    }

    fn secrets<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let secrets = py.detach(|| self.0.secrets());
        serialized(py, secrets)
    }
}
