//! Charts, wherever they lie, made into catalogs.

use std::path::Path;

use super::disk::{self, ChartError, Found};
use super::files::{ChartFiles, ChartLimits, digest_text};
use super::{archive, encode, reader};
use crate::catalog::flat::{self, CatalogKind, Header};
use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::span::Sources;
use sha2::{Digest, Sha256};

use super::load::CHART_TOO_LARGE;

/// The version of this reader; one that finds more has another.
pub(crate) const READER: u32 = 1;

/// A chart that was read.
#[derive(Debug)]
pub(crate) struct MadeChart {
    /// The catalog; none where an error was found, so that nothing half-read is ever used.
    pub(crate) catalog: Option<(Header, Vec<u8>)>,
    /// What was found.
    pub(crate) found: Diagnostics,
    /// The texts that findings point into.
    pub(crate) sources: Sources,
}

/// Where a chart comes from, as people are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ChartSource {
    /// The source with its revision: `uc-cdis/gen3-helm@42cc46bc helm/gen3`.
    pub(crate) text: String,
    /// The version, where it is known better than the chart itself does.
    pub(crate) version: Option<String>,
}

/// Reads a chart directory or `.tgz` and makes its catalog.
pub(crate) fn chart(
    path: &Path,
    source: &ChartSource,
    limits: ChartLimits,
) -> Result<MadeChart, ChartError> {
    let mut sink = Diagnostics::default();
    let (files, digest) = match disk::read(path, limits, &mut sink)? {
        Found::Archive(bytes) => {
            let files = archive::unpack(&bytes, limits, &mut sink);
            (files, digest_text(&Sha256::digest(&bytes)))
        }
        Found::Files(mut files) => {
            let digest = files.digest();
            archive::unpack_below(&mut files, limits, &mut sink);
            (files, digest)
        }
    };
    Ok(catalog(&files, digest, source, sink))
}

/// Makes the catalog of a set of files.
pub(super) fn catalog(
    files: &ChartFiles,
    digest: String,
    source: &ChartSource,
    mut sink: Diagnostics,
) -> MadeChart {
    // What was refused is not half of a chart.
    if sink.has_errors() {
        return MadeChart {
            catalog: None,
            found: sink,
            sources: Sources::default(),
        };
    }
    let (chart, found, sources) = reader::read(files);
    sink.append(found);
    let made = chart.filter(|_| !sink.has_errors()).and_then(|chart| {
        let header = Header {
            kind: CatalogKind::Chart,
            name: chart.name.clone(),
            version: source.version.clone().unwrap_or(chart.version.clone()),
            source: source.text.clone(),
            digest,
            reader: READER,
        };
        match flat::encode(&header, &encode::tree(&chart)) {
            Ok(bytes) => Some((header, bytes)),
            Err(error) => {
                let finding = Finding::new(CHART_TOO_LARGE, Severity::Error, error.to_string());
                sink.push(
                    finding
                        .help("take out what Helm does not need")
                        .path(&files.root),
                );
                None
            }
        }
    });
    MadeChart {
        catalog: made,
        found: sink,
        sources,
    }
}
