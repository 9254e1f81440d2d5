//! A cluster of a repository: the values of its add-ons.

use camino::Utf8PathBuf;

use super::values::flag_of;
use crate::span::{FileId, Span};
use crate::value::Node;

/// A directory with the values of cluster-level-resources.
#[derive(Debug)]
pub(crate) struct Cluster {
    /// The directory, which is the cluster's name.
    pub(crate) directory: Box<str>,
    /// The values file; none where the directory only holds deployments.
    pub(crate) values: Option<ClusterValues>,
    /// The files beside it, sorted by path.
    pub(crate) addons: Vec<AddonFile>,
}

/// The values of the chart cluster-level-resources.
#[derive(Debug)]
pub(crate) struct ClusterValues {
    /// The file.
    pub(crate) file: FileId,
    /// What it says; an empty map where it is empty.
    pub(crate) node: Node,
}

/// A file with the values of one add-on.
#[derive(Debug)]
pub(crate) struct AddonFile {
    /// The add-on that its name says.
    pub(crate) addon: Box<str>,
    /// The path below the repository.
    pub(crate) path: Utf8PathBuf,
    /// The file.
    pub(crate) file: Option<FileId>,
    /// What it says, where it is values and no stream of objects.
    pub(crate) node: Option<Node>,
}

impl Cluster {
    /// The value below a row of keys; nothing for `null`.
    pub(crate) fn get(&self, path: &[&str]) -> Option<&Node> {
        let values = self.values.as_ref()?;
        values.node.path(path).filter(|node| !node.is_null())
    }

    /// The text of a scalar that is not empty.
    pub(crate) fn text(&self, path: &[&str]) -> Option<&str> {
        self.get(path)?.text().filter(|text| !text.is_empty())
    }

    /// Whether a template takes a value for true.
    pub(crate) fn is_on(&self, path: &[&str]) -> bool {
        self.get(path).is_some_and(flag_of)
    }

    /// The number of the account that it is in.
    pub(crate) fn account(&self) -> Option<&str> {
        self.text(&["accountNumber"])
    }

    /// Where a value stands, else its nearest parent, else the file.
    pub(crate) fn place(&self, path: &[&str]) -> Option<Span> {
        let values = self.values.as_ref()?;
        place(&values.node, path).or_else(|| Some(Span::file_start(values.file)))
    }
}

/// Where a value stands: a scalar itself, the key of what is larger, or the nearest parent's key.
pub(super) fn place(root: &Node, path: &[&str]) -> Option<Span> {
    (1..=path.len()).rev().find_map(|length| {
        let (key, parents) = path[..length].split_last()?;
        let entry = root
            .path(parents)?
            .entries()
            .iter()
            .rev()
            .find(|entry| entry.key == **key)?;
        if entry.node.text().is_some_and(|text| !text.is_empty()) {
            // A block of text would be shown whole.
            let span = entry.node.span()?;
            let is_line = entry.node.text().is_some_and(|text| !text.contains('\n'));
            return Some(if is_line {
                span
            } else {
                entry.key_origin.span().unwrap_or(span)
            });
        }
        entry.key_origin.span().or_else(|| entry.node.span())
    })
}
