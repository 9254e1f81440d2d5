//! Differences, as Python sees them.

use std::path::PathBuf;

use camino::Utf8PathBuf;
use csoc_core::{Context, Danger, Diff, DiffOptions, DiffSide, TextStyle, diff};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::call;
use crate::convert::{hash, quoted, serialized};
use crate::error::{self, value_error};
use crate::fleet::PyFleet;
use crate::html;
use crate::tree::PyTree;

/// What is different between two sides.
#[pyclass(name = "Diff", module = "gen3_csoc", frozen, eq)]
#[derive(Clone, PartialEq)]
pub(crate) struct PyDiff(pub(crate) Diff);

/// What a fleet or a tree is compared with: another one, or a directory.
#[derive(FromPyObject)]
pub(crate) enum Other<'py> {
    /// A fleet.
    Fleet(Bound<'py, PyFleet>),
    /// A tree.
    Tree(Bound<'py, PyTree>),
    /// A directory.
    Directory(PathBuf),
}

impl Other<'_> {
    fn side(self, py: Python<'_>, context: &Context) -> PyResult<(DiffSide, String)> {
        Ok(match self {
            Self::Fleet(fleet) => {
                let fleet = fleet.get().0.clone();
                let name = fleet.spec().name.to_string();
                (DiffSide::Fleet(fleet), name)
            }
            Self::Tree(tree) => (DiffSide::Tree(tree.get().core().clone()), "tree".to_owned()),
            Self::Directory(path) => {
                let path = Utf8PathBuf::from_path_buf(path)
                    .map_err(|path| value_error(format!("`{}` is no UTF-8", path.display())))?;
                let name = path.to_string();
                let side =
                    call::long(py, context.clone(), |context| DiffSide::open(path, context))?;
                (side.map_err(|failed| error::from_diff(py, failed))?, name)
            }
        })
    }
}

impl PyDiff {
    /// What is different on the new side from the old one.
    pub(crate) fn of(
        py: Python<'_>,
        new: &DiffSide,
        new_name: &str,
        old: Other<'_>,
        only: Option<Vec<String>>,
        include_observed: bool,
        context: Context,
    ) -> PyResult<Self> {
        let (old, name) = old.side(py, &context)?;
        let options = DiffOptions::default()
            .only(only.unwrap_or_default())
            .include_observed(include_observed);
        call::long(py, context, |context| diff(&old, new, &options, context))?
            .map(|found| Self(found.named(name, new_name)))
            .map_err(|failed| error::from_diff(py, failed))
    }

    /// What is different between two environments of a fleet.
    pub(crate) fn environments(
        py: Python<'_>,
        fleet: &PyFleet,
        old: &str,
        new: &str,
        context: Context,
    ) -> PyResult<Self> {
        call::long(py, context, |context| {
            fleet.0.diff_environments(old, new, context)
        })?
        .map(Self)
        .map_err(|failed| error::from_diff(py, failed))
    }
}

#[pymethods]
impl PyDiff {
    #[getter]
    fn old(&self) -> &str {
        &self.0.old
    }

    #[getter(new)]
    fn new_side(&self) -> &str {
        &self.0.new
    }

    #[getter]
    fn changes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0.changes)
    }

    #[getter]
    fn worst(&self) -> Option<&'static str> {
        self.0.worst().map(Danger::as_str)
    }

    #[getter]
    fn dangers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = PyDict::new(py);
        for (danger, count) in self.0.dangers() {
            counts.set_item(danger.as_str(), count)?;
        }
        Ok(counts)
    }

    fn to_text(&self) -> String {
        self.0.to_text(TextStyle::plain())
    }

    fn to_json(&self) -> String {
        self.0.to_json()
    }

    fn to_markdown(&self) -> String {
        self.0.to_markdown()
    }

    fn to_html(&self) -> String {
        self.0.to_html()
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.0)
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records = PyList::empty(py);
        for change in &self.0.changes {
            let record = PyDict::new(py);
            record.set_item("object", &change.object)?;
            record.set_item("kind", change.kind.as_str())?;
            record.set_item("subject", &change.subject)?;
            record.set_item("action", change.action.as_str())?;
            record.set_item("old", &change.old)?;
            record.set_item("new", &change.new)?;
            record.set_item("danger", change.danger.as_str())?;
            record.set_item("reason", &change.reason)?;
            record.set_item("consequences", &change.consequences)?;
            record.set_item("places", change.places.len())?;
            let sources: Vec<&str> = change.sources().into_iter().collect();
            record.set_item("sources", sources)?;
            records.append(record)?;
        }
        Ok(records)
    }

    fn __len__(&self) -> usize {
        self.0.changes.len()
    }

    fn __bool__(&self) -> bool {
        !self.0.is_empty()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.changes(py)?.try_iter()?.into_any())
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyAny>> {
        self.changes(py)?.get_item(index)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "Diff(old={}, new={}, changes={}, worst={})",
            quoted(py, &self.0.old)?,
            quoted(py, &self.0.new)?,
            self.0.changes.len(),
            match self.worst() {
                Some(danger) => quoted(py, danger)?,
                None => "None".to_owned(),
            }
        ))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let parts = PyDict::new(py);
        parts.set_item("old", &self.0.old)?;
        parts.set_item("new", &self.0.new)?;
        parts.set_item("changes", self.0.changes.len())?;
        parts.set_item("worst", self.worst())?;
        parts.call_method0("items")
    }

    fn _repr_html_(&self) -> String {
        self.0.to_html()
    }

    #[pyo3(signature = (include = None, exclude = None))]
    fn _repr_mimebundle_<'py>(
        &self,
        py: Python<'py>,
        include: Option<&Bound<'py, PyAny>>,
        exclude: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let _ = (include, exclude);
        html::bundle(py, self.__repr__(py)?, self._repr_html_())
    }

    fn __hash__(&self) -> u64 {
        hash(self.0.to_json())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let make = py.import("gen3_csoc._native")?.getattr("_diff_again")?;
        Ok((make, (self.0.to_json(),)))
    }
}

/// Differences that crossed a process: their JSON says all of them.
#[pyfunction]
#[pyo3(name = "_diff_again")]
pub(crate) fn diff_again(json: &str) -> PyResult<PyDiff> {
    Diff::from_json(json).map(PyDiff).map_err(value_error)
}
