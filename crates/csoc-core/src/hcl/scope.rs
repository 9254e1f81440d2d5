//! What names mean when expressions are evaluated.

use std::collections::BTreeMap;

use super::body::{Block, Body};
use super::expression::Expression;
use crate::value::Node;

/// The names of one module: variables, locals, policy documents, and whatever the caller knows.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    values: BTreeMap<Box<str>, Node>,
    defaults: BTreeMap<&'a str, &'a Expression>,
    locals: BTreeMap<&'a str, &'a Expression>,
    policy_documents: BTreeMap<&'a str, &'a Block>,
    holes: Holes,
}

/// What becomes of text of which a part is not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Holes {
    /// It is not decided either.
    #[default]
    Pending,
    /// It is text with [`HOLE`] in that place: enough to see what it begins and ends with.
    Marked,
}

/// What stands in text for a part that is not decided.
pub(crate) const HOLE: &str = "${…}";

impl<'a> Scope<'a> {
    /// A scope in which nothing has a meaning.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds the variables' defaults, the locals and the policy documents of a file of the module.
    pub(crate) fn read(&mut self, body: &'a Body) {
        for block in body.all_blocks() {
            match (&*block.kind, block.label(0), block.label(1)) {
                ("locals", ..) => {
                    let local = |attribute: &'a super::body::Attribute| {
                        (&*attribute.name, &attribute.value)
                    };
                    self.locals.extend(block.body.attributes().map(local));
                }
                ("variable", Some(name), _) => {
                    self.defaults
                        .extend(block.body.get("default").map(|value| (name, value)));
                }
                ("data", Some("aws_iam_policy_document"), Some(name)) => {
                    self.policy_documents.insert(name, block);
                }
                _ => {}
            }
        }
    }

    /// Sets what becomes of text of which a part is not decided.
    pub(crate) fn holes(&mut self, holes: Holes) {
        self.holes = holes;
    }

    /// Whether undecided parts of text are marked.
    pub(super) fn marks_holes(&self) -> bool {
        self.holes == Holes::Marked
    }

    /// Sets what an address means: `var.name`, `aws_sqs_queue.uploads.arn`.
    pub(crate) fn define(&mut self, address: impl Into<Box<str>>, value: Node) {
        self.values.insert(address.into(), value);
    }

    /// How many addresses were given a meaning.
    pub(crate) fn defined(&self) -> usize {
        self.values.len()
    }

    /// Sets variables from the map of a tfvars file.
    pub(crate) fn define_variables(&mut self, variables: &Node) {
        for entry in variables.entries() {
            self.define(format!("var.{}", entry.key), entry.node.clone());
        }
    }

    /// What an address was defined as.
    pub(super) fn value(&self, address: &str) -> Option<&Node> {
        self.values.get(address)
    }

    /// The expression of `var.name` or `local.name`.
    pub(super) fn expression(&self, root: &str, name: &str) -> Option<&'a Expression> {
        match root {
            "local" => self.locals.get(name).copied(),
            "var" => self.defaults.get(name).copied(),
            _ => None,
        }
    }

    /// The block of `data.aws_iam_policy_document.name`.
    pub(super) fn policy_document(&self, name: &str) -> Option<&'a Block> {
        self.policy_documents.get(name).copied()
    }
}
