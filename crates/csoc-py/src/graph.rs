//! The contract graph.

use csoc_core::ContractGraph;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

use crate::convert::{hash, quoted, serialized};
use crate::error;
use crate::fleet::PyFleet;
use crate::html;

/// What a fleet's environments are made of, and what needs what.
#[pyclass(name = "Graph", module = "gen3_csoc", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct PyGraph {
    fleet: PyFleet,
    focus: Option<String>,
    graph: ContractGraph,
}

impl PyGraph {
    pub(crate) fn of(py: Python<'_>, fleet: &PyFleet, focus: Option<&str>) -> PyResult<Self> {
        let graph = py.detach(|| {
            let whole = fleet.0.graph();
            match focus {
                Some(node) => whole.focus(node),
                None => Ok(whole),
            }
        });
        Ok(Self {
            fleet: fleet.clone(),
            focus: focus.map(str::to_owned),
            graph: graph.map_err(|failed| error::from_focus(py, &failed))?,
        })
    }
}

#[pymethods]
impl PyGraph {
    #[getter]
    fn nodes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.graph.nodes)
    }

    #[getter]
    fn links<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.graph.links)
    }

    #[getter]
    fn kinds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, self.graph.kinds())
    }

    #[getter]
    fn node(&self) -> Option<&str> {
        self.graph.focus.as_ref().map(|focus| &*focus.node)
    }

    #[getter]
    fn needs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, self.graph.focus.as_ref().map(|focus| &focus.needs))
    }

    #[getter]
    fn breaks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, self.graph.focus.as_ref().map(|focus| &focus.breaks))
    }

    fn focus(&self, py: Python<'_>, node: &str) -> PyResult<Self> {
        Self::of(py, &self.fleet, Some(node))
    }

    fn to_mermaid(&self) -> String {
        self.graph.to_mermaid()
    }

    fn to_dot(&self) -> String {
        self.graph.to_dot()
    }

    fn to_svg(&self, py: Python<'_>) -> PyResult<String> {
        self.graph
            .to_svg()
            .map_err(|failed| error::from_focus(py, &failed))
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        serialized(py, &self.graph)
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.links(py)
    }

    fn __len__(&self) -> usize {
        self.graph.nodes.len()
    }

    fn __contains__(&self, node: &str) -> bool {
        self.graph.node(node).is_some()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let focus = match self.node() {
            Some(node) => format!("node={}, ", quoted(py, node)?),
            None => String::new(),
        };
        Ok(format!(
            "Graph({focus}nodes={}, links={})",
            self.graph.nodes.len(),
            self.graph.links.len()
        ))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let rows: Vec<[String; 2]> = self
            .graph
            .kinds()
            .into_iter()
            .map(|(kind, count)| [kind.to_owned(), count.to_string()])
            .collect();
        Ok(html::table(
            &self.__repr__(py)?,
            ["kind", "nodes"],
            rows.into_iter(),
        ))
    }

    #[pyo3(signature = (include = None, exclude = None))]
    fn _repr_mimebundle_<'py>(
        &self,
        py: Python<'py>,
        include: Option<&Bound<'py, PyAny>>,
        exclude: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let _ = (include, exclude);
        let bundle = html::bundle(py, self.__repr__(py)?, self._repr_html_(py)?)?;
        // What is too large to draw is a table.
        if let Ok(svg) = self.graph.to_svg() {
            bundle.set_item("image/svg+xml", svg)?;
            bundle.del_item("text/html")?;
        }
        Ok(bundle)
    }

    fn __hash__(&self) -> u64 {
        hash((self.node(), self.graph.nodes.len(), self.graph.links.len()))
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (PyFleet, Option<String>))> {
        let fleet: Bound<'py, PyType> = py.get_type::<PyFleet>();
        Ok((
            fleet.getattr("graph")?,
            (self.fleet.clone(), self.focus.clone()),
        ))
    }
}
