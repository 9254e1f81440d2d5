//! Accounts, clusters, commons and environments: handles on a fleet.

use std::sync::OnceLock;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use serde_json::Value;

use crate::convert::{hash, quoted, to_python};
use crate::fleet::PyFleet;
use crate::html;
use crate::map::{Kind, PyObjectMap};

/// What a field is where the fleet says nothing of it.
#[derive(Clone, Copy)]
enum Absent {
    Nothing,
    List,
    Map,
}

/// An object of a fleet by its path, with its data once someone asked for it.
pub(crate) struct Handle {
    fleet: Py<PyFleet>,
    kind: Kind,
    name: String,
    data: OnceLock<Value>,
}

impl Handle {
    pub(crate) fn new(fleet: Py<PyFleet>, kind: Kind, name: String) -> Self {
        Self {
            fleet,
            kind,
            name,
            data: OnceLock::new(),
        }
    }

    fn path(&self) -> Vec<&str> {
        let mut path = self.kind.path();
        path.push(&self.name);
        path
    }

    fn data(&self) -> &Value {
        self.data.get_or_init(|| {
            let data = self.fleet.get().0.data(&self.path());
            serde_json::to_value(data).unwrap_or_default()
        })
    }

    fn field<'py>(
        &self,
        py: Python<'py>,
        key: &str,
        absent: Absent,
    ) -> PyResult<Bound<'py, PyAny>> {
        match (self.data().get(key), absent) {
            (Some(value), _) => to_python(py, value),
            (None, Absent::Nothing) => Ok(py.None().into_bound(py)),
            (None, Absent::List) => Ok(PyList::empty(py).into_any()),
            (None, Absent::Map) => Ok(PyDict::new(py).into_any()),
        }
    }

    fn hash(&self) -> u64 {
        hash(self.path())
    }

    /// The names and values that a one-line view shows.
    fn shown(&self, keys: &[&str]) -> Vec<(String, String)> {
        let path = self.path();
        let owner = (path.len() > 2).then(|| ("commons".to_owned(), path[1].to_owned()));
        let fields = keys.iter().filter_map(|key| {
            let value = self.data().get(key)?.as_str()?;
            Some(((*key).to_owned(), value.to_owned()))
        });
        owner
            .into_iter()
            .chain([("name".to_owned(), self.name.clone())])
            .chain(fields)
            .collect()
    }

    fn repr(&self, py: Python<'_>, class: &str, keys: &[&str]) -> PyResult<String> {
        let parts: PyResult<Vec<String>> = self
            .shown(keys)
            .into_iter()
            .map(|(key, value)| Ok(format!("{key}={}", quoted(py, &value)?)))
            .collect();
        Ok(format!("{class}({})", parts?.join(", ")))
    }

    fn html(&self, caption: &str) -> String {
        let fields = self.data().as_object();
        let rows = fields.into_iter().flatten().map(|(key, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            [key.clone(), text]
        });
        html::table(
            caption,
            ["field", "value"],
            rows.collect::<Vec<_>>().into_iter(),
        )
    }

    fn reduce<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (PyObjectMap, &str))> {
        let map = PyObjectMap::new(self.fleet.clone_ref(py), self.kind.clone());
        Ok((
            py.import("operator")?.getattr("getitem")?,
            (map, &self.name),
        ))
    }
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.path() == other.path() && self.data() == other.data()
    }
}

/// A class of handles: its name, what its one-line view shows, its fields by the key in fleet files, its own methods.
macro_rules! model_class {
    (
        $(#[$documentation:meta])*
        $class:ident, $name:literal, shows $shown:expr,
        fields { $($field:ident: $key:literal $absent:ident,)* }
        methods { $($method:tt)* }
    ) => {
        $(#[$documentation])*
        #[pyclass(name = $name, module = "gen3_csoc", frozen, eq)]
        #[derive(PartialEq)]
        pub(crate) struct $class(pub(crate) Handle);

        #[pymethods]
        impl $class {
            #[getter]
            fn name(&self) -> &str {
                &self.0.name
            }

            #[getter]
            fn fleet(&self, py: Python<'_>) -> Py<PyFleet> {
                self.0.fleet.clone_ref(py)
            }

            #[getter]
            fn path(&self) -> String {
                self.0.path().join(".")
            }

            $(
                #[getter]
                fn $field<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                    self.0.field(py, $key, Absent::$absent)
                }
            )*

            $($method)*

            fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                to_python(py, self.0.data())
            }

            fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
                self.0.repr(py, $name, &$shown)
            }

            fn __rich_repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
                PyList::new(py, self.0.shown(&$shown))
            }

            fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
                Ok(self.0.html(&self.__repr__(py)?))
            }

            fn __hash__(&self) -> u64 {
                self.0.hash()
            }

            fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
                self.0.reduce(py)?.into_pyobject(py)
            }
        }
    };
}

