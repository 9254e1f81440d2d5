//! Charts on disk, read into a set of files: the one place here that touches a disk.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;

use super::files::{ChartFiles, ChartLimits, normalized};
use super::load::{CHART_FILE_REFUSED, CHART_TOO_LARGE};
use crate::diagnostic::{Diagnostics, Finding};

/// Why a chart could not be read at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChartError {
    /// There is nothing at that path.
    #[error("there is no chart at `{path}`")]
    Missing {
        /// The path that was given.
        path: PathBuf,
    },
    /// The path is neither a directory nor an archive.
    #[error("`{path}` is neither a chart directory nor a `.tgz`")]
    NotAChart {
        /// The path that was given.
        path: PathBuf,
    },
    /// The system did not let it be read.
    #[error("failed to read the chart `{path}`")]
    Read {
        /// The path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What lies at a path.
pub(super) enum Found {
    /// The bytes of an archive.
    Archive(Vec<u8>),
    /// The files of a directory, and of those that charts in it name by `file://`.
    Files(ChartFiles),
}

/// Reads what lies at a path. What is refused of it is a finding.
pub(super) fn read(
    path: &Path,
    limits: ChartLimits,
    sink: &mut Diagnostics,
) -> Result<Found, ChartError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => ChartError::Missing { path: path.into() },
        _ => ChartError::Read {
            path: path.into(),
            source,
        },
    };
    let metadata = fs::metadata(path).map_err(failed)?;
    if metadata.is_file() {
        let is_archive = path
            .extension()
            .is_some_and(|extension| extension == "tgz" || extension == "gz");
        if !is_archive {
            return Err(ChartError::NotAChart { path: path.into() });
        }
        let mut bytes = Vec::new();
        fs::File::open(path)
            .and_then(|file| {
                file.take(limits.archive_bytes.saturating_add(1))
                    .read_to_end(&mut bytes)
            })
            .map_err(failed)?;
        return Ok(Found::Archive(bytes));
    }
    if !metadata.is_dir() {
        return Err(ChartError::NotAChart { path: path.into() });
    }
    let real = fs::canonicalize(path).map_err(failed)?;
    let name = real
        .file_name()
        .and_then(|name| name.to_str())
        .filter(|name| !name.is_empty())
        .unwrap_or("chart");
    let mut reader = Reader {
        limits,
        sink,
        files: ChartFiles::new(name),
        entries: 0,
        bytes: 0,
    };
    let mut known = BTreeSet::new();
    let mut pending = vec![(real.clone(), Utf8PathBuf::from(name))];
    while let Some((directory, key)) = pending.pop() {
        if !known.insert(key.clone()) {
            continue;
        }
        // A chart that another names and that is not there is said to be missing later.
        // What is named and is no chart may be anything, and is not looked into.
        let Ok(directory) = fs::canonicalize(&directory) else {
            continue;
        };
        if directory != real && !directory.join("Chart.yaml").is_file() {
            continue;
        }
        let before: BTreeSet<Utf8PathBuf> = reader.files.files.keys().cloned().collect();
        reader.directory(&directory, &directory, &key, 0)?;
        for (chart, beside) in beside(&reader.files, &before) {
            let Ok(below) = chart.strip_prefix(&key) else {
                continue;
            };
            pending.push((
                directory.join(below).join(&beside),
                normalized(&chart.join(&beside)),
            ));
        }
    }
    Ok(Found::Files(reader.files))
}

/// Charts that were read just now, each with a path that it names another by.
fn beside(files: &ChartFiles, before: &BTreeSet<Utf8PathBuf>) -> Vec<(Utf8PathBuf, Utf8PathBuf)> {
    let mut found = Vec::new();
    for (path, bytes) in &files.files {
        if path.file_name() != Some("Chart.yaml") || before.contains(path) {
            continue;
        }
        let text = String::from_utf8_lossy(bytes);
        let directory = path.parent().unwrap_or(Utf8Path::new(""));
        for line in text.lines() {
            // Enough to know what to look for; the reader takes the document apart.
            if let Some((_, rest)) = line.split_once("file://") {
                let mut parts = rest.split(['"', '\'', ' ', '#', ',', '}']);
                let beside = Utf8PathBuf::from(parts.next().unwrap_or_default());
                found.push((directory.to_owned(), beside));
            }
        }
    }
    found
}

struct Reader<'s> {
    limits: ChartLimits,
    sink: &'s mut Diagnostics,
    files: ChartFiles,
    entries: usize,
    bytes: u64,
}

impl Reader<'_> {
    fn directory(
        &mut self,
        top: &Path,
        directory: &Path,
        key: &Utf8Path,
        depth: usize,
    ) -> Result<(), ChartError> {
        let listing = fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let listing = match listing {
            Ok(listing) => listing,
            Err(source) => {
                return Err(ChartError::Read {
                    path: directory.into(),
                    source,
                });
            }
        };
        let mut names = Vec::new();
        for entry in listing {
            match entry.file_name().into_string() {
                Ok(name) if name.starts_with('.') => {}
                Ok(name) => names.push(name),
                Err(name) => self.refuse(
                    key,
                    format!("the file name `{}` is not UTF-8", name.display()),
                    "rename it",
                ),
            }
        }
        names.sort_unstable();
        for name in names {
            self.entry(top, &directory.join(&name), &key.join(&name), depth)?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        top: &Path,
        path: &Path,
        key: &Utf8Path,
        depth: usize,
    ) -> Result<(), ChartError> {
        self.entries = self.entries.saturating_add(1);
        if self.entries > self.limits.entries || depth > self.limits.depth {
            self.too_large(key);
            return Ok(());
        }
        let failed = |source| ChartError::Read {
            path: path.into(),
            source,
        };
        let Ok(real) = fs::canonicalize(path) else {
            self.refuse(key, format!("the link `{key}` leads nowhere"), "remove it");
            return Ok(());
        };
        if !real.starts_with(top) {
            self.refuse(
                key,
                format!("the link `{key}` leads out of the chart"),
                "copy what it points at into the chart",
            );
            return Ok(());
        }
        let metadata = fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            return self.directory(top, path, key, depth.saturating_add(1));
        }
        if !metadata.is_file() {
            self.refuse(
                key,
                format!("`{key}` is neither a file nor a directory"),
                "remove it",
            );
            return Ok(());
        }
        let mut bytes = Vec::new();
        fs::File::open(path)
            .and_then(|file| {
                file.take(self.limits.file_bytes.saturating_add(1))
                    .read_to_end(&mut bytes)
            })
            .map_err(failed)?;
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if bytes.len() as u64 > self.limits.file_bytes || self.bytes > self.limits.total_bytes {
            self.too_large(key);
            return Ok(());
        }
        self.files.files.insert(key.to_owned(), Arc::from(bytes));
        Ok(())
    }

    fn refuse(&mut self, key: &Utf8Path, message: String, help: &str) {
        self.sink.push(
            Finding::error(CHART_FILE_REFUSED, message)
                .help(help)
                .path(key),
        );
    }

    fn too_large(&mut self, key: &Utf8Path) {
        if self
            .sink
            .iter()
            .any(|finding| finding.code == CHART_TOO_LARGE)
        {
            return;
        }
        self.sink.push(
            Finding::error(
                CHART_TOO_LARGE,
                format!("the chart holds more than charts may, at `{key}`"),
            )
            .help("take out what Helm does not need, or give the chart alone instead of what is around it")
            .path(key),
        );
    }
}
