//! `atlantis.yaml`: the stacks as projects of Atlantis, in their order.

use std::collections::BTreeMap;

use super::Stack;
use crate::model::terraform::Program;
use crate::value::Node;

/// What a plan of a root depends on, as Atlantis writes patterns.
const MODIFIED: [&str; 2] = ["*.tf*", ".terraform.lock.hcl"];

/// The file: a project for each stack that is run as a matter of routine.
pub(super) fn node(stacks: &[Stack], program: Program) -> Node {
    let routine: Vec<&Stack> = stacks.iter().filter(|stack| stack.is_routine()).collect();
    let paths = routine.iter().map(|stack| (&*stack.id, &*stack.path));
    let paths: BTreeMap<&str, &str> = paths.collect();
    let mut node = Node::map();
    node.insert("version", Node::integer(3));
    node.insert("automerge", Node::bool(false));
    node.insert("parallel_plan", Node::bool(true));
    node.insert("parallel_apply", Node::bool(false));
    let projects = routine.iter().map(|stack| project(stack, &paths, program));
    node.insert("projects", Node::list(projects));
    node
}

fn project(stack: &Stack, paths: &BTreeMap<&str, &str>, program: Program) -> Node {
    let mut node = Node::map();
    node.insert("name", Node::string(&*stack.path));
    node.insert("dir", Node::string(format!("terraform/{}", stack.path)));
    if program == Program::Tofu {
        node.insert("terraform_distribution", Node::string("opentofu"));
    }
    let rank = i64::try_from(stack.rank).unwrap_or(i64::MAX);
    node.insert("execution_order_group", Node::integer(rank));
    let needed = stack.depends_on.iter();
    let needed = needed.filter_map(|id| paths.get(&**id));
    let needed: Vec<Node> = needed.map(|path| Node::string(*path)).collect();
    if !needed.is_empty() {
        node.insert("depends_on", Node::list(needed));
    }
    let mut plan = Node::map();
    plan.insert("enabled", Node::bool(true));
    plan.insert("when_modified", Node::list(MODIFIED.map(Node::string)));
    node.insert("autoplan", plan);
    node
}