model_class! {
    /// A cloud account.
    PyAccount, "Account", shows ["provider", "id", "region"],
    fields {
        provider: "provider" Nothing,
        id: "id" Nothing,
        region: "region" Nothing,
        bootstrap_role: "bootstrapRole" Nothing,
        external_id: "externalId" Nothing,
        domain: "domain" Nothing,
        alias: "alias" Nothing,
        audit: "audit" Map,
        budget: "budget" Nothing,
        contacts: "contacts" List,
        observability: "observability" Nothing,
        environment_defaults: "environmentDefaults" Map,
        naming: "naming" Map,
        lifecycle: "lifecycle" Nothing,
        management: "management" Map,
    }
    methods {}
}

model_class! {
    /// A Kubernetes cluster.
    PyCluster, "Cluster", shows ["account", "platform", "region", "version"],
    fields {
        account: "account" Nothing,
        region: "region" Nothing,
        platform: "platform" Nothing,
        version: "version" Nothing,
        vpc: "vpc" Nothing,
        project: "project" Nothing,
        network: "network" Map,
        endpoint: "endpoint" Map,
        access: "access" Map,
        nodes: "nodes" Nothing,
        eks_addons: "eksAddons" Map,
        log_retention_days: "logRetentionDays" Nothing,
        deletion_protection: "deletionProtection" Nothing,
        backup: "backup" Map,
        addons: "addons" Map,
        delivery: "delivery" Nothing,
        argocd: "argocd" Nothing,
        terraform: "terraform" Map,
        load_balancers: "loadBalancers" Map,
        databases: "databases" Map,
        search: "search" Map,
        environment_defaults: "environmentDefaults" Map,
        values: "values" Map,
        omit: "omit" List,
        content: "content" Map,
        kro: "kro" Nothing,
        naming: "naming" Map,
        lifecycle: "lifecycle" Nothing,
        management: "management" Map,
    }
    methods {}
}

model_class! {
    /// A data commons.
    PyCommons, "Commons", shows ["title"],
    fields {
        title: "title" Nothing,
        owner: "owner" Nothing,
        access: "access" Map,
        rollout: "rollout" Nothing,
        tiers: "tiers" Map,
    }
    methods {
        #[getter]
        fn environments(&self, py: Python<'_>) -> PyObjectMap {
            let kind = Kind::Environments(self.0.name.clone());
            PyObjectMap::new(self.0.fleet.clone_ref(py), kind)
        }
    }
}

model_class! {
    /// An environment of a commons, after all layers are merged.
    PyEnvironment, "Environment", shows ["tier", "cluster", "hostname", "release"],
    fields {
        tier: "tier" Nothing,
        cluster: "cluster" Nothing,
        hostname: "hostname" Nothing,
        release: "release" Nothing,
        size: "size" Nothing,
        certificate: "certificate" Nothing,
        records: "records" Nothing,
        cutover: "cutover" Nothing,
        preview_hostname: "previewHostname" Nothing,
        load_balancer: "loadBalancer" Nothing,
        database: "database" Nothing,
        search: "search" Nothing,
        dictionary: "dictionary" Nothing,
        indexd: "indexd" Nothing,
        frontend: "frontend" Nothing,
        frontend_source: "frontendSource" Nothing,
        profiles: "profiles" List,
        services: "services" Map,
        replicas: "replicas" Nothing,
        disruption_budgets: "disruptionBudgets" Nothing,
        topology_spread: "topologySpread" Nothing,
        network_policies: "networkPolicies" Nothing,
        registry: "registry" Nothing,
        images: "images" Map,
        image_repositories: "imageRepositories" Map,
        image_policy: "imagePolicy" Nothing,
        sync: "sync" Map,
        chart: "chart" Nothing,
        application: "application" Map,
        identity_providers: "identityProviders" Map,
        users: "users" Map,
        access_requests: "accessRequests" Nothing,
        exposure: "exposure" Map,
        data: "data" Map,
        data_buckets: "dataBuckets" List,
        explorer: "explorer" Map,
        observability: "observability" Nothing,
        discovery: "discovery" Map,
        manifest_global: "manifestGlobal" Map,
        workspaces: "workspaces" Map,
        workflows: "workflows" Map,
        parent: "parent" Nothing,
        content: "content" Map,
        secrets: "secrets" Map,
        secret_store: "secretStore" Map,
        database_setup: "databaseSetup" Nothing,
        maintenance: "maintenance" Nothing,
        notifications: "notifications" Map,
        values: "values" Map,
        omit: "omit" List,
        lifecycle: "lifecycle" Nothing,
        management: "management" Map,
        identity: "identity" Map,
        naming: "naming" Map,
    }
    methods {
        #[getter]
        fn commons(&self, py: Python<'_>) -> PyCommons {
            let commons = self.0.path()[1].to_owned();
            PyCommons(Handle::new(self.0.fleet.clone_ref(py), Kind::Commons, commons))
        }
    }
}
