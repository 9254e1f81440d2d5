//! Rendered files in memory.

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use csoc_core::{BackendName, CompileOptions, Context, DiffSide, File, Tree};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::call;
use crate::convert::{hash, quoted, serialized};
use crate::diff::{Other, PyDiff};
use crate::error::{self, value_error};
use crate::fleet::PyFleet;
use crate::html;
use crate::rendering::{Output, PyRendering};
use crate::report::PyReport;

/// Which part of a fleet is compiled, and the arguments that said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection {
    backends: Option<Vec<String>>,
    only: Option<Vec<String>>,
    include_observed: bool,
    names: Vec<BackendName>,
}

impl Selection {
    pub(crate) fn new(
        backends: Option<Vec<String>>,
        only: Option<Vec<String>>,
        include_observed: bool,
    ) -> PyResult<Self> {
        let names: PyResult<Vec<BackendName>> = backends
            .iter()
            .flatten()
            .map(|text| backend(text))
            .collect();
        Ok(Self {
            names: names?,
            backends,
            only,
            include_observed,
        })
    }

    pub(crate) fn options(&self) -> CompileOptions {
        let mut options = CompileOptions::default();
        options.backends = self.names.iter().copied().collect();
        options.only = self.only.clone().unwrap_or_default();
        options.include_observed = self.include_observed;
        options
    }
}

fn backend(text: &str) -> PyResult<BackendName> {
    let known = BackendName::ALL;
    let found = known.into_iter().find(|backend| backend.as_str() == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|backend| backend.as_str()).collect();
        value_error(format!(
            "`{text}` is no backend; there are {}",
            names.join(", ")
        ))
    })
}

/// A rendered tree: files by path.
#[pyclass(name = "Tree", module = "gen3_csoc", frozen, mapping)]
pub(crate) struct PyTree {
    tree: Arc<Tree>,
    report: PyReport,
    fleet: Py<PyFleet>,
    selection: Selection,
    context: Context,
}

impl PyTree {
    pub(crate) fn compile(
        fleet: Bound<'_, PyFleet>,
        selection: Selection,
        context: Context,
    ) -> PyResult<Self> {
        let py = fleet.py();
        let core = &fleet.get().0;
        // What is verified later is verified with the same facts.
        let context = context.catalogs(core.catalogs());
        let options = selection.options();
        let compiled = call::long(py, context.clone(), |context| {
            core.compile(&options, context)
        })?;
        let (tree, report) = compiled.map_err(error::from_stop)?;
        Ok(Self {
            tree: Arc::new(tree),
            report: PyReport::new(&report),
            fleet: fleet.unbind(),
            selection,
            context,
        })
    }

    pub(crate) fn core(&self) -> &Tree {
        &self.tree
    }

    fn file(tree: &Bound<'_, Self>, path: &str) -> Option<PyFile> {
        tree.get().tree.get(path)?;
        Some(PyFile {
            tree: tree.clone().unbind(),
            path: path.to_owned(),
        })
    }

    fn paths(&self) -> impl Iterator<Item = &str> {
        self.tree.iter().map(|file| file.path().as_str())
    }
}

#[pymethods]
impl PyTree {
    #[getter]
    fn fleet(&self, py: Python<'_>) -> Py<PyFleet> {
        self.fleet.clone_ref(py)
    }

    #[getter]
    fn report(&self) -> PyReport {
        self.report.clone()
    }

