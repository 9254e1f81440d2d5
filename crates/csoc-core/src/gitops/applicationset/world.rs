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
    /// Addresses of the repository that is read, without `.git`, with the revisions by which its values are named.
    pub(crate) addresses: BTreeMap<String, BTreeSet<String>>,
    /// Where what is read lies in that repository: empty, or a path that ends with `/`.
    pub(crate) prefix: String,
}

/// Whether the files that are here are those that somebody names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    /// They are.
    Here,
    /// Nothing says that the repository is the one that is read.
    OtherRepository,
    /// Nothing says that what is read of it is of that revision.
    OtherRevision,
}

impl World {
    /// Notes that values of the repository that is read are taken from that address, at that revision.
    pub(crate) fn is_named(&mut self, address: &str, revision: &str) {
        let revisions = self.addresses.entry(plain_address(address)).or_default();
        if !follows_default(revision) {
            revisions.insert(revision.to_owned());
        }
    }

    /// Whether what is read is that revision of that repository.
    ///
    /// It is one revision. Where values are named by one, it is taken for that, as everywhere; where they are named
    /// by several, nobody knows which it is. The default branch is what people check out.
    pub(super) fn holds(&self, address: &str, revision: &str) -> Held {
        let Some(revisions) = self.addresses.get(&plain_address(address)) else {
            return Held::OtherRepository;
        };
        let is_only = revisions.len() == 1 && revisions.contains(revision);
        if follows_default(revision) || is_only {
            Held::Here
        } else {
            Held::OtherRevision
        }
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

/// Whether a revision is the default branch, whatever that is called.
fn follows_default(revision: &str) -> bool {
    matches!(revision, "" | "HEAD")
}

/// An address as it is compared: however it is written, it is one repository.
pub(crate) fn plain_address(address: &str) -> String {
    let address = address.trim_end_matches('/');
    let address = address.strip_suffix(".git").unwrap_or(address);
    address.to_lowercase()
}
