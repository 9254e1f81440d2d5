//! What is noted of a Job that applies, beside the log of what it says: where to look for it, should nobody wait for it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::removal::remove;
use crate::terraform::write_private;

/// Where a Job is that applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left {
    /// The kubeconfig, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// The context, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) context: Option<String>,
    /// The namespace.
    pub(crate) namespace: String,
    /// The Job.
    pub(crate) job: String,
}

impl Left {
    /// Notes it beside the log of what it says.
    #[cfg_attr(
        not(feature = "kubernetes"),
        expect(dead_code, reason = "nobody makes Jobs")
    )]
    pub(crate) fn note(&self, log: &Path) -> io::Result<()> {
        write_private(&beside(log), &serde_json::to_vec(self)?)
    }

    /// What is noted beside a log.
    pub(crate) fn read(log: &Path) -> io::Result<Option<Self>> {
        match fs::read(beside(log)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Takes the note away: its end was seen.
    #[cfg_attr(
        not(feature = "kubernetes"),
        expect(dead_code, reason = "nobody makes Jobs")
    )]
    pub(crate) fn forget(log: &Path) -> io::Result<()> {
        remove(&beside(log))
    }
}

fn beside(log: &Path) -> PathBuf {
    log.with_extension("job")
}
