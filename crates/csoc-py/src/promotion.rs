//! A promotion, as Python sees it: the edits of the fleet's files, and what is different then.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use csoc_core::{PromoteOptions, Promotion};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::call;
use crate::convert::hash;
use crate::diff::PyDiff;
use crate::error;
use crate::fleet::PyFleet;
use crate::html;

/// What carrying fields of one environment to another comes to. Nothing is written until it is asked for.
#[pyclass(name = "Promotion", module = "gen3_csoc", frozen)]
pub(crate) struct PyPromotion(Promotion);

impl PyPromotion {
    /// Fields of one environment of a commons carried to another.
    pub(crate) fn of(
        py: Python<'_>,
        fleet: &PyFleet,
        commons: &str,
        (source, target): (&str, &str),
        options: &PromoteOptions,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<Self> {
        let context = call::context(threads, None)?;
        call::long(py, context, |context| {
            fleet.0.promote(commons, source, target, options, context)
        })?
        .map(|mut promotion| {
            promotion.diff = std::mem::take(&mut promotion.diff).named("before", "after");
            Self(promotion)
        })
        .map_err(|failed| error::from_promote(py, failed))
    }
}

#[pymethods]
impl PyPromotion {
    #[getter]
    fn diff(&self) -> PyDiff {
        PyDiff(self.0.diff.clone())
    }

    #[getter]
    fn patch(&self) -> &str {
        &self.0.patch
    }

    #[getter]
    fn files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let files = PyDict::new(py);
        for (path, text) in &self.0.files {
            files.set_item(path.as_str(), text)?;
        }
        Ok(files)
    }

    fn write(&self, py: Python<'_>, fleet: PathBuf) -> PyResult<()> {
        py.detach(|| self.0.write(fleet))
            .map_err(|failed| error::from_edit(py, failed))
    }

    fn __bool__(&self) -> bool {
        !self.0.files.is_empty()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| {
            let other = &other.get().0;
            (&self.0.files, &self.0.patch, &self.0.diff)
                == (&other.files, &other.patch, &other.diff)
        })
    }

    fn __hash__(&self) -> u64 {
        hash(&self.0.patch)
    }

    fn __repr__(&self) -> String {
        let files: Vec<String> = self
            .0
            .files
            .iter()
            .map(|(path, _)| format!("'{path}'"))
            .collect();
        format!(
            "Promotion(files=[{}], changes={})",
            files.join(", "),
            self.0.diff.changes.len()
        )
    }

    fn _repr_html_(&self) -> String {
        format!(
            "{}{}",
            html::preformatted("edits", &self.0.patch),
            self.0.diff.to_html()
        )
    }

    #[pyo3(signature = (include = None, exclude = None))]
    fn _repr_mimebundle_<'py>(
        &self,
        py: Python<'py>,
        include: Option<&Bound<'py, PyAny>>,
        exclude: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let _ = (include, exclude);
        html::bundle(py, self.__repr__(), self._repr_html_())
    }
}
