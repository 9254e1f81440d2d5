//! Recorded outputs: what `terraform output -json` printed, kept in the fleet and reviewed like any other file.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::model::deferred::Deferred;
use crate::model::stack::{OutputId, OutputKind, OutputType, StackId};
use crate::value::{Kind, Node, Origin, Reading};

/// A recorded outputs file whose path is no stack's.
pub(crate) const OUTPUT_UNKNOWN_STACK: Code = Code::new("output-unknown-stack");
/// A recorded output of another type than its producer declares.
pub(crate) const OUTPUT_WRONG_TYPE: Code = Code::new("output-wrong-type");

/// All recorded outputs.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    stacks: BTreeMap<StackId, Node>,
}

impl Outputs {
    /// Takes the files below `outputs/` by their path there.
    pub(crate) fn read(files: BTreeMap<String, Node>, sink: &mut Diagnostics) -> Self {
        let mut stacks = BTreeMap::new();
        for (path, node) in files {
            match path.parse::<StackId>() {
                Ok(stack) => {
                    check(&stack, &node, sink);
                    stacks.insert(stack, node);
                }
                Err(error) => sink.push(
                    Finding::error(
                        OUTPUT_UNKNOWN_STACK,
                        format!("`outputs/{path}.json` is the path of no stack"),
                    )
                    .help(format!("name the file by the stack's state key: {error}"))
                    .label(node.span(), "recorded here")
                    .path(format!("outputs.{path}")),
                ),
            }
        }
        Self { stacks }
    }

    /// Whether anything is recorded of a stack.
    pub(crate) fn has(&self, stack: &StackId) -> bool {
        self.stacks.contains_key(stack)
    }

    /// The stacks of which something is recorded.
    pub(crate) fn stacks(&self) -> impl Iterator<Item = &StackId> {
        self.stacks.keys()
    }

    /// The recorded value, as it stands in the file.
    pub(crate) fn node(&self, output: &OutputId) -> Option<&Node> {
        let value = self
            .stacks
            .get(&output.stack)?
            .path(&[output.kind.as_str(), "value"])?;
        match &output.item {
            Some(item) => value.get(item),
            None => Some(value),
        }
    }

    /// The text of an output, or that it waits.
    pub(crate) fn text(&self, output: &OutputId) -> Deferred<String> {
        match self
            .node(output)
            .and_then(|node| node.text().map(|text| (text, node.origin)))
        {
            Some((text, origin)) => Deferred::Known(text.to_owned(), origin),
            None => Deferred::Pending([output.clone()].into()),
        }
    }

    /// The texts of an output that is a list, or that it waits.
    pub(crate) fn texts(&self, output: &OutputId) -> Deferred<Vec<String>> {
        match self.node(output) {
            Some(node) => Deferred::Known(
                node.items()
                    .iter()
                    .filter_map(|item| item.text().map(str::to_owned))
                    .collect(),
                node.origin,
            ),
            None => Deferred::Pending([output.clone()].into()),
        }
    }
}

fn check(stack: &StackId, node: &Node, sink: &mut Diagnostics) {
    for entry in node.entries() {
        let Some(kind) = OutputKind::ALL
            .iter()
            .find(|kind| kind.as_str() == entry.key.as_str() && kind.stack_kind() == stack.kind)
        else {
            continue;
        };
        let wrong = |what: &str, at: Origin| {
            let span = match at {
                Origin::Text(span) => Some(span),
                _ => None,
            };
            Finding::error(
                OUTPUT_WRONG_TYPE,
                format!("the output `{}` of `{stack}` is not {what}", entry.key),
            )
            .help("record what `terraform output -json` prints for this stack")
            .label(span, "recorded here")
            .path(format!("outputs.\"{stack}\".{}", entry.key))
        };
        let Some(value) = entry.node.get("value") else {
            sink.push(wrong("an object with `value`", entry.node.origin));
            continue;
        };
        let is_text = |node: &Node| matches!(&node.kind, Kind::Scalar(scalar) if matches!(scalar.reading(), Reading::Text(_)));
        let holds = match kind.output_type() {
            OutputType::Text => is_text(value),
            OutputType::TextList => {
                matches!(&value.kind, Kind::List(items) if items.iter().all(is_text))
            }
            OutputType::TextMap => {
                value.is_map() && value.entries().iter().all(|entry| is_text(&entry.node))
            }
        };
        if !holds {
            let what = match kind.output_type() {
                OutputType::Text => "a text",
                OutputType::TextList => "a list of texts",
                OutputType::TextMap => "a map of texts",
            };
            sink.push(wrong(what, value.origin));
        }
    }
}
