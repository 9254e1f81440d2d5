//! An imported fleet, in memory and on its way to disk.

use camino::Utf8Path;

use super::error::ImportError;
use super::report::ImportReport;
use crate::source::SourceSet;
use crate::write::write_fresh;

/// An imported fleet, in memory.
#[derive(Debug)]
pub struct Import {
    pub(super) files: SourceSet,
    pub(super) report: ImportReport,
}

impl Import {
    /// The files of the fleet, the report among them.
    pub fn sources(&self) -> &SourceSet {
        &self.files
    }

    /// What became of everything.
    pub fn report(&self) -> &ImportReport {
        &self.report
    }

    /// Writes the fleet into a directory that is empty or not there: all of it or nothing.
    pub fn write(&self, out: &Utf8Path) -> Result<(), ImportError> {
        Ok(write_fresh(out, self.files.iter())?)
    }
}
