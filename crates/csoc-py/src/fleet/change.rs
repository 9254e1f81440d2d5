//! A fleet beside another, or one of its environments beside another.

use std::num::NonZeroUsize;

use csoc_core::{DiffSide, PromoteOptions};
use pyo3::prelude::*;

use super::PyFleet;
use crate::call;
use crate::diff::{Other, PyDiff};
use crate::promotion::PyPromotion;

#[pymethods]
impl PyFleet {
    #[pyo3(signature = (old, *, only = None, include_observed = false, threads = None))]
    fn diff(
        &self,
        py: Python<'_>,
        old: Other<'_>,
        only: Option<Vec<String>>,
        include_observed: bool,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<PyDiff> {
        let context = call::context(threads, None)?;
        let new = DiffSide::Fleet(self.0.clone());
        PyDiff::of(py, &new, self.name(), old, only, include_observed, context)
    }

    #[pyo3(signature = (old, new, *, threads = None))]
    fn diff_environments(
        &self,
        py: Python<'_>,
        old: &str,
        new: &str,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<PyDiff> {
        let context = call::context(threads, None)?;
        PyDiff::environments(py, self, old, new, context)
    }

    #[pyo3(signature = (commons, *, source, target, fields = None, override_shared = false, threads = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
    fn promote(
        &self,
        py: Python<'_>,
        commons: &str,
        source: &str,
        target: &str,
        fields: Option<Vec<String>>,
        override_shared: bool,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<PyPromotion> {
        let options =
            PromoteOptions::new(fields.unwrap_or_default()).override_shared(override_shared);
        PyPromotion::of(py, self, commons, (source, target), &options, threads)
    }
}
