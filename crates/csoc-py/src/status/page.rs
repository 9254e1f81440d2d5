//! What runs in the clusters of a fleet, as Python sees it.

use csoc_operate::{ObjectRow, Problem, StatusPage};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyType};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::convert::{hash, quoted, to_python};
use crate::error::value_error;
use crate::html;

/// What runs in the clusters of a fleet, against what is rendered. It is data of one moment.
#[pyclass(name = "StatusPage", module = "gen3_csoc", frozen, eq)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::unsafe_derive_deserialize,
    reason = "the unsafe code is that of the bindings, and relies on nothing in the data"
)]
pub(crate) struct PyStatusPage {
    data: Value,
    headline: String,
    well: bool,
    records: Vec<Value>,
    /// Objects, clusters that were not read, and problems, as people read them at that time.
    tables: [Table; 3],
}

/// A table as text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Table {
    title: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl PyStatusPage {
    pub(crate) fn new(page: &StatusPage) -> serde_json::Result<Self> {
        let unread = page.clusters.iter();
        let unread = unread.filter_map(|row| Some([row.cluster.clone(), row.message.clone()?]));
        Ok(Self {
            data: serde_json::to_value(page)?,
            headline: page.headline(),
            well: page.is_well() && page.tally.unread == 0,
            records: page.objects.iter().map(|row| record(row, page)).collect(),
            tables: [
                Table::new(
                    "objects",
                    &ObjectRow::COLUMNS,
                    page.objects.iter().map(|row| row.cells(page.at)),
                ),
                Table::new("not read", &["cluster", "why"], unread),
                Table::new(
                    "problems",
                    &Problem::COLUMNS,
                    page.problems.iter().map(|row| row.cells(page.at)),
                ),
            ],
        })
    }

    fn unread(&self) -> u64 {
        self.data["tally"]["unread"].as_u64().unwrap_or_default()
    }

    fn part<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.data[key])
    }

    /// The tables that have something to say.
    fn shown(&self) -> impl Iterator<Item = &Table> {
        let mut tables = self.tables.iter().enumerate();
        std::iter::from_fn(move || {
            tables.find(|(number, table)| *number == 0 || !table.rows.is_empty())
        })
        .map(|(_, table)| table)
    }
}

/// A row as a flat record; one of a cluster that was not read says why.
fn record(row: &ObjectRow, page: &StatusPage) -> Value {
    let mut clusters = page.clusters.iter();
    let unread = clusters.find(|cluster| cluster.cluster == row.cluster);
    let unread = unread.and_then(|cluster| cluster.message.as_deref());
    let chart = row.chart.as_ref();
    let images = row.images.as_ref();
    json!({
        "object": row.object, "tier": row.tier, "cluster": row.cluster, "deploys_to": row.deploys_to,
        "applications": row.applications, "sync": row.sync, "health": row.health,
        "chart": chart.and_then(|it| it.found.as_deref()), "chart_wanted": chart.map(|it| &*it.wanted),
        "images": images.map(|it| it.running), "images_other": images.map(|it| it.other),
        "problems": row.problems, "since": row.since, "unread": unread,
    })
}

impl Table {
    fn new<const N: usize>(
        title: &str,
        head: &[&str; N],
        rows: impl Iterator<Item = [String; N]>,
    ) -> Self {
        Self {
            title: title.to_owned(),
            head: head.iter().map(|cell| (*cell).to_owned()).collect(),
            // What moves a terminal is left out: some of it is what others wrote.
            rows: rows
                .map(|row| row.map(|cell| cell.replace(char::is_control, "")).into())
                .collect(),
        }
    }

    fn text(&self) -> String {
        let mut widths: Vec<usize> = vec![0; self.head.len()];
        for row in self.rows.iter().chain([&self.head]) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let lines = [&self.head].into_iter().chain(&self.rows).map(|row| {
            let cells = row.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            format!("{}\n", cells.join("  ").trim_end())
        });
        lines.collect()
    }
}

#[pymethods]
impl PyStatusPage {
    #[new]
    fn from_json(data: &str) -> PyResult<Self> {
        serde_json::from_str(data).map_err(value_error)
    }

    #[getter]
    fn at(&self) -> &str {
        self.data["at"].as_str().unwrap_or_default()
    }

    #[getter]
    fn headline(&self) -> &str {
        &self.headline
    }

    #[getter]
    fn ok(&self) -> bool {
        self.unread() == 0
    }

    #[getter]
    fn well(&self) -> bool {
        self.well
    }

    #[getter]
    fn tally<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, "tally")
    }

    #[getter]
    fn clusters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, "clusters")
    }

    #[getter]
    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.part(py, "problems")
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.data)
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records: PyResult<Vec<_>> = self.records.iter().map(|row| to_python(py, row)).collect();
        PyList::new(py, records?)
    }

    fn to_text(&self) -> String {
        let tables: Vec<String> = self.shown().map(Table::text).collect();
        format!("{}\n{}\n", tables.join("\n"), self.headline)
    }

    fn __len__(&self) -> usize {
        self.records.len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.part(py, "objects")?.try_iter()?.into_any())
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyAny>> {
        let length = self.records.len().cast_signed();
        let index = if index < 0 { index + length } else { index };
        let row = usize::try_from(index)
            .ok()
            .and_then(|index| self.data["objects"].get(index));
        match row {
            Some(row) => to_python(py, row),
            None => Err(PyIndexError::new_err("a page has no row of that number")),
        }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "StatusPage(at={}, clusters={}, unread={}, objects={}, problems={})",
            quoted(py, self.at())?,
            self.data["tally"]["clusters"],
            self.unread(),
            self.records.len(),
            self.data["problems"].as_array().map_or(0, Vec::len)
        ))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let parts = PyDict::new(py);
        parts.set_item("at", self.at())?;
        parts.set_item("clusters", self.data["tally"]["clusters"].as_u64())?;
        parts.set_item("unread", self.unread())?;
        parts.set_item("objects", self.records.len())?;
        parts.set_item(
            "problems",
            self.data["problems"].as_array().map_or(0, Vec::len),
        )?;
        parts.call_method0("items")
    }

    fn _repr_html_(&self) -> String {
        let caption = |table: &Table, number| match number {
            0 => self.headline.clone(),
            _ => table.title.clone(),
        };
        let tables = self.shown().enumerate().map(|(number, table)| {
            let head: Vec<&str> = table.head.iter().map(String::as_str).collect();
            html::rows(&caption(table, number), &head, table.rows.iter())
        });
        tables.collect()
    }

    fn __hash__(&self) -> u64 {
        hash(self.data.to_string())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyType>, (String,))> {
        let json = serde_json::to_string(self).map_err(value_error)?;
        Ok((py.get_type::<Self>(), (json,)))
    }
}
