//! Catalogs: the facts about the outside world that checks use.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use camino::Utf8PathBuf;
use csoc_core::{AddOptions, CatalogError, Catalogs, Context, Fleet, Report};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyType};

use crate::call;
use crate::convert::{hash, serialized};
use crate::error;
use crate::html;

/// The facts that this version carries, and those that a fleet pins.
#[pyclass(name = "Catalogs", module = "gen3_csoc", frozen)]
#[derive(Clone)]
pub(crate) struct PyCatalogs {
    core: Arc<Catalogs>,
    /// The lock and what it pins, from which the object is made again.
    files: BTreeMap<Utf8PathBuf, Arc<[u8]>>,
}

type Made = Result<(Catalogs, Report), CatalogError>;

impl PyCatalogs {
    /// Those that a fleet uses.
    pub(crate) fn of_fleet(fleet: &Fleet) -> Self {
        let files = fleet.sources().iter();
        let files = files.filter(|(path, _)| *path == "csoc.lock" || path.starts_with("catalogs"));
        Self {
            core: fleet.catalogs(),
            files: files
                .map(|(path, bytes)| (path.to_owned(), bytes.clone()))
                .collect(),
        }
    }

    /// The facts for calls of the core.
    pub(crate) fn core(&self) -> Arc<Catalogs> {
        self.core.clone()
    }

    /// Those of a fleet directory.
    pub(crate) fn of_directory(py: Python<'_>, fleet: PathBuf) -> PyResult<Self> {
        let directory = directory(fleet)?;
        let files = call::long(py, Context::default(), |_| Catalogs::files(directory))?;
        Self::made(py, files.map_err(|error| error::from_catalog(py, &error))?)
    }

    fn made(py: Python<'_>, files: BTreeMap<Utf8PathBuf, Arc<[u8]>>) -> PyResult<Self> {
        let made: Made = call::long(py, Context::default(), |_| Catalogs::from_files(&files))?;
        let (catalogs, report) = made.map_err(|error| error::from_catalog(py, &error))?;
        if report.has_failures() {
            let message = "`csoc.lock` and `catalogs/` are not as they must be".to_owned();
            return Err(error::with_report(py, message, report));
        }
        Ok(Self {
            core: Arc::new(catalogs),
            files,
        })
    }
}

/// The directory of a fleet that was named by it or by its `fleet.yaml`.
fn directory(fleet: PathBuf) -> PyResult<Utf8PathBuf> {
    let fleet = utf8(fleet)?;
    Ok(match fleet.file_name() {
        Some("fleet.yaml") => fleet.parent().map_or_else(Utf8PathBuf::new, Into::into),
        _ => fleet,
    })
}

/// A path as the core takes it.
pub(crate) fn utf8(path: PathBuf) -> PyResult<Utf8PathBuf> {
    Utf8PathBuf::from_path_buf(path)
        .map_err(|path| error::value_error(format!("`{}` is not UTF-8", path.display())))
}

#[pymethods]
impl PyCatalogs {
    #[classmethod]
    fn load(_class: &Bound<'_, PyType>, py: Python<'_>, fleet: PathBuf) -> PyResult<Self> {
        Self::of_directory(py, fleet)
    }

    #[classmethod]
    fn embedded(_class: &Bound<'_, PyType>) -> Self {
        Self {
            core: Arc::default(),
            files: BTreeMap::new(),
        }
    }

    #[classmethod]
    fn from_files(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        files: BTreeMap<String, Vec<u8>>,
    ) -> PyResult<Self> {
        let files = files.into_iter();
        let files = files.map(|(path, bytes)| (path.into(), bytes.into()));
        Self::made(py, files.collect())
    }

    #[classmethod]
    #[pyo3(signature = (fleet, kind, file, *, name = None, version = None, source = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
    fn add<'py>(
        _class: &Bound<'py, PyType>,
        py: Python<'py>,
        fleet: PathBuf,
        kind: &str,
        file: PathBuf,
        name: Option<String>,
        version: Option<String>,
        source: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (fleet, file) = (directory(fleet)?, utf8(file)?);
        let options = AddOptions::default()
            .name(name)
            .version(version)
            .source(source);
        let entry = call::long(py, Context::default(), |_| {
            Catalogs::add(fleet, kind, file, &options)
        })?;
        serialized(py, entry.map_err(|error| error::from_catalog(py, &error))?)
    }

    #[classmethod]
    #[pyo3(signature = (fleet, names = None))]
    fn update<'py>(
        _class: &Bound<'py, PyType>,
        py: Python<'py>,
        fleet: PathBuf,
        names: Option<Vec<(String, String)>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let directory = directory(fleet)?;
        let path = directory.clone();
        let loaded = call::long(py, Context::default(), |context| Fleet::load(path, context))?;
        let loaded = loaded.map_err(|found| error::from_fleet(py, found))?;
        let names = names.unwrap_or_default();
        let update = call::long(py, Context::default(), |_| {
            loaded.update_catalogs(directory, &names)
        })?;
        serialized(py, update.map_err(|error| error::from_catalog(py, &error))?)
    }

    #[pyo3(signature = (kind, name, *, version = None, path = None))]
    fn show<'py>(
        &self,
        py: Python<'py>,
        kind: &str,
        name: &str,
        version: Option<&str>,
        path: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let content = self.core.show(kind, name, version, path);
        serialized(
            py,
            content.map_err(|error| error::from_catalog(py, &error))?,
        )
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, self.core.list())
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("catalogs", self.to_records(py)?)?;
        Ok(dict)
    }

    fn __len__(&self) -> usize {
        self.core.list().len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let records = self.to_records(py)?;
        Ok(records.cast::<PyList>()?.try_iter()?.into_any())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other
            .cast::<Self>()
            .is_ok_and(|other| self.core.list() == other.get().core.list())
    }

    fn __hash__(&self) -> u64 {
        let list = self.core.list();
        hash(list.iter().map(|entry| &entry.digest).collect::<Vec<_>>())
    }

    fn __repr__(&self) -> String {
        let list = self.core.list();
        let pinned = list.iter().filter(|entry| entry.pinned).count();
        format!("Catalogs(catalogs={}, pinned={pinned})", list.len())
    }

    fn __rich_repr__(&self) -> Vec<(&'static str, usize)> {
        let list = self.core.list();
        let pinned = list.iter().filter(|entry| entry.pinned).count();
        vec![("catalogs", list.len()), ("pinned", pinned)]
    }

    fn _repr_html_(&self) -> String {
        let rows = self.core.list().into_iter().map(|entry| {
            let from = if entry.pinned { "csoc.lock" } else { "csoc" };
            [
                entry.kind,
                entry.name,
                entry.version,
                from.to_owned(),
                entry.source,
            ]
        });
        html::table(
            &self.__repr__(),
            ["kind", "name", "version", "from", "source"],
            rows,
        )
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyDict>,))> {
        let files = PyDict::new(py);
        for (path, bytes) in &self.files {
            files.set_item(path.as_str(), PyBytes::new(py, bytes))?;
        }
        let make = py.get_type::<Self>().getattr("from_files")?;
        Ok((make, (files,)))
    }
}
