//! What an ApplicationSet may look at: the clusters and the files that are here.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::super::registration::Registration;
use crate::span::FileId;
use crate::value::Node;

/// A file of the repository.
#[derive(Debug, Clone)]
pub(crate) enum Seen {
    /// It is there, and nobody looked into it.
    There,
    /// Its documents.
    Read(FileId, Vec<Node>),
    /// It is no text, or none that reads as YAML.
    Unreadable,
}

/// What is known besides the ApplicationSet itself.
#[derive(Debug, Default)]
pub(crate) struct World {
    /// The clusters that are registered in files.
    pub(crate) registrations: Vec<Registration>,
    /// The files, by their path below what is read.
    pub(crate) files: BTreeMap<Utf8PathBuf, Seen>,
    /// Addresses of the repository that is read, without `.git`.
    pub(crate) addresses: BTreeSet<String>,
    /// Where what is read lies in that repository: empty, or a path that ends with `/`.
    pub(crate) prefix: String,
}

impl World {
    /// Whether an address is that of the repository that is read.
    pub(super) fn is_own(&self, address: &str) -> bool {
        self.addresses.contains(&plain_address(address))
    }

    /// The directories below what is read, hidden ones left out, by their path in the repository.
    pub(super) fn directories(&self) -> Vec<String> {
        let mut directories = BTreeSet::new();
        for path in self.files.keys() {
            let mut at = path.parent();
            while let Some(directory) = at.filter(|directory| !directory.as_str().is_empty()) {
                if !directories.insert(directory.to_owned()) {
                    break;
                }
                at = directory.parent();
            }
        }
        let is_hidden =
            |path: &Utf8Path| path.components().any(|part| part.as_str().starts_with('.'));
        directories
            .iter()
            .filter(|path| !is_hidden(path))
            .map(|path| format!("{}{path}", self.prefix))
            .collect()
    }
}

/// An address as it is compared: however it is written, it is one repository.
pub(crate) fn plain_address(address: &str) -> String {
    let address = address.trim_end_matches('/');
    let address = address.strip_suffix(".git").unwrap_or(address);
    address.to_lowercase()
}
