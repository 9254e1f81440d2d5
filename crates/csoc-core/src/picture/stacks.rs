//! The stacks of a fleet as a graph: which must be there before which.

use super::graph::{ContractGraph, GraphLink, GraphNode};
use crate::context::{Context, Stopped};
use crate::fleet::Fleet;
use crate::model::stack::StackKind;
use crate::render::CompileOptions;
use crate::tree::{BackendName, Document};
use crate::value::Node;

/// What `stacks.json` is called in a tree.
const STACKS: &str = "terraform/stacks.json";

impl Fleet {
    /// The stacks of the fleet, in the graph that their needs make: one state each.
    ///
    /// It is of what is rendered: stacks of what somebody else owns are no nodes of it.
    pub fn stack_graph(&self, context: &Context) -> Result<ContractGraph, Stopped> {
        let options = CompileOptions {
            backends: [BackendName::Terraform].into(),
            ..CompileOptions::default()
        };
        let (tree, _) = self.compile(&options, context)?;
        let node = match tree.get(STACKS).map(crate::tree::File::document) {
            Some(Document::Json(node)) => node.clone(),
            _ => Node::map(),
        };
        Ok(graph(node.get("stacks").map_or(&[], Node::items)))
    }
}

fn graph(stacks: &[Node]) -> ContractGraph {
    let text = |stack: &Node, key: &str| {
        let value = stack.get(key).and_then(Node::text);
        value.unwrap_or_default().to_owned()
    };
    let mut nodes: Vec<GraphNode> = stacks
        .iter()
        .map(|stack| {
            let kind = text(stack, "kind");
            let known = StackKind::ALL.into_iter().find(|it| it.as_str() == kind);
            GraphNode {
                id: text(stack, "id").into(),
                kind: known.map_or("stack", StackKind::as_str),
                scope: text(stack, "account"),
                name: text(stack, "path"),
                object: Some(text(stack, "object").into()),
            }
        })
        .collect();
    nodes.sort_by(|one, other| one.id.cmp(&other.id));
    let mut links: Vec<GraphLink> = Vec::new();
    for stack in stacks {
        let needed = stack.get("depends_on").map_or(&[][..], Node::items);
        links.extend(needed.iter().filter_map(Node::text).map(|to| GraphLink {
            from: text(stack, "id").into(),
            relation: "after",
            to: to.into(),
            is_need: true,
        }));
    }
    links.sort();
    ContractGraph {
        focus: None,
        nodes,
        links,
    }
}
