//! Stacks as the rendered tree tells of them: needs, outputs, and who has to confirm something.

use std::collections::{BTreeMap, BTreeSet};

use crate::hcl::{Block, Body};
use crate::model::stack::OutputKind;
use crate::tree::{Document, File, Tree};
use crate::value::Node;

/// One stack.
#[derive(Debug, Clone)]
pub(super) struct StackFacts {
    pub(super) id: String,
    /// Its directory below `terraform/`.
    pub(super) path: String,
    pub(super) kind: String,
    pub(super) account: String,
    pub(super) scope: String,
    pub(super) depends_on: Vec<String>,
    /// Variables, with the output or the secret that gives each.
    pub(super) inputs: Vec<(String, String)>,
    /// Outputs, with what each is.
    pub(super) outputs: Vec<(String, &'static str)>,
    /// Addresses that get a mail which must be confirmed.
    pub(super) confirmations: Vec<String>,
}

/// All stacks of a tree, in the order in which they can be applied.
pub(super) fn stacks(tree: &Tree) -> Vec<StackFacts> {
    let list = match tree.get("terraform/stacks.json").map(File::document) {
        Some(Document::Json(node)) => node.get("stacks").map_or(&[][..], Node::items),
        _ => &[],
    };
    list.iter().map(|node| stack(tree, node)).collect()
}

fn stack(tree: &Tree, node: &Node) -> StackFacts {
    let text = |key: &str| {
        let text = node.get(key).and_then(Node::text);
        text.unwrap_or_default().to_owned()
    };
    let items = |key: &str| node.get(key).map_or(&[][..], Node::items);
    let path = text("path");
    let inputs = items("inputs").iter().filter_map(|input| {
        let name = input.get("name").and_then(Node::text)?;
        let from = input.get("from").and_then(Node::text)?;
        Some((name.to_owned(), from.to_owned()))
    });
    let outputs = blocks(tree, &path, "outputs.tf").filter(|block| block.is("output", &[]));
    let outputs = outputs.filter_map(|block| {
        let name = block.label(0)?;
        let kind = OutputKind::ALL.iter().find(|kind| kind.as_str() == name)?;
        Some((name.to_owned(), kind.description()))
    });
    StackFacts {
        outputs: outputs.collect(),
        confirmations: blocks(tree, &path, "main.tf")
            .filter_map(confirmed)
            .collect(),
        id: text("id"),
        kind: text("kind"),
        account: text("account"),
        scope: text("scope"),
        depends_on: items("depends_on")
            .iter()
            .filter_map(|it| it.text().map(str::to_owned))
            .collect(),
        inputs: inputs.collect(),
        path,
    }
}

fn blocks<'a>(tree: &'a Tree, path: &str, file: &str) -> impl Iterator<Item = &'a Block> {
    let file = tree.get(format!("terraform/{path}/{file}"));
    let body = file.and_then(|file| match file.document() {
        Document::Hcl(body) => Some(body),
        _ => None,
    });
    body.into_iter().flat_map(Body::all_blocks)
}

/// The address of a subscription that somebody must confirm.
fn confirmed(block: &Block) -> Option<String> {
    let is_subscription = block.is("resource", &["aws_sns_topic_subscription"]);
    let text = |name: &str| block.body.get(name).and_then(|value| value.as_str());
    (is_subscription && text("protocol") == Some("email"))
        .then(|| text("endpoint"))?
        .map(str::to_owned)
}

/// Those stacks and all that they need, in order.
pub(super) fn closure(
    stacks: &[StackFacts],
    wanted: impl Fn(&StackFacts) -> bool,
) -> BTreeSet<String> {
    let by_id: BTreeMap<&str, &StackFacts> = stacks
        .iter()
        .map(|stack| (stack.id.as_str(), stack))
        .collect();
    let mut left: Vec<&StackFacts> = stacks.iter().filter(|stack| wanted(stack)).collect();
    let mut all = BTreeSet::new();
    while let Some(stack) = left.pop() {
        if all.insert(stack.id.clone()) {
            let needed = stack.depends_on.iter();
            left.extend(needed.filter_map(|id| by_id.get(id.as_str())));
        }
    }
    all
}
