//! The objects of one kind by name, as a mapping of Python.

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyType};

use crate::convert::{hash, quoted, serialized};
use crate::fleet::PyFleet;
use crate::html;
use crate::object::{Handle, PyAccount, PyCluster, PyCommons, PyEnvironment};

/// Which objects.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Accounts,
    Clusters,
    Commons,
    /// Those of the commons of that name.
    Environments(String),
}

impl Kind {
    /// The model path of the map.
    pub(crate) fn path(&self) -> Vec<&str> {
        match self {
            Self::Accounts => vec!["accounts"],
            Self::Clusters => vec!["clusters"],
            Self::Commons => vec!["commons"],
            Self::Environments(commons) => vec!["commons", commons, "environments"],
        }
    }
}

/// The objects of one kind by name.
#[pyclass(name = "ObjectMap", module = "gen3_csoc", frozen, mapping)]
pub(crate) struct PyObjectMap {
    fleet: Py<PyFleet>,
    kind: Kind,
}

impl PyObjectMap {
    pub(crate) fn new(fleet: Py<PyFleet>, kind: Kind) -> Self {
        Self { fleet, kind }
    }

    fn names(&self) -> Vec<&str> {
        let fleet = &self.fleet.get().0;
        match &self.kind {
            Kind::Accounts => fleet.accounts().map(|(name, _)| name.as_str()).collect(),
            Kind::Clusters => fleet.clusters().map(|(name, _)| name.as_str()).collect(),
            Kind::Commons => fleet.commons().map(|(name, _)| name.as_str()).collect(),
            Kind::Environments(of) => fleet
                .environments()
                .filter(|(commons, _, _)| commons.as_str() == of)
                .map(|(_, name, _)| name.as_str())
                .collect(),
        }
    }

    fn object<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let handle = Handle::new(self.fleet.clone_ref(py), self.kind.clone(), name.to_owned());
        Ok(match &self.kind {
            Kind::Accounts => Bound::new(py, PyAccount(handle))?.into_any(),
            Kind::Clusters => Bound::new(py, PyCluster(handle))?.into_any(),
            Kind::Commons => Bound::new(py, PyCommons(handle))?.into_any(),
            Kind::Environments(_) => Bound::new(py, PyEnvironment(handle))?.into_any(),
        })
    }
}

#[pymethods]
impl PyObjectMap {
    #[classmethod]
    fn __class_getitem__<'py>(
        class: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let alias = class.py().import("types")?.getattr("GenericAlias")?;
        alias.call1((class, item))
    }

    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        if self.names().contains(&name) {
            self.object(py, name)
        } else {
            Err(PyKeyError::new_err(name.to_owned()))
        }
    }

    fn __contains__(&self, name: &Bound<'_, PyAny>) -> bool {
        name.extract::<String>()
            .is_ok_and(|name| self.names().contains(&name.as_str()))
    }

    fn __len__(&self) -> usize {
        self.names().len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyList::new(py, self.names())?.try_iter()?.into_any())
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for name in self.names() {
            let mut path = self.kind.path();
            path.push(name);
            dict.set_item(name, serialized(py, self.fleet.get().0.data(&path))?)?;
        }
        Ok(dict)
    }

    fn to_records<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let records = PyList::empty(py);
        for (name, object) in self.to_dict(py)? {
            let record = PyDict::new(py);
            record.set_item("name", name)?;
            record.update(object.cast::<PyDict>()?.as_mapping())?;
            records.append(record)?;
        }
        Ok(records)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| {
            let other = other.get();
            self.kind == other.kind && self.fleet.get() == other.fleet.get()
        })
    }

    fn __hash__(&self) -> u64 {
        hash(&self.kind)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let names: PyResult<Vec<String>> =
            self.names().iter().map(|name| quoted(py, name)).collect();
        Ok(format!(
            "ObjectMap({}: {})",
            self.kind.path().join("."),
            names?.join(", ")
        ))
    }

    fn __rich_repr__<'py>(map: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        map.call_method0("items")
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let rows: PyResult<Vec<[String; 2]>> = self
            .names()
            .into_iter()
            .map(|name| {
                let object = self.object(py, name)?.repr()?;
                Ok([name.to_owned(), object.to_cow()?.into_owned()])
            })
            .collect();
        let caption = self.kind.path().join(".");
        Ok(html::table(&caption, ["name", "object"], rows?.into_iter()))
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyAny>, &str))> {
        let fleet = self.fleet.clone_ref(py);
        let (owner, attribute) = match &self.kind {
            Kind::Accounts => (fleet.into_bound(py).into_any(), "accounts"),
            Kind::Clusters => (fleet.into_bound(py).into_any(), "clusters"),
            Kind::Commons => (fleet.into_bound(py).into_any(), "commons"),
            Kind::Environments(commons) => {
                let handle = Handle::new(fleet, Kind::Commons, commons.clone());
                (
                    Bound::new(py, PyCommons(handle))?.into_any(),
                    "environments",
                )
            }
        };
        let getattr = py.import("builtins")?.getattr("getattr")?;
        Ok((getattr, (owner, attribute)))
    }
}
