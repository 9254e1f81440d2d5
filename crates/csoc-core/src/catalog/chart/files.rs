//! The files of a chart and of the charts below it, as bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::catalog::digest;

/// How much a chart may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChartLimits {
    /// Bytes of an archive.
    pub(crate) archive_bytes: u64,
    /// Bytes of all files, unpacked.
    pub(crate) total_bytes: u64,
    /// Bytes of one file, unpacked.
    pub(crate) file_bytes: u64,
    /// Files and directories.
    pub(crate) entries: usize,
    /// Archives inside each other, and directories inside each other.
    pub(crate) depth: usize,
}

impl Default for ChartLimits {
    /// 100 MiB an archive, 256 MiB unpacked, 16 MiB a file, 20,000 entries, 24 levels.
    fn default() -> Self {
        Self {
            archive_bytes: 100 << 20,
            total_bytes: 256 << 20,
            file_bytes: 16 << 20,
            entries: 20_000,
            depth: 24,
        }
    }
}

/// Files by path, one of which is the `Chart.yaml` of the chart that is meant.
///
/// Charts that it names by `file://` lie beside it under the path that leads
/// there, so that the set needs no disk to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChartFiles {
    /// Where the chart lies.
    pub(crate) root: Utf8PathBuf,
    /// All files.
    pub(crate) files: BTreeMap<Utf8PathBuf, Arc<[u8]>>,
}

impl ChartFiles {
    /// A set without files.
    pub(crate) fn new(root: impl Into<Utf8PathBuf>) -> Self {
        Self {
            root: root.into(),
            files: BTreeMap::new(),
        }
    }

    /// The bytes of a file.
    pub(crate) fn get(&self, path: &Utf8Path) -> Option<&Arc<[u8]>> {
        self.files.get(path)
    }

    /// Files below a directory, with their path there.
    pub(crate) fn below<'s>(
        &'s self,
        directory: &'s Utf8Path,
    ) -> impl Iterator<Item = (&'s Utf8Path, &'s Utf8Path, &'s Arc<[u8]>)> {
        self.files
            .range(directory.to_owned()..)
            .map_while(move |(path, bytes)| {
                let relative = path.strip_prefix(directory).ok();
                // Sorted by components, so that what is below stands together.
                relative.map(|relative| (path.as_path(), relative, bytes))
            })
    }

    /// SHA-256 over all paths and contents, as catalogs name what they were made of.
    pub(crate) fn digest(&self) -> String {
        let mut all = Vec::new();
        for (path, bytes) in &self.files {
            all.extend(path.as_str().as_bytes());
            all.push(0);
            all.extend(digest(bytes).as_bytes());
            all.push(b'\n');
        }
        digest(&all)
    }
}

/// A path without `.` and `..`, as far as it does not lead out of where it starts.
pub(super) fn normalized(path: &Utf8Path) -> Utf8PathBuf {
    let mut out = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            Utf8Component::CurDir | Utf8Component::RootDir | Utf8Component::Prefix(_) => {}
            Utf8Component::ParentDir => {
                if out.file_name().is_some() {
                    out.pop();
                } else {
                    out.push("..");
                }
            }
            Utf8Component::Normal(name) => out.push(name),
        }
    }
    out
}
