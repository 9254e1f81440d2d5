//! What a render did, or why it did nothing.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::context::Stopped;
use crate::diagnostic::Report;
use crate::tree::BackendName;
use crate::write::WriteError;

/// What a render did, by what happened to each file. Paths are below the output directory, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rendering {
    /// Whether anything was written: no finding was a new error.
    pub written: bool,
    /// Files that were not there.
    pub added: Vec<Utf8PathBuf>,
    /// Files whose content is new.
    pub changed: Vec<Utf8PathBuf>,
    /// Files that are no longer rendered.
    pub removed: Vec<Utf8PathBuf>,
    /// How many files were there already, byte for byte.
    pub unchanged: usize,
    /// Files that were left alone since someone edited them or put them there, with the reason.
    pub kept: Vec<(Utf8PathBuf, &'static str)>,
    /// Files that wait for outputs.
    pub pending: Vec<PendingFile>,
    /// How many files each object renders, by backend.
    pub objects: BTreeMap<String, BTreeMap<BackendName, usize>>,
    /// Everything that was found.
    #[serde(skip)]
    pub report: Report,
}

/// A file that waits for outputs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct PendingFile {
    /// The file.
    pub path: Utf8PathBuf,
    /// The object it is of.
    pub object: String,
    /// The outputs it waits for, each as `STACK#OUTPUT`; none where it waits with another file of its object.
    pub outputs: Vec<String>,
}

/// Why nothing was rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The output cannot be written.
    #[error("{0}")]
    Write(#[source] Box<dyn std::error::Error + Send + Sync>, String),
    /// The call was told to stop; nothing was written.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl RenderError {
    /// Whether another process has the lock of an output directory, and nothing else is wrong.
    pub fn is_locked(&self) -> bool {
        let Self::Write(error, _) = self else {
            return false;
        };
        let error = error.downcast_ref();
        error.is_some_and(|error| matches!(error, WriteError::Locked { .. }))
    }

    /// How to mend it.
    pub fn help(&self) -> Option<String> {
        let help = "run it again once that process has ended; it holds the directory for as long as it renders, which takes seconds, and a stopped or hanging one until somebody ends it";
        self.is_locked().then(|| help.to_owned())
    }
}

impl From<WriteError> for RenderError {
    fn from(error: WriteError) -> Self {
        let text = error.to_string();
        Self::Write(Box::new(error), text)
    }
}
