//! The modules of a recorded list, which the embedded catalog is made of.

use std::collections::{BTreeMap, BTreeSet};

use super::read::{flag, outputs_of, together};
use crate::hcl::module_directory;
use crate::value::Node;

/// The modules of a recorded list, with what is known of them beside.
pub(crate) fn recorded(list: &Node, known_bad: &Node) -> Node {
    let mut modules: BTreeMap<&str, Node> = BTreeMap::new();
    let outputs: BTreeMap<&str, BTreeSet<&str>> = list
        .items()
        .iter()
        .filter_map(|module| {
            let names = items(module, "outputs").filter_map(|output| text(output, "name"));
            Some((text(module, "path")?, names.collect()))
        })
        .collect();
    for module in list.items() {
        let Some(path) = text(module, "path") else {
            continue;
        };
        let mut tree = Node::map();
        let mut variables = Node::map();
        for variable in items(module, "variables") {
            let Some(name) = text(variable, "name") else {
                continue;
            };
            let mut facts = Node::map();
            flag(
                &mut facts,
                "required",
                text(variable, "required") == Some("true"),
            );
            flag(
                &mut facts,
                "sensitive",
                text(variable, "sensitive") == Some("true"),
            );
            let is_live = text(variable, "status") == Some("live");
            flag(&mut facts, "dead", !is_live);
            // What is declared, else what the default shows.
            let types = ["type", "type_inferred"].iter();
            let mut types = types.filter_map(|key| text(variable, key));
            if let Some(of) = types.find(|of| !matches!(*of, "null" | "any")) {
                facts.insert("type", Node::string(of));
            }
            variables.insert(name, facts);
        }
        tree.insert("variables", variables);
        tree.insert(
            "outputs",
            outputs_of(items(module, "outputs").filter_map(|it| text(it, "name"))),
        );
        let errors = broken_outputs(module, path, &outputs)
            .into_iter()
            .chain(block_errors(module))
            .map(Node::string);
        let errors: Vec<Node> = errors.collect();
        if !errors.is_empty() {
            tree.insert("errors", Node::list(errors));
        }
        if let Some(bad) = known_bad.get(path) {
            tree.insert("known_bad", as_text(bad));
        }
        modules.insert(path, tree);
    }
    together(modules)
}

fn items<'n>(node: &'n Node, key: &str) -> std::slice::Iter<'n, Node> {
    node.get(key).map_or(&[][..], Node::items).iter()
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(Node::text)
}

/// Single values as text, so that they compare with what is written in a call.
fn as_text(node: &Node) -> Node {
    if !node.items().is_empty() {
        return Node::list(node.items().iter().map(as_text));
    }
    if let Some(text) = node.text() {
        return Node::string(text);
    }
    let mut map = Node::map();
    for entry in node.entries() {
        map.insert(entry.key.clone(), as_text(&entry.node));
    }
    map
}

/// Outputs that read what is not there: an output that a called module lacks, a resource of a type that is not declared.
fn broken_outputs(
    module: &Node,
    path: &str,
    outputs: &BTreeMap<&str, BTreeSet<&str>>,
) -> Vec<String> {
    let declared = |part: &str, of: &str| module.path(&[part, of]).is_some();
    let called = |name: &str| {
        let call = items(module, "module_calls").find(|call| text(call, "name") == Some(name))?;
        outputs.get(module_directory(path, text(call, "source")?)?.as_str())
    };
    let mut found = Vec::new();
    for output in items(module, "outputs") {
        let (Some(name), Some(value)) = (text(output, "name"), text(output, "value")) else {
            continue;
        };
        let parts: Vec<&str> = value
            .split(['.', '[', ']'])
            .filter(|it| !it.is_empty())
            .collect();
        match *parts {
            ["module", called_name, ref rest @ ..] => {
                let read = rest.iter().find(|part| part.parse::<u64>().is_err());
                if let (Some(there), Some(read)) = (called(called_name), read)
                    && !there.contains(read)
                    && is_plain(value)
                {
                    found.push(format!("output `{name}` reads `{read}`, which the module `{called_name}` does not give"));
                }
            }
            [of, ..] if of.starts_with("aws_") && is_plain(value) && !declared("resources", of) => {
                found.push(format!(
                    "output `{name}` reads a resource `{of}`, and the module has none"
                ));
            }
            _ => {}
        }
    }
    found
}

/// Blocks that no version of the provider takes any more.
fn block_errors(module: &Node) -> Vec<String> {
    let errors = module
        .path(&["checks", "errors"])
        .map_or(&[][..], Node::items);
    errors
        .iter()
        .filter(|error| {
            text(error, "summary").is_some_and(|summary| summary == "Unsupported block type")
        })
        .filter_map(|error| {
            let place = text(error, "file")?;
            Some(format!(
                "{} ({place})",
                text(error, "detail")?.trim_end_matches('.')
            ))
        })
        .collect()
}

/// Whether a text is a reference and nothing else.
fn is_plain(value: &str) -> bool {
    value
        .chars()
        .all(|char| char.is_alphanumeric() || "._-[]".contains(char))
}
