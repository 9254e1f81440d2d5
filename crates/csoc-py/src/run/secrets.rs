//! Secrets in the secret manager, from Python: what is asked for, and what there is without AWS.
#![cfg_attr(
    not(feature = "aws"),
    expect(dead_code, reason = "without AWS it is only said that there is none")
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use pyo3::prelude::*;

use super::PyRun;
use crate::fleet::PyFleet;

/// Which secrets, as whom, and where what is done is recorded.
pub(crate) struct Keeping {
    pub(crate) object: String,
    pub(crate) only: Vec<String>,
    pub(crate) as_: Option<String>,
    pub(crate) home: Option<PathBuf>,
}

/// What somebody gave for secrets that csoc does not make.
#[derive(FromPyObject)]
pub(crate) enum Values {
    /// Values by the names of secrets.
    Known(BTreeMap<String, Said>),
    /// Whom to ask.
    Asked(Py<PyAny>),
}

/// A value of a secret: all that it holds, or a value for each key.
///
/// It has no text of its own: nothing shows it.
#[derive(FromPyObject)]
pub(crate) enum Said {
    Text(String),
    Keys(BTreeMap<String, String>),
}

/// What is done.
pub(crate) enum Deed {
    Check,
    Seed {
        dry_run: bool,
        values: Option<Values>,
    },
    Rotate {
        promote: bool,
        finish: bool,
        /// For how many hours readers may have the value before.
        overlap: f64,
        values: Option<Values>,
    },
}

/// Begins to do it.
#[cfg(feature = "aws")]
pub(crate) fn begin(
    py: Python<'_>,
    fleet: &PyFleet,
    keeping: Keeping,
    deed: Deed,
) -> PyResult<PyRun> {
    super::secret::begin(py, fleet, keeping, deed)
}

/// Nobody asks AWS.
#[cfg(not(feature = "aws"))]
pub(crate) fn begin(
    py: Python<'_>,
    _fleet: &PyFleet,
    _keeping: Keeping,
    _deed: Deed,
) -> PyResult<PyRun> {
    let message = "this csoc was built without AWS, and takes no roles".to_owned();
    let help = "take one that was built with the feature `aws`, as the wheel is".to_owned();
    Err(crate::error::operate(py, message, Some(help)))
}
