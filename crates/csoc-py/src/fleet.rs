//! A fleet, and what can be done with it.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use csoc_core::{DiffSide, Fleet, PromoteOptions, SourceSet};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyType};

use crate::call;
use crate::catalogs::PyCatalogs;
use crate::convert::{hash, quoted, serialized, to_python};
use crate::diff::{Other, PyDiff};
use crate::error;
use crate::explanation::PyExplanation;
use crate::graph::PyGraph;
use crate::html;
use crate::map::{Kind, PyObjectMap};
use crate::promotion::PyPromotion;
use crate::rendering::{Output, PyRendering};
use crate::report::PyReport;
use crate::run::PyRun;
use crate::run::options::{Options, Place, Select};
use crate::run::start::{self, Plans};
use crate::run::table::PyRunTable;
use crate::steps::PyBootstrapReport;
use crate::tree::{PyTree, Selection};

/// A fleet that loaded, with the directory that it was loaded from: where its runs are kept.
///
/// The directory makes no difference to what it is, and does not travel with it.
#[pyclass(name = "Fleet", module = "gen3_csoc", frozen, eq)]
#[derive(Clone)]
pub(crate) struct PyFleet(pub(crate) Fleet, Option<PathBuf>);

impl PartialEq for PyFleet {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl PyFleet {
    /// The directory that it was loaded from.
    pub(crate) fn directory(&self) -> Option<&Path> {
        self.1.as_deref()
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
        // A file that is loaded is that of the directory that it is in.
        let directory = if path.is_dir() {
            Some(path.clone())
        } else {
            path.parent().map(Path::to_owned)
        };
        // Runs are kept there wherever the process goes meanwhile.
        let directory = directory.and_then(|directory| {
            let here = directory.as_os_str().is_empty();
            std::path::absolute(if here { Path::new(".") } else { &directory }).ok()
        });
        let fleet = call::long(py, context, |context| Fleet::load(path, context))?;
        fleet
            .map(|fleet| Self(fleet, directory))
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
    fn name(&self) -> &str {
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

    #[pyo3(signature = (
        *, select = None, as_ = None, parallel = None, per_account = None, fail_fast = false, terraform = None,
        home = None, rendered = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
    fn plan(
        &self,
        py: Python<'_>,
        select: Option<Select>,
        as_: Option<&str>,
        parallel: Option<NonZeroUsize>,
        per_account: Option<NonZeroUsize>,
        fail_fast: bool,
        terraform: Option<PathBuf>,
        home: Option<PathBuf>,
        rendered: Option<PathBuf>,
    ) -> PyResult<PyRun> {
        let options = Options::new(
            select,
            as_,
            parallel,
            per_account,
            fail_fast,
            terraform,
            home,
            rendered,
        )?;
        start::plan(py, self, options)
    }

    #[pyo3(signature = (
        plans, *, digest = None, allow_destroy = None, select = None, as_ = None, parallel = None, per_account = None, fail_fast = false, terraform = None,
        home = None, rendered = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
    fn apply(
        &self,
        py: Python<'_>,
        plans: Plans<'_>,
        digest: Option<&str>,
        allow_destroy: Option<Vec<String>>,
        select: Option<Select>,
        as_: Option<&str>,
        parallel: Option<NonZeroUsize>,
        per_account: Option<NonZeroUsize>,
        fail_fast: bool,
        terraform: Option<PathBuf>,
        home: Option<PathBuf>,
        rendered: Option<PathBuf>,
    ) -> PyResult<PyRun> {
        let options = Options::new(
            select,
            as_,
            parallel,
            per_account,
            fail_fast,
            terraform,
            home,
            rendered,
        )?;
        let allowed = allow_destroy.unwrap_or_default();
        start::apply(py, self, plans, digest, &allowed, options)
    }

    #[pyo3(signature = (
        *, select = None, as_ = None, parallel = None, per_account = None, fail_fast = false, terraform = None,
        home = None, rendered = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
    fn drift(
        &self,
        py: Python<'_>,
        select: Option<Select>,
        as_: Option<&str>,
        parallel: Option<NonZeroUsize>,
        per_account: Option<NonZeroUsize>,
        fail_fast: bool,
        terraform: Option<PathBuf>,
        home: Option<PathBuf>,
        rendered: Option<PathBuf>,
    ) -> PyResult<PyRun> {
        let options = Options::new(
            select,
            as_,
            parallel,
            per_account,
            fail_fast,
            terraform,
            home,
            rendered,
        )?;
        start::drift(py, self, options)
    }

    #[pyo3(signature = (
        *, select = None, as_ = None, parallel = None, per_account = None, fail_fast = false, terraform = None,
        home = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
    fn pull_outputs(
        &self,
        py: Python<'_>,
        select: Option<Select>,
        as_: Option<&str>,
        parallel: Option<NonZeroUsize>,
        per_account: Option<NonZeroUsize>,
        fail_fast: bool,
        terraform: Option<PathBuf>,
        home: Option<PathBuf>,
    ) -> PyResult<PyRun> {
        let options = Options::new(
            select,
            as_,
            parallel,
            per_account,
            fail_fast,
            terraform,
            home,
            None,
        )?;
        start::pull(py, self, options)
    }

    #[pyo3(signature = (*, home = None, rendered = None))]
    fn runs(
        &self,
        py: Python<'_>,
        home: Option<PathBuf>,
        rendered: Option<PathBuf>,
    ) -> PyResult<PyRunTable> {
        start::past(py, self, &Place { home, rendered })
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
