//! A fleet, and what can be done with it.

mod change;
mod found;
mod output;
mod runs;
mod secrets;
mod spec;
mod status;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use csoc_core::{Fleet, SourceSet};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyType};

use crate::call;
use crate::catalogs::PyCatalogs;
use crate::convert::{hash, quoted, serialized};
use crate::error;
use crate::html;
use crate::map::{Kind, PyObjectMap};

/// A fleet that loaded, with the directory or the file that it was loaded from: where its runs are kept.
///
/// That makes no difference to what it is, and does not travel with it.
#[pyclass(name = "Fleet", module = "gen3_csoc", frozen, eq)]
#[derive(Clone)]
pub(crate) struct PyFleet(pub(crate) Fleet, Option<PathBuf>);

impl PartialEq for PyFleet {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl PyFleet {
    /// What was loaded from a directory, or from a file in it.
    pub(crate) const fn loaded(fleet: Fleet, source: PathBuf) -> Self {
        Self(fleet, Some(source))
    }

    /// The directory or the file that it was loaded from.
    pub(crate) fn source(&self) -> Option<&Path> {
        self.1.as_deref()
    }

    /// The directory that it was loaded from.
    pub(crate) fn directory(&self) -> Option<&Path> {
        let source = self.source()?;
        // A file that is loaded is that of the directory that it is in.
        if source.is_dir() {
            Some(source)
        } else {
            source.parent()
        }
    }

    fn from_set(py: Python<'_>, set: SourceSet, threads: Option<NonZeroUsize>) -> PyResult<Self> {
        let context = call::context(threads, None)?;
        let fleet = call::long(py, context, |context| Fleet::from_sources(set, context))?;
        fleet
            .map(|fleet| Self(fleet, None))
            .map_err(|found| error::from_fleet(py, found))
    }

    /// A row a environment: where it is and what it runs.
    fn rows(&self) -> Vec<[String; 6]> {
        self.0
            .environments()
            .map(|(commons, name, environment)| {
                [
                    commons.to_string(),
                    name.to_string(),
                    environment.tier.as_str().to_owned(),
                    environment.cluster.to_string(),
                    environment.hostname.to_string(),
                    environment.release.to_string(),
                ]
            })
            .collect()
    }
}

/// The columns of [`PyFleet::rows`].
const COLUMNS: [&str; 6] = [
    "commons",
    "environment",
    "tier",
    "cluster",
    "hostname",
    "release",
];

#[pymethods]
impl PyFleet {
    #[classmethod]
    #[pyo3(signature = (path, *, threads = None))]
    fn load(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        path: PathBuf,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<Self> {
        let context = call::context(threads, None)?;
        // Runs are kept there wherever the process goes meanwhile.
        let source = std::path::absolute(&path).ok();
        let fleet = call::long(py, context, |context| Fleet::load(path, context))?;
        fleet
            .map(|fleet| Self(fleet, source))
            .map_err(|found| error::from_fleet(py, found))
    }

    #[classmethod]
    #[pyo3(signature = (files, *, threads = None))]
    fn from_files(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        files: &Bound<'_, PyAny>,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<Self> {
        let mut set = SourceSet::new();
        for file in files.call_method0("items")?.try_iter()? {
            let (path, content): (String, Bound<'_, PyAny>) = file?.extract()?;
            let bytes = match content.extract::<String>() {
                Ok(text) => text.into_bytes(),
                Err(_) => content.extract::<Vec<u8>>()?,
            };
            set.insert(path, bytes);
        }
        Self::from_set(py, set, threads)
    }

    #[getter]
    fn accounts(fleet: Bound<'_, Self>) -> PyObjectMap {
        PyObjectMap::new(fleet.unbind(), Kind::Accounts)
    }

    #[getter]
    fn clusters(fleet: Bound<'_, Self>) -> PyObjectMap {
        PyObjectMap::new(fleet.unbind(), Kind::Clusters)
    }

    #[getter]
    fn commons(fleet: Bound<'_, Self>) -> PyObjectMap {
        PyObjectMap::new(fleet.unbind(), Kind::Commons)
    }

    #[getter]
    fn files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let files = PyDict::new(py);
        for (path, bytes) in self.0.sources().iter() {
            files.set_item(path.as_str(), PyBytes::new(py, bytes))?;
        }
        Ok(files)
    }

    #[getter]
    fn catalogs(&self) -> PyCatalogs {
        PyCatalogs::of_fleet(&self.0)
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, self.0.data(&[]))
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records = PyList::empty(py);
        for row in self.rows() {
            let record = PyDict::new(py);
            for (column, value) in COLUMNS.iter().zip(row) {
                record.set_item(column, value)?;
            }
            records.append(record)?;
        }
        Ok(records)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "Fleet(name={}, accounts={}, clusters={}, commons={}, environments={})",
            quoted(py, self.name())?,
            self.0.accounts().count(),
            self.0.clusters().count(),
            self.0.commons().count(),
            self.0.environments().count()
        ))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let parts = PyDict::new(py);
        parts.set_item("name", self.name())?;
        parts.set_item("accounts", self.0.accounts().count())?;
        parts.set_item("clusters", self.0.clusters().count())?;
        parts.set_item("commons", self.0.commons().count())?;
        parts.set_item("environments", self.0.environments().count())?;
        parts.call_method0("items")
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        Ok(html::table(
            &self.__repr__(py)?,
            COLUMNS,
            self.rows().into_iter(),
        ))
    }

    fn __hash__(&self) -> u64 {
        hash(self.0.sources().iter().collect::<Vec<_>>())
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
        let make = py.get_type::<Self>().getattr("from_files")?;
        Ok((make, (self.files(py)?,)))
    }
}
