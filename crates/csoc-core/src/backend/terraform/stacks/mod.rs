//! What stands beside the roots: `stacks.json` for programs, `README.md` for people, and what runs them in order.

mod atlantis;
mod order;
mod pipelines;
mod readme;

use super::root::{Root, RunBy};
use super::variables::{Source, Variable};
use crate::model::cloud::{Arn, Region};
use crate::model::stack::{StackId, StackKind};
use crate::model::terraform::Program;
use crate::model::{Mode, Tier};
use crate::tree::{BackendName, Document, File};
use crate::value::Node;

/// All stacks, and who runs them.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Stacks {
    pub(super) all: Vec<Stack>,
    /// Nobody in particular where the fleet has no hub.
    pub(super) runner: Option<Runner>,
    /// What runs them.
    pub(super) program: Program,
}

/// As whom, where and with what pipelines run stacks.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Runner {
    /// The role that may assume those that apply and plan.
    pub(super) controller: Arn,
    /// Where it works.
    pub(super) region: Region,
    /// The first Terraform that may run the roots, such as `1.11`.
    pub(super) terraform: String,
    pub(super) program: Program,
}

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
    tier: Option<&'static str>,
    /// `managed`, or `adopt`: then a plan that makes or destroys something is wrong.
    mode: Mode,
    depends_on: Vec<String>,
    inputs: Vec<Input>,
    /// Whether it can be planned: `ready`, or `blocked` by inputs that are missing.
    status: &'static str,
    run_by: RunBy,
}

impl Stack {
    /// Whether pipelines run it: it has all it needs, and does not itself decide who may run what.
    fn is_routine(&self) -> bool {
        self.status == "ready" && self.run_by == RunBy::Pipelines
    }
}

/// One variable of a stack.
#[derive(Debug, Clone, serde::Serialize)]
struct Input {
    name: String,
    /// The output, or the secret, or nobody that the fleet knows.
    from: Option<String>,
    /// `known` or `missing`.
    state: &'static str,
}

/// The stacks of those roots, in an order in which they can be applied.
pub(super) fn entries<'a>(roots: impl Iterator<Item = &'a Root>) -> Vec<Stack> {
    order::order(roots.map(Stack::of).collect())
}

impl Stack {
    fn of(root: &Root) -> Self {
        let mut depends_on: Vec<&StackId> = root.after.iter().collect();
        depends_on.extend(
            root.variables
                .iter()
                .filter_map(|variable| Some(&variable.output()?.stack)),
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
            tier: root.tier.map(Tier::as_str),
            mode: root.mode,
            depends_on: depends_on.into_iter().map(ToString::to_string).collect(),
            inputs: root.variables.iter().map(Input::of).collect(),
            status: if is_ready { "ready" } else { "blocked" },
            run_by: root.run_by,
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
        node.insert("tier", self.tier.map_or_else(Node::null, Node::string));
        node.insert("mode", text(self.mode.as_str()));
        let needed = self.depends_on.iter().map(|stack| text(stack));
        node.insert("depends_on", Node::list(needed));
        node.insert("inputs", Node::list(self.inputs.iter().map(Input::node)));
        node.insert("status", text(self.status));
        let run_by = match self.run_by {
            RunBy::Pipelines => "pipelines",
            RunBy::People => "people",
        };
        node.insert("run_by", text(run_by));
        node
    }
}

impl Input {
    fn of(variable: &Variable) -> Self {
        Self {
            name: variable.full_name(),
            from: match &variable.source {
                Source::Output(output) | Source::Peer(output, _) => Some(output.to_string()),
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
        node.insert("name", Node::string(self.name.as_str()));
        node.insert(
            "from",
            self.from.as_deref().map_or_else(Node::null, Node::string),
        );
        node.insert("state", Node::string(self.state));
        node
    }
}

/// The list, the page, and what runs the stacks elsewhere: Atlantis, GitHub Actions, GitLab CI.
pub(super) fn files(list: &Stacks, object: &str) -> Vec<File> {
    let stacks = &list.all;
    let mut json = Node::map();
    json.insert("format", Node::integer(1));
    json.insert("stacks", Node::list(stacks.iter().map(Stack::node)));
    let file = |path: &str, document| {
        let path = format!("terraform/{path}");
        File::new(path, object, BackendName::Terraform, document)
    };
    let text = |text: String| Document::Bytes(text.into_bytes().into());
    let mut files = vec![
        file(
            "README.md",
            text(readme::text(stacks, list.program, object)),
        ),
        file("stacks.json", Document::Json(json)),
        file(
            "atlantis.yaml",
            Document::Yaml(atlantis::node(stacks, list.program)),
        ),
    ];
    if let Some(runner) = &list.runner {
        files.extend(
            pipelines::texts(runner, object)
                .into_iter()
                .map(|(path, content)| file(path, text(content))),
        );
    }
    files
}
