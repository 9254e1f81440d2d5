//! A Terraform root as addresses with arguments by path.

use std::collections::{BTreeMap, BTreeSet};

use super::super::leaf;
use super::super::stateful::ResourceFacts;
use crate::hcl::{Block, Body, Expression, ExpressionKind, ObjectKey, Step, print_in_line};
use crate::tree::{Document, File};
use crate::value::{Kind, Node};

/// A root: what it declares, by address, each with its arguments by path.
#[derive(Debug, Default)]
pub(in crate::diff) struct Root {
    pub(super) parts: BTreeMap<String, Part>,
    pub(super) inputs: BTreeMap<String, String>,
    /// Addresses that went on as another.
    pub(super) moved: BTreeMap<String, String>,
}

/// A block, with its arguments by path.
#[derive(Debug)]
pub(super) struct Part {
    /// `resource`, `data`…
    pub(super) kind: String,
    /// The type of a resource.
    pub(super) of: String,
    pub(super) arguments: BTreeMap<String, String>,
}

impl Root {
    /// The root of those files, all of one directory.
    pub(in crate::diff) fn new(files: &[&File]) -> Self {
        let mut root = Self::default();
        for file in files {
            if let Document::Json(node) | Document::Yaml(node) = file.document()
                && file.path().as_str().ends_with("tfvars.json")
            {
                for entry in node.entries() {
                    root.inputs
                        .insert(entry.key.to_string(), input(&entry.node));
                }
            }
        }
        for file in files {
            if let Document::Hcl(body) = file.document() {
                root.body(body);
            }
        }
        root
    }

    fn body(&mut self, body: &Body) {
        for block in body.all_blocks() {
            let labels: Vec<&str> = block.labels.iter().map(|label| &*label.text).collect();
            let kind = block.kind.to_string();
            let (address, of) = match (&*kind, &labels[..]) {
                ("resource", [of, name, ..]) => (format!("{of}.{name}"), (*of).to_owned()),
                ("data" | "ephemeral", [of, name, ..]) => {
                    (format!("{kind}.{of}.{name}"), (*of).to_owned())
                }
                ("provider", [name, ..]) => {
                    let alias = block.body.get("alias").map(print_in_line);
                    let alias = alias.map(|alias| format!(".{}", alias.trim_matches('"')));
                    (
                        format!("provider.{name}{}", alias.unwrap_or_default()),
                        String::new(),
                    )
                }
                ("moved", _) => {
                    let end = |name| block.body.get(name).map(print_in_line);
                    if let (Some(from), Some(to)) = (end("from"), end("to")) {
                        self.moved.insert(from, to);
                    }
                    continue;
                }
                ("locals", _) => {
                    for local in block.body.attributes() {
                        let mut arguments = BTreeMap::new();
                        self.expression("value", &local.value, &mut arguments);
                        let part = Part {
                            kind: kind.clone(),
                            of: String::new(),
                            arguments,
                        };
                        self.parts.insert(format!("local.{}", local.name), part);
                    }
                    continue;
                }
                ("import" | "removed", _) => {
                    let end = block
                        .body
                        .get("to")
                        .or_else(|| block.body.get("from"))
                        .map(print_in_line);
                    (format!("{kind} {}", end.unwrap_or_default()), String::new())
                }
                _ => (
                    std::iter::once(&*kind)
                        .chain(labels.iter().copied())
                        .collect::<Vec<_>>()
                        .join("."),
                    String::new(),
                ),
            };
            let mut arguments = BTreeMap::new();
            self.arguments("", &block.body, &mut arguments);
            if matches!(&*kind, "variable" | "output") {
                // Prose, that nobody runs.
                arguments.remove("description");
            }
            // The settings of Terraform itself may stand in several blocks.
            let part = self.parts.entry(address).or_insert_with(|| Part {
                kind,
                of,
                arguments: BTreeMap::new(),
            });
            part.arguments.append(&mut arguments);
        }
    }

