//! What there is of an object that only one side has.

use std::collections::BTreeMap;

use super::super::terraform::Root;
use super::Documents;
use super::application::cascades;
use super::file::node;
use crate::value::Node;

/// The name of the values file that wins.
const VALUES: &str = "values/values.yaml";

/// What there is of an object on the only side that has it, for what follows from its coming or going.
#[derive(Debug, Default)]
pub(in crate::diff) struct Holdings {
    /// Resources that hold data, by type.
    pub(in crate::diff) stateful: BTreeMap<String, usize>,
    /// The Application's name, its namespace, and whether it cascades.
    pub(in crate::diff) application: Option<(String, String, bool)>,
    /// The host name.
    pub(in crate::diff) host: Option<String>,
    /// How many roots.
    pub(in crate::diff) roots: usize,
}

/// What there is of an object.
pub(in crate::diff) fn holdings(documents: &Documents) -> Holdings {
    let mut holdings = Holdings {
        roots: documents.roots.len(),
        ..Holdings::default()
    };
    for files in documents.roots.values() {
        Root::new(&files.iter().map(AsRef::as_ref).collect::<Vec<_>>())
            .holdings(&mut holdings.stateful);
    }
    let text = |node: &Node, path: &[&str]| {
        node.path(path)
            .and_then(Node::text)
            .unwrap_or_default()
            .to_owned()
    };
    holdings.application = documents
        .files
        .get("templates/app.yaml")
        .and_then(|file| node(file))
        .map(|node| {
            (
                text(node, &["metadata", "name"]),
                text(node, &["spec", "destination", "namespace"]),
                cascades(node),
            )
        });
    holdings.host = documents
        .files
        .get(VALUES)
        .and_then(|file| node(file))
        .map(|node| text(node, &["global", "hostname"]))
        .filter(|host| !host.is_empty());
    holdings
}
