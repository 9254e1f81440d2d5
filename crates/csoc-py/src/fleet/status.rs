//! What runs in the clusters of a fleet, against what is rendered.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use pyo3::prelude::*;

use super::PyFleet;
use crate::run::options::Select;
use crate::status::page::PyStatusPage;
use crate::status::question::Question;
use crate::status::watch::PyStatusWatch;

/// Methods that ask clusters, each with its own arguments; the keywords that all of them take stand here once.
macro_rules! ask_clusters {
    ($(
        fn $name:ident(
            $fleet:ident, $py:ident, $question:ident; $($own:ident: $of:ty = $default:tt),*
        ) -> $result:ty $body:block
    )*) => {
        #[pymethods]
        impl PyFleet {
            $(
                #[pyo3(signature = (
                    *, $($own = $default,)* select = None, commit = None, rendered = None, contexts = None, hub = None,
                    kubeconfig = None, timeout = 10, parallel = None
                ))]
                #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
                fn $name(
                    $fleet: &Bound<'_, Self>,
                    $py: Python<'_>,
                    $($own: $of,)*
                    select: Option<Select>,
                    commit: Option<&str>,
                    rendered: Option<PathBuf>,
                    contexts: Option<BTreeMap<String, String>>,
                    hub: Option<String>,
                    kubeconfig: Option<PathBuf>,
                    timeout: u64,
                    parallel: Option<NonZeroUsize>,
                ) -> PyResult<$result> {
                    let $fleet = $fleet.get();
                    let $question = Question {
                        select,
                        commit,
                        rendered,
                        contexts: contexts.unwrap_or_default(),
                        hub,
                        kubeconfig,
                        timeout,
                        parallel,
                    };
                    $body
                }
            )*
        }
    };
}

ask_clusters! {
    fn status(fleet, py, question;) -> PyStatusPage {
        PyStatusWatch::open(py, fleet, question, 1)?.first(py)
    }

    fn watch_status(fleet, py, question; every: u64 = 15) -> PyStatusWatch {
        PyStatusWatch::open(py, fleet, question, every)
    }
}
