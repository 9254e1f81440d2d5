//! What is asked of which clusters, as Python says it.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use camino::Utf8PathBuf;
use csoc_core::{Stopped, VerifyError, deliveries};
use csoc_operate::{Clusters, Expectation, Reach, Stacks, Unread, with_causes};
use pyo3::exceptions::{PyRuntimeWarning, PyValueError};
use pyo3::prelude::*;

use crate::call;
use crate::error::{self, value_error};
use crate::fleet::PyFleet;
use crate::run::options::Select;

/// How many clusters are asked at once.
const AT_ONCE: usize = 32;

/// The namespace that Argo CD is in.
const ARGO_CD: &str = "argocd";

/// What is asked of which clusters.
pub(crate) struct Question<'a> {
    pub(crate) select: Option<Select>,
    pub(crate) commit: Option<&'a str>,
    pub(crate) rendered: Option<PathBuf>,
    pub(crate) contexts: BTreeMap<String, String>,
    pub(crate) hub: Option<String>,
    pub(crate) kubeconfig: Option<PathBuf>,
    pub(crate) timeout: u64,
    pub(crate) parallel: Option<NonZeroUsize>,
}

/// Why nothing is expected.
enum Refused {
    Stopped(Stopped),
    Tree(VerifyError),
    Data(serde_json::Error),
}

impl Question<'_> {
    /// What is to be in clusters, and who asks them.
    pub(super) fn open(self, py: Python<'_>, fleet: &PyFleet) -> PyResult<(Expectation, Clusters)> {
        let select = Select::read(self.select)?;
        let commit = self.commit.map(str::parse).transpose();
        let commit = commit.map_err(value_error)?;
        let reach = Reach {
            timeout: seconds("timeout", self.timeout)?,
            parallel: self
                .parallel
                .or(NonZeroUsize::new(AT_ONCE))
                .unwrap_or(NonZeroUsize::MIN),
        };
        let mut expectation = expected(py, fleet, self.rendered.as_deref())?;
        expectation.commit = commit;
        let named = self.contexts.keys().map(String::as_str);
        let expectation = expectation
            .narrowed(&select, named)
            .map_err(|error| error::operate(py, error.to_string(), error.help()))?;
        let clusters = py.detach(|| {
            let mut clusters = Clusters::open(self.kubeconfig.as_deref(), self.contexts, reach)?;
            let hub = self.hub.map(|hub| {
                let asked = clusters.register(&hub, ARGO_CD);
                (hub, asked)
            });
            Ok((clusters, hub))
        });
        let (clusters, hub) = clusters.map_err(|error: csoc_operate::KubeconfigError| {
            error::operate(py, with_causes(&error), error.help("kubeconfig="))
        })?;
        if let Some((hub, Err(unread))) = hub {
            warn(py, &hub, &unread)?;
        }
        Ok((expectation, clusters))
    }
}

/// A day at most: what is longer is a mistake.
pub(super) fn seconds(argument: &str, seconds: u64) -> PyResult<Duration> {
    if (1..=86_400).contains(&seconds) {
        return Ok(Duration::from_secs(seconds));
    }
    let message = format!("`{argument}` must be between 1 and 86400 seconds");
    Err(PyValueError::new_err(message))
}

/// What the fleet would render, or what a tree says.
fn expected(py: Python<'_>, fleet: &PyFleet, tree: Option<&Path>) -> PyResult<Expectation> {
    let tree = match tree.map(|tree| Utf8PathBuf::from_path_buf(tree.to_owned())) {
        None => None,
        Some(Ok(tree)) => Some(tree),
        Some(Err(path)) => {
            let message = format!("`{}` is no text in UTF-8", path.display());
            return Err(PyValueError::new_err(message));
        }
    };
    let expected = call::long(py, call::context(None, None)?, |context| match &tree {
        None => {
            let found = fleet.0.deliveries(context).map_err(Refused::Stopped)?;
            Expectation::of(&found).map_err(Refused::Data)
        }
        Some(tree) => {
            let found = deliveries(tree, context).map_err(Refused::Tree)?;
            let mut expectation = Expectation::of(&found).map_err(Refused::Data)?;
            // A tree knows tiers, accounts and regions by its stacks, where it has some.
            if let Ok(stacks) = Stacks::load(tree.as_std_path()) {
                expectation.place(&stacks);
            }
            Ok(expectation)
        }
    })?;
    expected.map_err(|refused| match refused {
        Refused::Stopped(stopped) => error::from_stop(stopped),
        Refused::Tree(failed) => error::from_verify(py, &failed),
        Refused::Data(failed) => value_error(failed),
    })
}

/// A hub that says nothing takes nothing else with it.
fn warn(py: Python<'_>, hub: &str, unread: &Unread) -> PyResult<()> {
    let message = format!("nothing is known of the clusters of the hub `{hub}`: {unread}");
    let message = CString::new(message).map_err(value_error)?;
    let category = py.get_type::<PyRuntimeWarning>();
    PyErr::warn(py, category.as_any(), &message, 1)
}
