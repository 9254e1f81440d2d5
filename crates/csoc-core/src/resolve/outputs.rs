//! Recorded outputs: what `terraform output -json` printed, kept in the fleet and reviewed like any other file.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostics, Finding, Severity};
use crate::model::cloud::Arn;
use crate::model::deferred::Deferred;
use crate::model::stack::{OutputId, OutputKind, OutputType, StackId, StackScope};
use crate::model::terraform::Engine;
use crate::value::suggestion::closest;
use crate::value::{Entry, Kind, Node, Origin, Reading};

/// A recorded outputs file whose path is no stack's.
pub(crate) const OUTPUT_UNKNOWN_STACK: Code = Code::new("output-unknown-stack");
/// A recorded output of another type than its producer declares.
pub(crate) const OUTPUT_WRONG_TYPE: Code = Code::new("output-wrong-type");

/// A recorded output that no stack of its kind gives.
pub(crate) const OUTPUT_UNKNOWN: Code = Code::new("output-unknown");
/// A recorded output of another account or region than its stack.
pub(crate) const OUTPUT_PLACE_FOREIGN: Code = Code::new("output-place-foreign");

/// All recorded outputs.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    stacks: BTreeMap<StackId, Node>,
}

impl Outputs {
    /// Takes the files below `outputs/` by their path there.
    pub(crate) fn read(
        files: BTreeMap<String, Node>,
        fleet: &Node,
        sink: &mut Diagnostics,
    ) -> Self {
        let mut stacks = BTreeMap::new();
        for (path, node) in files {
            match path.parse::<StackId>() {
                Ok(stack) => {
                    let kinds = stack.kind.outputs(is_one_root(fleet, &stack));
                    check(&stack, &kinds.collect::<Vec<_>>(), &node, sink);
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

    /// All that is recorded of a stack.
    pub(crate) fn whole(&self, stack: &StackId) -> Option<&Node> {
        self.stacks.get(stack)
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

/// Whether a stack is that of a cluster that one root of gen3-terraform makes, as the fleet's tree says it.
fn is_one_root(fleet: &Node, stack: &StackId) -> bool {
    let StackScope::Cluster(name) = &stack.scope else {
        return false;
    };
    let engine = fleet.path(&["clusters", name.as_str(), "terraform", "engine"]);
    engine.and_then(Node::text) == Some(Engine::Gen3Terraform.as_str())
}

fn check(stack: &StackId, kinds: &[OutputKind], node: &Node, sink: &mut Diagnostics) {
    for entry in node.entries() {
        let Some(kind) = kinds
            .iter()
            .find(|kind| kind.as_str() == entry.key.as_str())
        else {
            // `_recorded` says where the others are from.
            if !entry.key.as_str().starts_with('_') {
                sink.push(unknown(stack, kinds, entry));
            }
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
        for text in texts_in(value) {
            sink.extend(foreign(stack, entry, text));
        }
    }
}

/// The texts of a value: itself, its items, its entries.
fn texts_in(value: &Node) -> impl Iterator<Item = &Node> {
    let entries = value.entries().iter().map(|entry| &entry.node);
    std::iter::once(value).chain(value.items()).chain(entries)
}

fn unknown(stack: &StackId, kinds: &[OutputKind], entry: &Entry) -> Finding {
    let meant = closest(entry.key.as_str(), kinds.iter().map(|kind| kind.as_str()));
    Finding::new(
        OUTPUT_UNKNOWN,
        Severity::Warning,
        format!(
            "a stack `{}` gives no output `{}`: nothing reads it",
            stack.kind, entry.key
        ),
    )
    .help(match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "take it out; `csoc outputs record` keeps what is read".to_owned(),
    })
    .label(entry.key_origin.span(), "recorded here")
    .path(format!("outputs.\"{stack}\".{}", entry.key))
}

/// That a text is the ARN of something in another account or region than the stack's own.
fn foreign(stack: &StackId, entry: &Entry, text: &Node) -> Option<Finding> {
    let arn: Arn = text.text()?.parse().ok()?;
    let account = arn.account().filter(|account| *account != stack.account);
    let region = arn.region().zip(stack.region.as_ref());
    let region = region.filter(|(region, own)| region != *own);
    let (what, own) = match (account, region) {
        (Some(account), _) => (
            format!("the account `{account}`"),
            stack.account.to_string(),
        ),
        (None, Some((region, own))) => (format!("the region `{region}`"), own.to_string()),
        (None, None) => return None,
    };
    let finding = Finding::error(
        OUTPUT_PLACE_FOREIGN,
        format!(
            "the output `{}` of `{stack}` is of {what}; the stack is of `{own}`",
            entry.key
        ),
    );
    Some(
        finding
            .help("record what this stack gave: the file may be another stack's")
            .label(text.span(), "recorded here")
            .path(format!("outputs.\"{stack}\".{}", entry.key)),
    )
}
