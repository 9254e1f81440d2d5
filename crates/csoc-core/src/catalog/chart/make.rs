//! Charts, wherever they lie, made into the facts of a catalog.

use std::path::Path;

use super::disk::{self, ChartError, Found};
use super::files::{ChartFiles, ChartLimits};
use super::{archive, encode, reader};
use crate::catalog::digest;
use crate::diagnostic::{Diagnostics, Severity};
use crate::span::Sources;
use crate::value::Node;

/// The version of this reader; one that finds more has another.
pub(crate) const READER: u32 = 1;

/// What a chart says.
#[derive(Debug)]
pub(crate) struct ChartFacts {
    /// Its name.
    pub(crate) name: String,
    /// Its version, where `Chart.yaml` says one.
    pub(crate) version: Option<String>,
    /// Digest of the archive, or of the files of the directory.
    pub(crate) digest: String,
    /// The facts.
    pub(crate) tree: Node,
}

/// A chart that was read.
#[derive(Debug)]
pub(crate) struct ReadChart {
    /// What it says; nothing where an error was found, so that nothing half-read is ever used.
    pub(crate) facts: Option<ChartFacts>,
    /// What was found.
    pub(crate) found: Diagnostics,
}

/// Reads a chart directory or `.tgz`.
pub(crate) fn read(path: &Path, limits: ChartLimits) -> Result<ReadChart, ChartError> {
    let mut sink = Diagnostics::default();
    let (files, digest) = match disk::read(path, limits, &mut sink)? {
        Found::Archive(bytes) => {
            let files = archive::unpack(&bytes, limits, &mut sink);
            (files, digest(&bytes))
        }
        Found::Files(mut files) => {
            let digest = files.digest();
            archive::unpack_below(&mut files, limits, &mut sink);
            (files, digest)
        }
    };
    Ok(facts(&files, digest, sink))
}

/// What a set of files says.
pub(super) fn facts(files: &ChartFiles, digest: String, mut sink: Diagnostics) -> ReadChart {
    // What was refused is not half of a chart.
    if sink.has_errors() {
        return ReadChart {
            facts: None,
            found: sink,
        };
    }
    let (chart, found, sources) = reader::read(files);
    sink.append(found);
    let chart = chart.filter(|_| !sink.has_errors());
    let facts = chart.map(|chart| ChartFacts {
        tree: encode::tree(&chart, &notes(&sink, &sources)),
        name: chart.name,
        version: Some(chart.version).filter(|version| !version.is_empty()),
        digest,
    });
    ReadChart { facts, found: sink }
}

/// What is wrong with a chart that can be used all the same, as lines for people.
fn notes(found: &Diagnostics, sources: &Sources) -> Vec<String> {
    let mut notes: Vec<String> = found
        .iter()
        .filter(|finding| finding.severity != Severity::Error)
        .map(|finding| match finding.labels.first() {
            Some((span, _)) => {
                let file = sources.file(span.file);
                let line = file.position(span.start).line;
                format!("{}:{line}: {}", file.path(), finding.message)
            }
            None => format!(
                "{}: {}",
                finding.path.as_deref().unwrap_or_default(),
                finding.message
            ),
        })
        .collect();
    notes.dedup();
    notes
}
