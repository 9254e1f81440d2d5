//! Chart archives unpacked in memory: nothing of them can reach a disk, and what is refused is named.

use std::io::Read;
use std::sync::Arc;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use super::files::{ChartFiles, ChartLimits};
use super::load::{CHART_FILE_REFUSED, CHART_INVALID, CHART_TOO_LARGE};
use crate::diagnostic::{Diagnostics, Finding};

/// Unpacks an archive and those in it.
pub(super) fn unpack(bytes: &[u8], limits: ChartLimits, sink: &mut Diagnostics) -> ChartFiles {
    let mut unpacker = Unpacker::new(limits, sink);
    let mut files = ChartFiles::new("");
    unpacker.archive(bytes, Utf8Path::new(""), 0, &mut files);
    // `helm package` puts everything into one directory.
    let top = files
        .files
        .keys()
        .filter(|path| path.file_name() == Some("Chart.yaml"))
        .filter_map(|path| path.parent())
        .min_by_key(|directory| directory.components().count());
    files.root = top.unwrap_or(Utf8Path::new("")).to_owned();
    files
}

/// Unpacks the archives in the `charts` of a directory, where `helm dependency build` puts them.
pub(super) fn unpack_below(files: &mut ChartFiles, limits: ChartLimits, sink: &mut Diagnostics) {
    let mut unpacker = Unpacker::new(limits, sink);
    unpacker.entries = files.files.len();
    unpacker.bytes = files.files.values().map(|bytes| bytes.len() as u64).sum();
    unpacker.nested(files, 0);
}

struct Unpacker<'s> {
    limits: ChartLimits,
    sink: &'s mut Diagnostics,
    entries: usize,
    bytes: u64,
    is_full: bool,
}

impl<'s> Unpacker<'s> {
    fn new(limits: ChartLimits, sink: &'s mut Diagnostics) -> Self {
        Self {
            limits,
            sink,
            entries: 0,
            bytes: 0,
            is_full: false,
        }
    }

    fn archive(&mut self, bytes: &[u8], at: &Utf8Path, depth: usize, files: &mut ChartFiles) {
        if bytes.len() as u64 > self.limits.archive_bytes || depth > self.limits.depth {
            self.too_large(at);
            return;
        }
        // What is between the files is inflated as well.
        let most = self.limits.total_bytes.saturating_mul(2);
        let mut archive = Archive::new(MultiGzDecoder::new(bytes).take(most));
        let Ok(entries) = archive.entries() else {
            self.damaged(at);
            return;
        };
        let mut own = ChartFiles::new(at);
        for entry in entries {
            if self.is_full {
                return;
            }
            let Ok(entry) = entry else {
                self.damaged(at);
                return;
            };
            self.entry(entry, at, &mut own);
        }
        if own.files.is_empty() && depth == 0 {
            self.damaged(at);
        }
        self.nested(&mut own, depth);
        files.files.append(&mut own.files);
    }

    /// Unpacks the archives among the files, and takes them out.
    fn nested(&mut self, files: &mut ChartFiles, depth: usize) {
        let archives: Vec<Utf8PathBuf> = files
            .files
            .keys()
            .filter(|path| is_nested(path))
            .cloned()
            .collect();
        for path in archives {
            if let (Some(bytes), Some(directory)) = (files.files.remove(&path), path.parent()) {
                self.archive(&bytes, directory, depth.saturating_add(1), files);
            }
        }
    }

    fn entry(&mut self, entry: Entry<'_, impl Read>, at: &Utf8Path, files: &mut ChartFiles) {
        self.entries = self.entries.saturating_add(1);
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if self.entries > self.limits.entries {
            self.too_large(&at.join(&name));
            return;
        }
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {}
            EntryType::Directory | EntryType::XGlobalHeader => return,
            EntryType::Symlink | EntryType::Link => {
                self.refuse(&name, "is a link, and charts hold files");
                return;
            }
            _ => {
                self.refuse(&name, "is neither a file nor a directory");
                return;
            }
        }
        let Some(path) = inside(&name) else {
            self.refuse(&name, "leads out of the archive, or is no path");
            return;
        };
        let left = self.limits.total_bytes.saturating_sub(self.bytes);
        let most = left.min(self.limits.file_bytes);
        let mut bytes = Vec::new();
        if entry
            .take(most.saturating_add(1))
            .read_to_end(&mut bytes)
            .is_err()
        {
            self.damaged(at);
            self.is_full = true;
            return;
        }
        if bytes.len() as u64 > most {
            self.too_large(&at.join(&name));
            return;
        }
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if files
            .files
            .insert(at.join(path), Arc::from(bytes))
            .is_some()
        {
            self.refuse(&name, "is there twice");
        }
    }

    fn refuse(&mut self, name: &str, why: &str) {
        self.sink.push(
            Finding::error(CHART_FILE_REFUSED, format!("`{name}` {why}"))
                .help("make the archive with `helm package`")
                .path(name),
        );
    }

    fn damaged(&mut self, at: &Utf8Path) {
        let which = if at.as_str().is_empty() {
            "the chart".to_owned()
        } else {
            format!("an archive in `{at}`")
        };
        self.sink.push(
            Finding::error(
                CHART_INVALID,
                format!("{which} is no gzipped tar archive, or is damaged"),
            )
            .help("download it again, or make it with `helm package`")
            .path(at),
        );
    }

    fn too_large(&mut self, at: &Utf8Path) {
        if !self.is_full {
            self.is_full = true;
            self.sink.push(
                Finding::error(
                    CHART_TOO_LARGE,
                    format!("the chart holds more than charts may, at `{at}`"),
                )
                .help("take out what Helm does not need")
                .path(at),
            );
        }
    }
}

fn is_nested(path: &Utf8Path) -> bool {
    let directory = path.parent().and_then(Utf8Path::file_name);
    directory == Some("charts") && matches!(path.extension(), Some("tgz"))
}

/// A path that stays where it is put; none where it does not, whatever system it was made on.
fn inside(name: &str) -> Option<Utf8PathBuf> {
    if name.contains(['\\', '\0', ':']) {
        return None;
    }
    let mut path = Utf8PathBuf::new();
    for part in Utf8Path::new(name).components() {
        match part {
            Utf8Component::CurDir => {}
            Utf8Component::Normal(name) => path.push(name),
            _ => return None,
        }
    }
    (!path.as_str().is_empty()).then_some(path)
}
