//! What the plans of a run would do, as Python sees it.

use csoc_operate::{Action, Digest, PlanPage, Row, RowState};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyType};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::convert::{hash, quoted, to_python};
use crate::error::value_error;

/// What the plans of a run would do, stack by stack, without a value of anything. It is data, and outlives its run.
#[pyclass(name = "PlanPage", module = "gen3_csoc", frozen, eq, from_py_object)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::unsafe_derive_deserialize,
    reason = "the unsafe code is that of the bindings, and relies on nothing in the data"
)]
pub(crate) struct PyPlanPage {
    data: Value,
    digest: String,
    pub(crate) bundles: Vec<Digest>,
    headline: String,
    records: Vec<Value>,
    markdown: String,
    html: String,
}

/// What counts of a row are called.
const COUNTS: [Action; 6] = [
    Action::Import,
    Action::Create,
    Action::Update,
    Action::Replace,
    Action::Destroy,
    Action::Forget,
];

impl PyPlanPage {
    pub(crate) fn new(page: &PlanPage) -> serde_json::Result<Self> {
        Ok(Self {
            data: serde_json::to_value(page)?,
            digest: page.digest().to_string(),
            bundles: page.bundles().collect(),
            headline: page.headline(),
            records: page.rows.iter().map(record).collect(),
            markdown: page.to_markdown(),
            html: page.to_html_fragment(),
        })
    }

    /// As much of the digest as people copy.
    fn short(&self) -> &str {
        self.digest.get(..12).unwrap_or_default()
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.data[key].as_str()
    }
}

/// A row as a flat record.
fn record(row: &Row) -> Value {
    let state = serde_json::to_value(&row.state).unwrap_or_default();
    let mut record = json!({
        "stack": row.stack, "object": row.object, "layer": row.layer, "tier": row.tier,
        "state": state["state"], "outcome": row.outcome(), "bundle": Value::Null, "remark": row.remark(),
    });
    if let RowState::Changes { bundle, .. } = &row.state {
        record["bundle"] = json!(bundle);
    }
    for action in COUNTS {
        let changes = row.changes().iter();
        record[action.as_str()] = json!(changes.filter(|change| change.action == action).count());
    }
    record
}

#[pymethods]
impl PyPlanPage {
    #[new]
    fn from_json(data: &str) -> PyResult<Self> {
        serde_json::from_str(data).map_err(value_error)
    }

    #[getter]
    pub(crate) fn run(&self) -> &str {
        self.text("run").unwrap_or_default()
    }

    #[getter]
    fn aim(&self) -> &str {
        self.text("aim").unwrap_or_default()
    }

    #[getter]
    fn digest(&self) -> &str {
        &self.digest
    }

    #[getter]
    fn expires(&self) -> Option<&str> {
        self.text("expires")
    }

    #[getter]
    fn headline(&self) -> &str {
        &self.headline
    }

    #[getter]
    fn bundles(&self) -> Vec<String> {
        self.bundles.iter().map(ToString::to_string).collect()
    }

    #[getter]
    fn ok(&self) -> bool {
        let is_bad = |record: &Value| record["state"] == "failed" || record["state"] == "skipped";
        !self.records.iter().any(is_bad)
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records = PyList::empty(py);
        for record in &self.records {
            records.append(to_python(py, record)?)?;
        }
        Ok(records)
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.data)
    }

    fn to_markdown(&self) -> &str {
        &self.markdown
    }

    fn __len__(&self) -> usize {
        self.records.len()
    }

    fn __bool__(&self) -> bool {
        !self.bundles.is_empty()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(to_python(py, &self.data["rows"])?.try_iter()?.into_any())
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyAny>> {
        let length = self.records.len().cast_signed();
        let index = if index < 0 { index + length } else { index };
        let row = usize::try_from(index)
            .ok()
            .and_then(|index| self.data["rows"].get(index));
        match row {
            Some(row) => to_python(py, row),
            None => Err(PyIndexError::new_err("a page has no row of that number")),
        }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "PlanPage(run={}, stacks={}, changed={}, digest={})",
            quoted(py, self.run())?,
            self.records.len(),
            self.bundles.len(),
            quoted(py, self.short())?
        ))
    }

    fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let parts = PyDict::new(py);
        parts.set_item("run", self.run())?;
        parts.set_item("stacks", self.records.len())?;
        parts.set_item("changed", self.bundles.len())?;
        parts.set_item("digest", self.short())?;
        parts.call_method0("items")
    }

    fn to_text(&self) -> String {
        let width = |key: &str| {
            let widths = self.records.iter();
            widths
                .map(|row| row[key].as_str().map_or(0, |text| text.chars().count()))
                .max()
                .unwrap_or_default()
        };
        let (stacks, outcomes) = (width("stack"), width("outcome"));
        let mut text = String::new();
        for row in &self.records {
            let part = |key: &str| row[key].as_str().unwrap_or_default();
            let line = format!(
                "{:stacks$}  {:outcomes$}  {}",
                part("stack"),
                part("outcome"),
                part("remark")
            );
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push_str(&self.headline);
        text.push('\n');
        text
    }

    fn _repr_html_(&self) -> String {
        if self.bundles.is_empty() {
            return self.html.clone();
        }
        let call = match self.aim() {
            "destroy" => "fleet.destroy",
            _ => "fleet.apply",
        };
        format!(
            "{}<p class=\"csoc\">Its digest is <code>{}</code>: <code>{call}(…, digest=&quot;{}&quot;)</code>.</p>",
            self.html,
            self.digest,
            self.short()
        )
    }

    fn _repr_markdown_(&self) -> &str {
        &self.markdown
    }

    fn __hash__(&self) -> u64 {
        hash((self.run(), &self.digest))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyType>, (String,))> {
        let json = serde_json::to_string(self).map_err(value_error)?;
        Ok((py.get_type::<Self>(), (json,)))
    }
}
