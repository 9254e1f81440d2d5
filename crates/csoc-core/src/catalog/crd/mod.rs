//! What a Kubernetes custom resource takes.

#[cfg(test)]
mod tests;

use super::Catalogs;
use super::flat::CatalogKind;
use crate::value::schema::{Dialect, Schema};
use crate::value::{Key, Node};

/// The version of our reader of custom resources.
pub(crate) const READER: u32 = 1;

/// One custom resource of a file.
#[derive(Debug)]
pub(crate) struct CrdFacts {
    /// Group and kind: `argoproj.io/Application`.
    pub(crate) name: String,
    /// The version of what defines it, where the file says it; else its own.
    pub(crate) version: Option<String>,
    /// The schemas of its versions.
    pub(crate) tree: Node,
}

/// The custom resources of a document: a manifest of Kubernetes, or a recorded one.
pub(crate) fn read(document: &Node) -> Option<CrdFacts> {
    let text = |keys: &[&str]| document.path(keys).and_then(Node::text);
    let mut versions = Node::map();
    let (group, kind, version) = if text(&["kind"]) == Some("CustomResourceDefinition") {
        for version in document
            .path(&["spec", "versions"])
            .map_or(&[][..], Node::items)
        {
            let name = version.get("name").and_then(Node::text);
            let schema = version.path(&["schema", "openAPIV3Schema"]);
            if let (Some(name), Some(schema)) = (name, schema) {
                versions.insert(name, schema_of(schema));
            }
        }
        (
            text(&["spec", "group"])?,
            text(&["spec", "names", "kind"])?,
            None,
        )
    } else {
        for entry in document.get("versions").map_or(&[][..], Node::entries) {
            versions.insert(entry.key.clone(), schema_of(&entry.node));
        }
        // `argo-cd 3.6.0`
        let source = text(&["source"]).and_then(|source| source.rsplit(' ').next());
        (text(&["group"])?, text(&["kind"])?, source)
    };
    let first = versions.entries().first()?.key.to_string();
    let name = format!("{group}/{kind}");
    let version = version.map_or(first, str::to_owned);
    let mut tree = Node::map();
    tree.insert("group", Node::string(group));
    tree.insert("kind", Node::string(kind));
    tree.insert("versions", versions);
    Some(CrdFacts {
        name,
        version: Some(version),
        tree,
    })
}

/// Keywords of schemas that say nothing of what is accepted.
const WORDS: [&str; 4] = ["description", "example", "externalDocs", "title"];

/// A schema without its prose. A property may well be called `description`, so only keywords are left out.
fn schema_of(schema: &Node) -> Node {
    if !schema.is_map() {
        return schema.clone();
    }
    let mut tree = Node::map();
    for entry in schema.entries() {
        let inner = match entry.key.as_str() {
            word if WORDS.contains(&word) => continue,
            "properties" => {
                let mut all = Node::map();
                for property in entry.node.entries() {
                    all.append(property.key.clone(), schema_of(&property.node));
                }
                all
            }
            "items" | "additionalProperties" | "not" => schema_of(&entry.node),
            "allOf" | "anyOf" | "oneOf" if !entry.node.items().is_empty() => {
                Node::list(entry.node.items().iter().map(schema_of))
            }
            _ => entry.node.clone(),
        };
        tree.append(entry.key.clone(), inner);
    }
    tree
}

/// The schema of a resource by its `apiVersion` and kind; nothing where no catalog has it.
///
/// `metadata` is left open: Kubernetes checks it itself.
pub(crate) fn schema(catalogs: &Catalogs, api_version: &str, kind: &str) -> Option<Schema> {
    let (group, version) = api_version.split_once('/')?;
    let name = format!("{group}/{kind}");
    let mut found = catalogs.of_kind(CatalogKind::Crd).into_iter().rev();
    let catalog = found.find(|catalog| catalog.header().name == name)?;
    let mut schema = catalog.root().path(["versions", version])?.to_node();
    let open = Node::map();
    let path = ["properties", "metadata"].map(Key::fixed);
    let mut metadata = open;
    metadata.insert("type", Node::string("object"));
    metadata.insert("x-kubernetes-preserve-unknown-fields", Node::bool(true));
    schema.set(&path, metadata);
    for key in ["apiVersion", "kind"] {
        let mut text = Node::map();
        text.insert("type", Node::string("string"));
        schema.set(&["properties", key], text);
    }
    Schema::compile(&schema, Dialect::Kubernetes).ok()
}
