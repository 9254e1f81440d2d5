//! Lists over a whole fleet: its secrets, and the outputs that it needs.

mod content;
mod fill;
mod rotation;
mod secret;

pub use content::{MadeOf, SecretPart};
pub use rotation::SecretRotation;
pub use secret::{Secret, SecretEncryption, SecretKey};

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::context::{Context, Stopped};
use crate::contract::Contracts;
use crate::explain::Place;
use crate::fleet::Fleet;
use crate::model::deferred::Deferred;
use crate::model::stack::{OutputId, OutputKind, OutputType};
use crate::render::CompileOptions;
use crate::tree::{Document, File, Tree};
use crate::value::Node;

/// An output that the fleet needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct RequiredOutput {
    /// The stack that gives it.
    pub stack: String,
    /// Which: `web_acl_arns.public`.
    pub output: String,
    /// What it is, in a sentence.
    pub description: &'static str,
    /// The file of the fleet that it is recorded in, or will be.
    pub file: String,
    /// The value as JSON, where it is recorded.
    pub value: Option<String>,
    /// Where the value stands.
    pub place: Option<Place>,
    /// The objects that have a file which waits for it.
    pub waiting: Vec<String>,
}

impl RequiredOutput {
    /// Whether it is not recorded yet.
    pub fn is_pending(&self) -> bool {
        self.value.is_none()
    }
}

impl Fleet {
    /// Every output that is recorded or that something waits for, sorted by stack.
    ///
    /// What waits is found by compiling, since each backend knows its own needs.
    pub fn outputs(&self, context: &Context) -> Result<Vec<RequiredOutput>, Stopped> {
        let options = CompileOptions {
            include_observed: true,
            ..CompileOptions::default()
        };
        let (tree, _) = self.compile(&options, context)?;
        let mut waiting: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for file in tree.iter() {
            for output in file.pending_outputs() {
                let objects = waiting.entry(output).or_default();
                objects.insert(file.object().to_owned());
            }
        }
        let awaited = awaited(self.contracts()).into_iter();
        for (output, object) in awaited.chain(blocking(&tree)) {
            waiting.entry(output).or_default().insert(object);
        }
        let mut outputs = self.recorded();
        for (output, objects) in waiting {
            let (stack, name) = output.split_once('#').unwrap_or((output.as_str(), ""));
            outputs.push(RequiredOutput {
                stack: stack.to_owned(),
                output: name.to_owned(),
                description: description(name),
                file: format!("outputs/{stack}.json"),
                value: None,
                place: None,
                waiting: objects.into_iter().collect(),
            });
        }
        outputs.sort();
        Ok(outputs)
    }

    /// The outputs that are recorded.
    fn recorded(&self) -> Vec<RequiredOutput> {
        let resolved = self.resolved();
        let mut outputs = Vec::new();
        for stack in resolved.outputs.stacks() {
            for kind in resolved.outputs_of(stack) {
                let whole = OutputId {
                    stack: stack.clone(),
                    kind,
                    item: None,
                };
                let Some(node) = resolved.outputs.node(&whole) else {
                    continue;
                };
                let parts: Vec<_> = match kind.output_type() {
                    OutputType::TextMap => node
                        .entries()
                        .iter()
                        .map(|entry| (format!("{}.{}", kind.as_str(), entry.key), &entry.node))
                        .collect(),
                    OutputType::Text | OutputType::TextList => {
                        vec![(kind.as_str().to_owned(), node)]
                    }
                };
                for (output, node) in parts {
                    outputs.push(RequiredOutput {
                        stack: stack.to_string(),
                        output,
                        description: kind.description(),
                        file: stack.outputs_path(),
                        value: serde_json::to_string(node).ok(),
                        place: node
                            .span()
                            .map(|span| Place::new(&resolved.loaded.sources, span)),
                        waiting: Vec::new(),
                    });
                }
            }
        }
        outputs
    }
}

fn description(output: &str) -> &'static str {
    let kind = output.split('.').next().unwrap_or_default();
    OutputKind::ALL
        .iter()
        .find(|known| known.as_str() == kind)
        .map_or("", |kind| kind.description())
}

/// What the contracts wait for, with the object that does.
fn awaited(contracts: &Contracts) -> Vec<(String, String)> {
    fn waits<'a, T>(value: impl Into<Option<&'a Deferred<T>>>) -> &'a [OutputId]
    where
        T: 'a,
    {
        match value.into() {
            Some(Deferred::Pending(outputs)) => outputs,
            _ => &[],
        }
    }
    let mut all = Vec::new();
    let mut add = |outputs: &[OutputId], object: &str| {
        all.extend(
            outputs
                .iter()
                .map(|output| (output.to_string(), object.to_owned())),
        );
    };
    for (at, environment) in &contracts.environments {
        let object = at.to_string();
        add(waits(environment.endpoint.certificate.as_ref()), &object);
        add(waits(environment.endpoint.web_acl.as_ref()), &object);
        if let Some(search) = &environment.search {
            add(waits(&search.endpoint), &object);
        }
    }
    for cluster in contracts.clusters.values() {
        let lists = cluster
            .load_balancers
            .iter()
            .filter_map(|balancer| balancer.web_acl.as_ref())
            .flat_map(|acl| &acl.allow_lists);
        for list in lists {
            add(waits(&list.nat), &list.guarded.to_string());
        }
    }
    all
}

/// What keeps Terraform roots from being planned, with the object that each is of.
fn blocking(tree: &Tree) -> Vec<(String, String)> {
    let Some(Document::Json(stacks)) = tree.get("terraform/stacks.json").map(File::document) else {
        return Vec::new();
    };
    let stacks = stacks.get("stacks").map(Node::items).unwrap_or_default();
    let mut all = Vec::new();
    for stack in stacks {
        let object = stack.get("object").and_then(Node::text).unwrap_or_default();
        for input in stack.get("inputs").map(Node::items).unwrap_or_default() {
            let is_missing = input.get("state").and_then(Node::text) == Some("missing");
            let from = input.get("from").and_then(Node::text);
            // Other inputs are secrets, or are of nobody that the fleet knows.
            if let Some(from) = from.filter(|from| is_missing && from.starts_with("v1/")) {
                all.push((from.to_owned(), object.to_owned()));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests;
