//! What stands beside the roots: `stacks.json` for programs, `README.md` for people.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;
use tera::Tera;

use super::root::Root;
use super::variables::{Source, Variable};
use crate::model::stack::{StackId, StackKind};
use crate::tree::{BackendName, Document, File};
use crate::value::Node;

/// One stack as both files show it.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Stack {
    id: String,
    /// The directory below `terraform/`.
    path: String,
    object: String,
    /// Where its kind stands in the order of layers.
    rank: usize,
    kind: &'static str,
    account: String,
    region: Option<String>,
    scope: String,
    depends_on: Vec<String>,
    inputs: Vec<Input>,
    /// Whether it can be planned: `ready`, or `blocked` by inputs that are missing.
    status: &'static str,
}

/// One variable of a stack.
#[derive(Debug, Clone, serde::Serialize)]
struct Input {
    name: &'static str,
    /// The output, or the secret, or nobody that the fleet knows.
    from: Option<String>,
    /// `known` or `missing`.
    state: &'static str,
}

/// The stacks of those roots, in an order in which they can be applied.
pub(super) fn entries<'a>(roots: impl Iterator<Item = &'a Root>) -> Vec<Stack> {
    let mut stacks: Vec<Stack> = roots.map(Stack::of).collect();
    // What an account has once comes before what it has once a region.
    let place = |stack: &Stack| (stack.rank, stack.region.is_some(), stack.id.clone());
    stacks.sort_by_cached_key(place);
    stacks
}

impl Stack {
    fn of(root: &Root) -> Self {
        let mut depends_on: Vec<&StackId> = root.after.iter().collect();
        depends_on.extend(
            root.variables
                .iter()
                .filter_map(|variable| match &variable.source {
                    Source::Output(output) => Some(&output.stack),
                    Source::Secret { .. } | Source::Elsewhere { .. } => None,
                }),
        );
        depends_on.sort();
        depends_on.dedup();
        let id = root.stack.to_string();
        let scope = id.splitn(5, '/').last().unwrap_or_default().to_owned();
        let is_ready = root.variables.iter().all(Variable::is_known);
        Self {
            path: root.path(),
            object: root.object.clone(),
            rank: StackKind::ALL
                .iter()
                .position(|kind| *kind == root.stack.kind)
                .unwrap_or_default(),
            kind: root.stack.kind.as_str(),
            account: root.stack.account.to_string(),
            region: root.stack.region.as_ref().map(ToString::to_string),
            scope,
            depends_on: depends_on.into_iter().map(ToString::to_string).collect(),
            inputs: root.variables.iter().map(Input::of).collect(),
            status: if is_ready { "ready" } else { "blocked" },
            id,
        }
    }

    fn node(&self) -> Node {
        let text = |text: &str| Node::string(text);
        let mut node = Node::map();
        node.insert("id", text(&self.id));
        node.insert("path", text(&self.path));
        node.insert("object", text(&self.object));
        node.insert("kind", text(self.kind));
        node.insert("account", text(&self.account));
        node.insert(
            "region",
            self.region.as_deref().map_or_else(Node::null, Node::string),
        );
        node.insert("scope", text(&self.scope));
        let needed = self.depends_on.iter().map(|stack| text(stack));
        node.insert("depends_on", Node::list(needed));
        node.insert("inputs", Node::list(self.inputs.iter().map(Input::node)));
        node.insert("status", text(self.status));
        node
    }
}

impl Input {
    fn of(variable: &Variable) -> Self {
        Self {
            name: variable.name,
            from: match &variable.source {
                Source::Output(output) => Some(output.to_string()),
                Source::Secret { reference, .. } => reference.clone(),
                Source::Elsewhere { .. } => None,
            },
            state: if variable.is_known() {
                "known"
            } else {
                "missing"
            },
        }
    }

    fn node(&self) -> Node {
        let mut node = Node::map();
        node.insert("name", Node::string(self.name));
        node.insert(
            "from",
            self.from.as_deref().map_or_else(Node::null, Node::string),
        );
        node.insert("state", Node::string(self.state));
        node
    }
}

/// Both files.
pub(super) fn files(stacks: &[Stack], object: &str) -> Vec<File> {
    let mut list = Node::map();
    list.insert("format", Node::integer(1));
    list.insert("stacks", Node::list(stacks.iter().map(Stack::node)));
    let file = |path: &str, document| File::new(path, object, BackendName::Terraform, document);
    vec![
        file(
            "terraform/README.md",
            Document::Bytes(readme(stacks, object).into_bytes().into()),
        ),
        file("terraform/stacks.json", Document::Json(list)),
    ]
}

/// A variable that stacks wait for.
#[derive(Debug, Serialize)]
struct Missing<'a> {
    name: &'a str,
    from: Option<&'a str>,
    count: usize,
}

static TEMPLATES: LazyLock<Tera> = LazyLock::new(|| {
    let mut tera = Tera::new();
    tera.add_raw_template("README.md", include_str!("README.md.tera"))
        .expect("a template of ours");
    tera
});

fn readme(stacks: &[Stack], object: &str) -> String {
    let kinds: Vec<(&str, usize)> = StackKind::ALL
        .iter()
        .map(|kind| {
            (
                kind.as_str(),
                stacks
                    .iter()
                    .filter(|stack| stack.kind == kind.as_str())
                    .count(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    let mut missing: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    for input in stacks.iter().flat_map(|stack| &stack.inputs) {
        if input.state == "missing" {
            *missing
                .entry((input.name, input.from.as_deref()))
                .or_default() += 1;
        }
    }
    let missing: Vec<Missing<'_>> = missing
        .into_iter()
        .map(|((name, from), count)| Missing { name, from, count })
        .collect();
    let mut context = tera::Context::new();
    context.insert("object", object);
    context.insert("kinds", &kinds);
    let bootstrap = stacks.iter().find(|stack| stack.kind == "bootstrap");
    context.insert("bootstrap", &bootstrap.map(|stack| &stack.path));
    context.insert("count", &stacks.len());
    context.insert("missing", &missing);
    TEMPLATES
        .render("README.md", &context)
        .expect("a template of ours with its variables")
}
