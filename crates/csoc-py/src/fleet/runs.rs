//! Runs over the stacks of a fleet, and which there were.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use csoc_operate::Aim;
use pyo3::prelude::*;

use super::PyFleet;
use crate::run::PyRun;
use crate::run::follow;
use crate::run::options::{Keywords, Options, Place, Select};
use crate::run::start::{self, Plans};
use crate::run::table::PyRunTable;
use crate::run::{accounts, advance, past, unlock};

/// Methods that begin a run, each with its own arguments.
///
/// The keywords that all of them take, how a run is asked for, stand here once: Python sees them in the signature of
/// each, which arguments gathered in a dictionary would hide.
macro_rules! begin_runs {
    ($(
        fn $name:ident(
            $fleet:ident, $py:ident, $options:ident;
            $([$plans:ident: $type:ty])?
            $($own:ident: $of:ty = $default:tt),*
        ) $body:block
    )*) => {
        #[pymethods]
        impl PyFleet {
            $(
                #[pyo3(signature = (
                    $($plans,)? *, $($own = $default,)* select = None, as_ = None, parallel = None, per_account = None,
                    lock_timeout = None, fail_fast = false, terraform = None, runner = None, image = None, docker = None,
                    home = None
                ))]
                #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
                fn $name(
                    $fleet: &Bound<'_, Self>,
                    $py: Python<'_>,
                    $($plans: $type,)?
                    $($own: $of,)*
                    select: Option<Select>,
                    as_: Option<String>,
                    parallel: Option<NonZeroUsize>,
                    per_account: Option<NonZeroUsize>,
                    lock_timeout: Option<u32>,
                    fail_fast: bool,
                    terraform: Option<PathBuf>,
                    runner: Option<String>,
                    image: Option<String>,
                    docker: Option<PathBuf>,
                    home: Option<PathBuf>,
                ) -> PyResult<PyRun> {
                    let $fleet = $fleet.get();
                    let $options = Options::new(Keywords {
                        select,
                        as_,
                        parallel,
                        per_account,
                        lock_timeout,
                        fail_fast,
                        terraform,
                        runner,
                        image,
                        docker,
                        home,
                    })?;
                    $body
                }
            )*
        }
    };
}

begin_runs! {
    fn plan(
        fleet, py, options;
        destroy: bool = false, out: Option<PathBuf> = None, rendered: Option<PathBuf> = None
    ) {
        let aim = if destroy { Aim::Destroy } else { Aim::Change };
        start::plan(py, fleet, aim, out.as_deref(), options.of_tree(rendered))
    }

    fn advance(fleet, py, options; approve: Option<Py<PyAny>> = None, unasked: Option<&str> = None) {
        advance::begin(py, fleet, approve, unasked, options)
    }

    fn apply(
        fleet, py, options;
        [plans: Plans<'_>]
        digest: Option<&str> = None, allow_destroy: Option<Vec<String>> = None, rendered: Option<PathBuf> = None
    ) {
        let allowed = allow_destroy.unwrap_or_default();
        start::apply(py, fleet, Aim::Change, plans, digest, &allowed, options.of_tree(rendered))
    }

    fn destroy(
        fleet, py, options;
        [plans: Plans<'_>]
        digest: Option<&str> = None, allow_destroy: Option<Vec<String>> = None, rendered: Option<PathBuf> = None
    ) {
        let allowed = allow_destroy.unwrap_or_default();
        start::apply(py, fleet, Aim::Destroy, plans, digest, &allowed, options.of_tree(rendered))
    }

    fn drift(fleet, py, options; rendered: Option<PathBuf> = None) {
        start::drift(py, fleet, options.of_tree(rendered))
    }

    fn pull_outputs(fleet, py, options;) {
        start::pull(py, fleet, options)
    }
}

#[pymethods]
impl PyFleet {
    #[pyo3(signature = (*, rendered = None))]
    fn identities(&self, py: Python<'_>, rendered: Option<PathBuf>) -> PyResult<PyRun> {
        accounts::ask(
            py,
            self,
            Options::new(Keywords::default())?.of_tree(rendered),
        )
    }

    #[pyo3(signature = (
        stack, *, lock_id = None, as_ = None, terraform = None, runner = None, image = None, docker = None,
        home = None, rendered = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
    fn unlock(
        &self,
        py: Python<'_>,
        stack: &str,
        lock_id: Option<String>,
        as_: Option<String>,
        terraform: Option<PathBuf>,
        runner: Option<String>,
        image: Option<String>,
        docker: Option<PathBuf>,
        home: Option<PathBuf>,
        rendered: Option<PathBuf>,
    ) -> PyResult<PyRun> {
        let options = Options::new(Keywords {
            as_,
            terraform,
            runner,
            image,
            docker,
            home,
            ..Keywords::default()
        })?;
        unlock::begin(py, self, stack, lock_id, options.of_tree(rendered))
    }

    #[pyo3(signature = (*, home = None, rendered = None))]
    fn runs(
        &self,
        py: Python<'_>,
        home: Option<PathBuf>,
        rendered: Option<PathBuf>,
    ) -> PyResult<PyRunTable> {
        past::list(py, self, &Place { home, rendered })
    }

    #[pyo3(signature = (run, *, home = None, rendered = None))]
    fn show_run(
        &self,
        py: Python<'_>,
        run: &str,
        home: Option<PathBuf>,
        rendered: Option<PathBuf>,
    ) -> PyResult<PyRunTable> {
        past::show(py, self, run, &Place { home, rendered })
    }

    #[pyo3(signature = (run, *, home = None, rendered = None))]
    fn attach(
        &self,
        py: Python<'_>,
        run: &str,
        home: Option<PathBuf>,
        rendered: Option<PathBuf>,
    ) -> PyResult<PyRun> {
        let options = Options::new(Keywords {
            home,
            ..Keywords::default()
        })?;
        follow::attach(py, self, run, options.of_tree(rendered))
    }
}