    #[getter]
    fn pending<'py>(tree: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let waiting = tree.get().tree.pending();
        let files = waiting.filter_map(|file| Self::file(tree, file.path().as_str()));
        PyList::new(tree.py(), files.collect::<Vec<_>>())
    }

    #[pyo3(signature = (*, threads = None))]
    fn verify(&self, py: Python<'_>, threads: Option<NonZeroUsize>) -> PyResult<PyReport> {
        let mut context = self.context.clone();
        context.threads = threads.or(context.threads);
        call::long(py, context, |context| self.tree.verify(context))?
            .map(|report| PyReport::new(&report))
            .map_err(error::from_stop)
    }

    #[pyo3(signature = (
        out, *, allow_pending = false, terraform = None, gitops = None, force = None,
        durable = false, dry_run = false, threads = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
    fn write(
        &self,
        py: Python<'_>,
        out: PathBuf,
        allow_pending: bool,
        terraform: Option<PathBuf>,
        gitops: Option<PathBuf>,
        force: Option<Vec<PathBuf>>,
        durable: bool,
        dry_run: bool,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<PyRendering> {
        let output = Output {
            out,
            terraform,
            gitops,
            force: force.unwrap_or_default(),
            allow_pending,
            durable,
            dry_run,
        };
        let mut context = self.context.clone();
        context.threads = threads.or(context.threads);
        PyRendering::render(py, &self.fleet.get().0, &self.selection, output, context)
    }

    #[pyo3(signature = (old, *, only = None, threads = None))]
    fn diff(
        &self,
        py: Python<'_>,
        old: Other<'_>,
        only: Option<Vec<String>>,
        threads: Option<NonZeroUsize>,
    ) -> PyResult<PyDiff> {
        let mut context = self.context.clone();
        context.threads = threads.or(context.threads);
        let new = DiffSide::Tree((*self.tree).clone());
        let observed = self.selection.include_observed;
        PyDiff::of(py, &new, "tree", old, only, observed, context)
    }

    fn __getitem__(tree: &Bound<'_, Self>, path: &str) -> PyResult<PyFile> {
        Self::file(tree, path).ok_or_else(|| PyKeyError::new_err(path.to_owned()))
    }

    fn __contains__(&self, path: &Bound<'_, PyAny>) -> bool {
        path.extract::<String>()
            .is_ok_and(|path| self.tree.get(path).is_some())
    }

    fn __len__(&self) -> usize {
        self.tree.len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let paths: Vec<&str> = self.paths().collect();
        Ok(PyList::new(py, paths)?.try_iter()?.into_any())
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for file in self.tree.iter() {
            dict.set_item(file.path().as_str(), PyBytes::new(py, &file.bytes()))?;
        }
        Ok(dict)
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records = PyList::empty(py);
        for file in self.tree.iter() {
            records.append(record(py, file)?)?;
        }
        Ok(records)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| {
            let (one, other) = (&self.tree, &other.get().tree);
            Arc::ptr_eq(one, other)
                || (one.len() == other.len()
                    && one.iter().zip(other.iter()).all(|(one, other)| {
                        one.path() == other.path() && one.bytes() == other.bytes()
                    }))
        })
    }

    fn __hash__(&self) -> u64 {
        hash(self.paths().collect::<Vec<_>>())
    }

    fn __repr__(&self) -> String {
        let count = |backend| {
            let of_it = self.tree.iter().filter(|file| file.backend() == backend);
            of_it.count()
        };
        let mut backends = String::new();
        for backend in BackendName::ALL {
            if count(backend) > 0 {
                // Writing into a text cannot fail.
                let _ = write!(backends, ", {backend}={}", count(backend));
            }
        }
        format!(
            "Tree(files={}{backends}, pending={})",
            self.tree.len(),
            self.tree.pending().count()
        )
    }

    fn __rich_repr__(&self) -> Vec<(&'static str, usize)> {
        vec![
            ("files", self.tree.len()),
            ("pending", self.tree.pending().count()),
        ]
    }

    fn _repr_html_(&self) -> String {
        let rows: Vec<[String; 4]> = self
            .tree
            .iter()
            .map(|file| {
                [
                    file.path().to_string(),
                    file.object().to_owned(),
                    file.backend().to_string(),
                    file.pending_outputs().join(", "),
                ]
            })
            .collect();
        html::table(
            &self.__repr__(),
            ["path", "object", "backend", "waits for"],
            rows.into_iter(),
        )
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Py<PyFleet>, Bound<'py, PyDict>))> {
        let options = PyDict::new(py);
        options.set_item("backends", &self.selection.backends)?;
        options.set_item("only", &self.selection.only)?;
        options.set_item("include_observed", self.selection.include_observed)?;
        let day = self.context.as_of.as_ref().map(ToString::to_string);
        options.set_item("as_of", day)?;
        let compile = py.import("gen3_csoc._native")?.getattr("_compile_again")?;
        Ok((compile, (self.fleet(py), options)))
    }
}

/// A tree that crossed a process: a function of its fleet and options, it is compiled again.
#[pyfunction]
#[pyo3(name = "_compile_again")]
pub(crate) fn compile_again<'py>(
    fleet: &Bound<'py, PyFleet>,
    options: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    fleet.call_method("compile", (), Some(options))
}

/// What a table of files says of one.
fn record<'py>(py: Python<'py>, file: &File) -> PyResult<Bound<'py, PyDict>> {
    let record = PyDict::new(py);
    record.set_item("path", file.path().as_str())?;
    record.set_item("object", file.object())?;
    record.set_item("backend", file.backend().as_str())?;
    record.set_item("bytes", file.bytes().len())?;
    record.set_item("pending", file.pending_outputs())?;
    Ok(record)
}

/// A rendered file.
#[pyclass(name = "File", module = "gen3_csoc", frozen)]
pub(crate) struct PyFile {
    tree: Py<PyTree>,
    path: String,
}

impl PyFile {
    fn core(&self) -> &File {
        let file = self.tree.get().tree.get(&self.path);
        file.expect("a handle is made for a file that is there")
    }
}

#[pymethods]
impl PyFile {
    #[getter]
    fn path(&self) -> &str {
        &self.path
    }

    #[getter]
    fn object(&self) -> &str {
        self.core().object()
    }

    #[getter]
    fn backend(&self) -> &'static str {
        self.core().backend().as_str()
    }

    #[getter]
    fn bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.core().bytes())
    }

    #[getter]
    fn text(&self) -> PyResult<String> {
        Ok(String::from_utf8(self.core().bytes().to_vec())?)
    }

    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, self.core().data())
    }

    #[getter]
    fn pending(&self) -> Vec<String> {
        self.core().pending_outputs()
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        record(py, self.core())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| {
            let (one, other) = (self.core(), other.get().core());
            one.path() == other.path() && one.bytes() == other.bytes()
        })
    }

    fn __hash__(&self) -> u64 {
        hash(&self.path)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "File(path={}, object={}, pending={})",
            quoted(py, &self.path)?,
            quoted(py, self.object())?,
            self.pending().len()
        ))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.to_dict(py)?.call_method0("items")
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let bytes = self.core().bytes();
        let text = String::from_utf8_lossy(&bytes);
        Ok(html::preformatted(&self.__repr__(py)?, &text))
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Py<PyTree>, &str))> {
        let getitem = py.import("operator")?.getattr("getitem")?;
        Ok((getitem, (self.tree.clone_ref(py), &self.path)))
    }
}