    fn arguments(&self, prefix: &str, body: &Body, into: &mut BTreeMap<String, String>) {
        for attribute in body.attributes() {
            self.expression(&join(prefix, &attribute.name), &attribute.value, into);
        }
        let mut siblings: BTreeMap<&str, Vec<&Block>> = BTreeMap::new();
        for block in body.all_blocks() {
            siblings.entry(&block.kind).or_default().push(block);
        }
        for (kind, blocks) in siblings {
            let names = names(&blocks);
            for (block, name) in blocks.iter().zip(names) {
                self.arguments(&join(prefix, &format!("{kind}{name}")), &block.body, into);
            }
        }
    }

    fn expression(&self, path: &str, value: &Expression, into: &mut BTreeMap<String, String>) {
        match &value.kind {
            ExpressionKind::Object(fields) if !fields.is_empty() => {
                for field in fields {
                    let key = match &field.key {
                        ObjectKey::Identifier(name) | ObjectKey::String(name) => name.to_string(),
                        ObjectKey::Expression(key) => print_in_line(key),
                    };
                    self.expression(&join(path, &key), &field.value, into);
                }
            }
            // What a root is given is its argument.
            ExpressionKind::Reference(root, steps) if root == "var" => {
                let known = match &steps[..] {
                    [Step::Attribute(name)] => self.inputs.get(&**name),
                    _ => None,
                };
                into.insert(
                    path.to_owned(),
                    known.cloned().unwrap_or_else(|| print_in_line(value)),
                );
            }
            ExpressionKind::String(text) => {
                into.insert(path.to_owned(), leaf::show_text(text));
            }
            _ => {
                into.insert(path.to_owned(), print_in_line(value));
            }
        }
    }

    /// The addresses of resources by type, in words: `2 aws_s3_bucket`.
    pub(super) fn stateful(&self) -> Vec<(&str, &'static str)> {
        self.resources()
            .filter_map(|(address, part)| Some((address, ResourceFacts::of(&part.of)?.holds?)))
            .collect()
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = (&str, &Part)> {
        self.parts
            .iter()
            .filter(|(_, part)| part.kind == "resource")
            .map(|(address, part)| (address.as_str(), part))
    }

    /// How many resources of each type that hold something.
    pub(in crate::diff) fn holdings(&self, into: &mut BTreeMap<String, usize>) {
        for (_, part) in self.resources() {
            if ResourceFacts::of(&part.of).is_some_and(|facts| facts.holds.is_some()) {
                *into.entry(part.of.clone()).or_default() += 1;
            }
        }
    }
}

/// What tells blocks of one kind apart, for their paths.
fn names(blocks: &[&Block]) -> Vec<String> {
    if blocks.iter().all(|block| !block.labels.is_empty()) {
        return blocks
            .iter()
            .map(|block| {
                format!(
                    "[{}]",
                    block
                        .labels
                        .iter()
                        .map(|label| &*label.text)
                        .collect::<Vec<_>>()
                        .join(".")
                )
            })
            .collect();
    }
    if blocks.len() == 1 && blocks.iter().all(|block| block.labels.is_empty()) {
        return vec![String::new()];
    }
    for key in ["sid", "name", "key", "id", "test", "type"] {
        let names: Option<Vec<String>> = blocks
            .iter()
            .map(|block| {
                block
                    .body
                    .get(key)
                    .map(|value| format!("[{}]", print_in_line(value).trim_matches('"')))
            })
            .collect();
        if let Some(names) = names
            && names.iter().collect::<BTreeSet<_>>().len() == names.len()
        {
            return names;
        }
    }
    blocks
        .iter()
        .enumerate()
        .map(|(at, block)| match block.label(0) {
            Some(label) => format!("[{label}]"),
            None => format!("[{at}]"),
        })
        .collect()
}

fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}.{name}")
    }
}

/// What a root is given, as an argument would show it.
fn input(node: &Node) -> String {
    match &node.kind {
        Kind::Map(_) | Kind::List(_) => Expression::try_from(node)
            .map_or_else(|_| leaf::show(node), |value| print_in_line(&value)),
        _ => leaf::show(node),
    }
}
