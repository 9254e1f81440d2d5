//! The secrets of a fleet in the secret manager: looked at, made, and made anew.

use std::path::PathBuf;

use pyo3::prelude::*;

use super::PyFleet;
use crate::run::PyRun;
use crate::run::options::Several;
use crate::run::secrets::{Deed, Keeping, Values, begin};

#[pymethods]
impl PyFleet {
    #[pyo3(signature = (owner, *, only = None, as_ = None))]
    fn check_secrets(
        &self,
        py: Python<'_>,
        owner: String,
        only: Option<Several>,
        as_: Option<String>,
    ) -> PyResult<PyRun> {
        let keeping = Keeping {
            object: owner,
            only: Several::texts(only),
            as_,
            home: None,
        };
        begin(py, self, keeping, Deed::Check)
    }

    #[pyo3(signature = (owner, *, only = None, values = None, dry_run = false, as_ = None, home = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
    fn seed_secrets(
        &self,
        py: Python<'_>,
        owner: String,
        only: Option<Several>,
        values: Option<Values>,
        dry_run: bool,
        as_: Option<String>,
        home: Option<PathBuf>,
    ) -> PyResult<PyRun> {
        let keeping = Keeping {
            object: owner,
            only: Several::texts(only),
            as_,
            home,
        };
        begin(py, self, keeping, Deed::Seed { dry_run, values })
    }

    #[pyo3(signature = (
        owner, name, *, values = None, promote = false, finish = false, overlap = 24.0, as_ = None, home = None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keywords of a Python call")]
    fn rotate_secret(
        &self,
        py: Python<'_>,
        owner: String,
        name: String,
        values: Option<Values>,
        promote: bool,
        finish: bool,
        overlap: f64,
        as_: Option<String>,
        home: Option<PathBuf>,
    ) -> PyResult<PyRun> {
        let keeping = Keeping {
            object: owner,
            only: vec![name],
            as_,
            home,
        };
        let deed = Deed::Rotate {
            promote,
            finish,
            overlap,
            values,
        };
        begin(py, self, keeping, deed)
    }
}
