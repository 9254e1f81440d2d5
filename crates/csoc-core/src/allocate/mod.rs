//! Networks of clusters: what the pool gives those that have none, written into the fleet's files, and what is planned.

mod error;
mod planned;
#[cfg(test)]
mod tests;

pub use error::AllocateError;
pub use planned::{NetworkPool, PlannedNetwork, PlannedNetworks, PlannedSubnet};

use std::path::Path;

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::context::Context;
use crate::fleet::Fleet;
use crate::network::{Allocation, allocations};
use crate::source::SourceSet;
use crate::source::edit::{self, Written};
use crate::span::SourceFile;
use crate::value::{Key, Node};
use crate::write::{EditError, write_over};

/// The order in which people write the fields of a cluster: its network goes behind the last of those before it.
const ORDER: [&str; 7] = [
    "account", "region", "platform", "version", "vpc", "project", "network",
];

/// A network that the pool gives a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AllocatedNetwork {
    /// The cluster.
    pub cluster: String,
    /// Its network.
    pub cidr: String,
    /// The file that says so from now on.
    pub file: String,
}

/// What clusters without a network are given, and the files that say so.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct NetworkAllocation {
    /// The networks, in the order of the clusters' names.
    pub networks: Vec<AllocatedNetwork>,
    /// Changed files with their whole new text, by their path below the fleet.
    pub files: Vec<(Utf8PathBuf, String)>,
    /// The fleet as it was.
    before: SourceSet,
}

impl NetworkAllocation {
    /// Writes the files below the fleet's directory: all of them or none, and only where nobody changed one meanwhile.
    pub fn write(&self, root: impl AsRef<Path>) -> Result<(), EditError> {
        let files = self.files.iter();
        let files = files.map(|(path, text)| (path.as_path(), text.as_bytes()));
        write_over(root.as_ref(), files, |path| {
            self.before.get(path).map(AsRef::as_ref)
        })
    }
}

impl Fleet {
    /// Gives every cluster that needs a network and has none the next of the pool. Nothing is written.
    ///
    /// What is written down already stays as it is, so that doing it again, or adding a cluster, moves nothing.
    ///
    /// ```
    /// # use csoc_core::{Context, Fleet, SourceSet};
    /// # let text = r#"
    /// # apiVersion: csoc.gen3.org/v1beta1
    /// # kind: Fleet
    /// # edition: "2026.11"
    /// # name: demo
    /// # accounts: { demo: { provider: aws, id: "111122223333", region: us-east-1 } }
    /// # "#;
    /// # let mut set = SourceSet::new();
    /// # set.insert("fleet.yaml", text.as_bytes().to_vec());
    /// set.insert("clusters/demo.yaml", b"account: demo # ours\n".to_vec());
    /// let fleet = Fleet::from_sources(set, &Context::default())?;
    /// let allocation = fleet.allocate_networks(&Context::default()).unwrap();
    /// assert_eq!(allocation.networks[0].cidr, "10.0.0.0/16");
    /// assert_eq!(allocation.files[0].1, "account: demo # ours\nnetwork: { cidr: 10.0.0.0/16 }\n");
    /// # Ok::<(), csoc_core::FleetError>(())
    /// ```
    pub fn allocate_networks(&self, context: &Context) -> Result<NetworkAllocation, AllocateError> {
        context.run(|| {
            let mut result = NetworkAllocation::default();
            let mut fleet = self.clone();
            for Allocation {
                cluster,
                prefix,
                cidr,
            } in allocations(self.resolved())
            {
                let Some(cidr) = cidr else {
                    return Err(AllocateError::Exhausted {
                        cluster: cluster.to_string(),
                        prefix,
                    });
                };
                let cidr = cidr.to_string();
                let (changed, file) = set(&fleet, cluster.as_str(), &cidr, context)?;
                fleet = changed;
                result.networks.push(AllocatedNetwork {
                    cluster: cluster.to_string(),
                    cidr,
                    file: file.into(),
                });
            }
            for (path, bytes) in fleet.sources().iter() {
                if self.sources().get(path) != Some(bytes) {
                    let text = String::from_utf8_lossy(bytes).into_owned();
                    result.files.push((path.to_owned(), text));
                }
            }
            result.before = self.sources().clone();
            Ok(result)
        })
    }
}

/// The fleet with a network of a cluster, and the file that says so.
fn set(
    fleet: &Fleet,
    cluster: &str,
    cidr: &str,
    context: &Context,
) -> Result<(Fleet, Utf8PathBuf), AllocateError> {
    let value = Node::string(cidr);
    let written = Written {
        node: &value,
        text: Some(cidr),
    };
    let names = ["clusters", cluster, "network", "cidr"];
    let cannot = |file: &str| AllocateError::Text {
        cluster: cluster.to_owned(),
        cidr: cidr.to_owned(),
        file: file.to_owned(),
    };
    let (file, edited) = edited(fleet, &names, written).ok_or_else(|| cannot(cluster))?;
    let path = file.path().to_owned();
    let edited = edited.ok_or_else(|| cannot(path.as_str()))?;
    let mut sources: SourceSet = fleet.sources().clone();
    sources.insert(path.clone(), edited.into_bytes());
    let changed = Fleet::from_sources(sources, context)
        .map_err(|error| AllocateError::Fleet(Box::new(error)))?;
    let mut meant = (*fleet.resolved().root).clone();
    meant.set(&names.map(Key::from), value.clone());
    // An alias or a merge key may share a text: nothing else may be different then.
    if meant == *changed.resolved().root {
        Ok((changed, path))
    } else {
        Err(cannot(path.as_str()))
    }
}

/// The file that a value belongs into, and its text with it; no text where it cannot be put in.
fn edited<'f>(
    fleet: &'f Fleet,
    names: &[&str],
    written: Written<'_>,
) -> Option<(&'f SourceFile, Option<String>)> {
    let resolved = fleet.resolved();
    let of = |node: &Node| {
        let span = node.span()?;
        Some(resolved.loaded.sources.file(span.file))
    };
    if let Some(there) = resolved.root.path(names) {
        let file = of(there)?;
        return Some((file, edit::replace(file.text(), there, written)));
    }
    let (mut map, mut rest) = (&*resolved.root, names);
    while let Some((first, behind)) = rest.split_first()
        && let Some(below) = map.get(first).filter(|below| below.is_map())
    {
        map = below;
        rest = behind;
    }
    let keys: Vec<Key> = rest.iter().copied().map(Key::from).collect();
    let last = map.entries().last();
    let file = last.and_then(|entry| of(&entry.node)).or_else(|| of(map))?;
    Some((file, edit::insert(file.text(), map, &keys, written, &ORDER)))
}
