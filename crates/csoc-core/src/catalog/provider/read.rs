//! What `terraform providers schema -json` says, as the tree of a catalog.

use crate::value::Node;

/// One provider of a file.
#[derive(Debug)]
pub(crate) struct ProviderFacts {
    /// Its name, without the public registry: `hashicorp/aws`.
    pub(crate) name: String,
    /// Its version, where the file says it; Terraform's own output does not.
    pub(crate) version: Option<String>,
    /// What it takes.
    pub(crate) tree: Node,
}

/// The registry whose name is left out.
const REGISTRY: &str = "registry.terraform.io/";

/// Flags of attributes that are kept.
const FLAGS: [&str; 6] = [
    "required",
    "optional",
    "computed",
    "sensitive",
    "deprecated",
    "write_only",
];

/// Parts of a provider, as the file and as the catalog name them.
const PARTS: [(&str, &str); 3] = [
    ("resource_schemas", "resources"),
    ("data_source_schemas", "data_sources"),
    ("ephemeral_resource_schemas", "ephemeral_resources"),
];

/// The providers of a file; none where it is no such file. Descriptions are left out.
pub(crate) fn read(file: &Node) -> Vec<ProviderFacts> {
    let Some(providers) = file.get("provider_schemas") else {
        return Vec::new();
    };
    providers
        .entries()
        .iter()
        .map(|entry| {
            let address = entry.key.as_str();
            let name = address.strip_prefix(REGISTRY).unwrap_or(address);
            ProviderFacts {
                name: name
                    .strip_prefix("terraform.io/")
                    .unwrap_or(name)
                    .to_owned(),
                version: entry
                    .node
                    .get("version")
                    .and_then(Node::text)
                    .map(str::to_owned),
                tree: provider(&entry.node),
            }
        })
        .collect()
}

fn provider(provider: &Node) -> Node {
    let mut tree = Node::map();
    if let Some(configuration) = provider.path(&["provider", "block"]) {
        tree.append("provider", block(configuration));
    }
    for (part, name) in PARTS {
        if let Some(schemas) = provider.get(part) {
            let schemas = schemas.entries().iter().filter_map(|entry| {
                let schema = entry.node.get("block")?;
                Some((entry.key.clone(), block(schema)))
            });
            tree.append(name, map(schemas));
        }
    }
    if let Some(functions) = provider.get("functions") {
        let functions = functions.entries().iter();
        tree.append(
            "functions",
            map(functions.map(|entry| (entry.key.clone(), Node::map()))),
        );
    }
    tree
}

fn map<K: Into<crate::value::Key>>(entries: impl Iterator<Item = (K, Node)>) -> Node {
    let mut map = Node::map();
    for (key, node) in entries {
        map.append(key, node);
    }
    map
}

fn block(block: &Node) -> Node {
    let mut tree = attributes(block);
    if let Some(nested) = block.get("block_types") {
        let nested = nested.entries().iter();
        let nested = nested.map(|entry| (entry.key.clone(), nested_block(&entry.node)));
        tree.append("blocks", map(nested));
    }
    copy_flag(block, "deprecated", &mut tree);
    tree
}

fn attributes(of: &Node) -> Node {
    let mut tree = Node::map();
    if let Some(attributes) = of.get("attributes") {
        let attributes = attributes.entries().iter();
        let attributes = attributes.map(|entry| (entry.key.clone(), attribute(&entry.node)));
        tree.append("attributes", map(attributes));
    }
    tree
}

fn attribute(attribute: &Node) -> Node {
    let mut tree = Node::map();
    if let Some(nested) = attribute.get("nested_type") {
        let mut inner = attributes(nested);
        copy(nested, "nesting_mode", &mut inner, "nesting");
        tree.append("nested", inner);
    } else {
        copy(attribute, "type", &mut tree, "type");
    }
    for flag in FLAGS {
        copy_flag(attribute, flag, &mut tree);
    }
    tree
}

fn nested_block(nested: &Node) -> Node {
    let mut tree = Node::map();
    copy(nested, "nesting_mode", &mut tree, "nesting");
    copy(nested, "min_items", &mut tree, "min");
    copy(nested, "max_items", &mut tree, "max");
    if let Some(inner) = nested.get("block") {
        tree.append("block", block(inner));
    }
    tree
}

fn copy(from: &Node, key: &str, to: &mut Node, name: &'static str) {
    if let Some(node) = from.get(key) {
        to.append(crate::value::Key::fixed(name), node.clone());
    }
}

fn copy_flag(from: &Node, key: &'static str, to: &mut Node) {
    if from.get(key).and_then(Node::text) == Some("true") {
        to.append(crate::value::Key::fixed(key), Node::bool(true));
    }
}
