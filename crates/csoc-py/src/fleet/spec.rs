//! What the files of a fleet say of it as a whole.

use pyo3::prelude::*;

use super::PyFleet;
use crate::convert::serialized;

#[pymethods]
impl PyFleet {
    #[getter]
    pub(super) fn name(&self) -> &str {
        self.0.spec().name.as_str()
    }

    #[getter]
    fn edition(&self) -> &str {
        self.0.spec().edition.as_str()
    }

    #[getter]
    fn organization<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0.spec().organization)
    }

    #[getter]
    fn hub<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0.spec().hub)
    }

    #[getter]
    fn gitops<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0.spec().gitops)
    }

    #[getter]
    fn registry<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0.spec().registry)
    }

    #[getter]
    fn terraform<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0.spec().terraform)
    }

    #[getter]
    fn charts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0.spec().charts)
    }

    #[getter]
    fn naming<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0.spec().naming)
    }

    #[getter]
    fn kro<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0.spec().kro)
    }

    #[getter]
    fn network<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0.spec().network)
    }

    #[getter]
    fn policy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0.spec().policy)
    }
}
