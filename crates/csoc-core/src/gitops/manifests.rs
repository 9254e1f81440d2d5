//! What Helm made of one deployment: Kubernetes objects.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostics;
use crate::span::FileId;
use crate::value::{Node, yaml_read};

/// The objects of one rendering, in order.
#[derive(Debug)]
pub(crate) struct Manifests {
    /// The objects.
    pub(crate) objects: Vec<Manifest>,
    /// What the objects make, by kind: also what operators make of them.
    made: BTreeMap<&'static str, BTreeSet<String>>,
}

/// A Kubernetes object.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// `KIND/NAME`.
    pub(crate) id: String,
    /// All of it.
    pub(crate) node: Node,
}

/// Kinds that others ask for by name.
const ASKED: [&str; 3] = ["ConfigMap", "Secret", "ServiceAccount"];

impl Manifests {
    /// Reads a stream of manifests.
    pub(crate) fn read(text: &str, file: FileId, found: &mut Diagnostics) -> Self {
        let (nodes, problems) = yaml_read::documents(text, file, &yaml_read::Limits::default());
        found.append(problems);
        let mut manifests = Self {
            objects: Vec::new(),
            made: BTreeMap::new(),
        };
        for node in nodes {
            let text = |path: &[&str]| node.path(path).and_then(Node::text);
            let (Some(kind), Some(name)) = (text(&["kind"]), text(&["metadata", "name"])) else {
                continue;
            };
            let id = format!("{kind}/{name}");
            let made = match kind {
                "Certificate" => text(&["spec", "secretName"]).map(|made| ("Secret", made)),
                // The operator makes a Secret of it.
                "ExternalSecret" => {
                    Some(("Secret", text(&["spec", "target", "name"]).unwrap_or(name)))
                }
                _ => ASKED
                    .into_iter()
                    .find(|asked| *asked == kind)
                    .map(|kind| (kind, name)),
            };
            if let Some((kind, name)) = made {
                manifests
                    .made
                    .entry(kind)
                    .or_default()
                    .insert(name.to_owned());
            }
            manifests.objects.push(Manifest { id, node });
        }
        manifests
    }

    /// Whether something makes an object of that name.
    pub(crate) fn makes(&self, kind: &str, name: &str) -> bool {
        self.made
            .get(kind)
            .is_some_and(|names| names.contains(name))
    }
}
