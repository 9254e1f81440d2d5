//! Python bindings of gen3-csoc.
//!
//! A method here unwraps its arguments, lets other Python threads run, calls
//! `csoc-core` and wraps what comes back. What is right or wrong in a fleet is
//! decided there, never here. The classes are documented for users in
//! `python/gen3_csoc/_native.pyi`.
#![expect(
    clippy::used_underscore_items,
    reason = "Python names what notebooks call with an underscore"
)]
#![expect(
    clippy::type_complexity,
    reason = "what `__reduce__` gives is a tuple of tuples"
)]

mod call;
mod catalogs;
mod convert;
mod diagnostic;
mod diff;
mod error;
mod explanation;
mod fleet;
mod graph;
mod html;
mod import;
mod map;
mod object;
mod promotion;
mod rendering;
mod report;
mod run;
mod status;
mod steps;
mod tree;
mod verify;

use std::ffi::OsString;

use pyo3::prelude::*;

/// The system's allocator takes a third longer for what a render asks of it: many small values on all threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The native half of `gen3_csoc`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::{run_cli, schema};
    #[pymodule_export]
    use crate::import::import_fleet;
    #[pymodule_export]
    use crate::verify::verify;
    #[pymodule_export]
    use crate::{diff::diff_again, tree::compile_again};

    #[pymodule_export]
    use crate::{
        catalogs::PyCatalogs,
        diagnostic::{PyDiagnostic, PyLabel},
        diff::PyDiff,
        explanation::PyExplanation,
        fleet::PyFleet,
        graph::PyGraph,
        import::PyImportReport,
        map::PyObjectMap,
        object::{PyAccount, PyCluster, PyCommons, PyEnvironment},
        promotion::PyPromotion,
        rendering::PyRendering,
        report::PyReport,
        run::{PyRun, event::PyRunEvent, page::PyPlanPage, table::PyRunTable},
        status::{page::PyStatusPage, watch::PyStatusWatch},
        steps::PyBootstrapReport,
        tree::{PyFile, PyTree},
    };

    /// The version of csoc.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name that Python packages use")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}

/// The JSON Schema of one kind of object.
#[pyfunction]
#[pyo3(signature = (object = "fleet"))]
fn schema<'py>(py: Python<'py>, object: &str) -> PyResult<Bound<'py, PyAny>> {
    let object: csoc_core::model::Object = object.parse().map_err(error::value_error)?;
    let schema: serde_json::Value =
        serde_json::from_str(&object.json_schema()).map_err(error::value_error)?;
    convert::to_python(py, &schema)
}

/// Runs the `csoc` command and gives back its exit status.
#[pyfunction]
fn run_cli(py: Python<'_>, argv: Vec<OsString>) -> u8 {
    py.detach(|| csoc_cli::run(argv))
}
