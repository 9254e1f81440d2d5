//! Modules as the tree of a catalog, read from the directories that hold them.

use std::collections::{BTreeMap, BTreeSet};

use crate::hcl::{Body, Expression, ExpressionKind, Item, Part, Step};
use crate::value::Node;

/// The modules of directories, each by its path with the bodies of its files.
pub(crate) fn directories(directories: &BTreeMap<String, Vec<Body>>) -> Node {
    let mut modules = BTreeMap::new();
    for (path, bodies) in directories {
        let mut used = BTreeSet::new();
        let mut variables = Node::map();
        let mut outputs = BTreeSet::new();
        for body in bodies {
            uses(body, &mut used);
        }
        for block in bodies.iter().flat_map(Body::all_blocks) {
            let Some(name) = block.label(0) else {
                continue;
            };
            match &*block.kind {
                "variable" => {
                    let mut facts = Node::map();
                    flag(&mut facts, "required", block.body.get("default").is_none());
                    let sensitive = block.body.get("sensitive").map(|it| &it.bare().kind);
                    let is_sensitive = matches!(sensitive, Some(ExpressionKind::Bool(true)));
                    flag(&mut facts, "sensitive", is_sensitive);
                    flag(&mut facts, "dead", !used.contains(name));
                    variables.insert(name, facts);
                }
                "output" => {
                    outputs.insert(name);
                }
                _ => {}
            }
        }
        let mut tree = Node::map();
        tree.insert("variables", variables);
        tree.insert("outputs", outputs_of(outputs.into_iter()));
        modules.insert(path.as_str(), tree);
    }
    together(modules)
}

pub(super) fn together(modules: BTreeMap<&str, Node>) -> Node {
    let mut all = Node::map();
    for (path, module) in modules {
        all.append(path, module);
    }
    let mut tree = Node::map();
    tree.append("modules", all);
    tree
}

pub(super) fn outputs_of<'n>(names: impl Iterator<Item = &'n str>) -> Node {
    let mut outputs = Node::map();
    for name in names {
        outputs.insert(name, Node::map());
    }
    outputs
}

pub(super) fn flag(facts: &mut Node, name: &'static str, holds: bool) {
    if holds {
        facts.insert(name, Node::bool(true));
    }
}

/// Adds the names of all variables that a body refers to.
fn uses<'b>(body: &'b Body, used: &mut BTreeSet<&'b str>) {
    for item in &body.items {
        match item {
            Item::Attribute(attribute) => of_expression(&attribute.value, used),
            // A condition on a variable is no use of it.
            Item::Block(block) if block.kind == "validation" => {}
            Item::Block(block) => uses(&block.body, used),
            Item::Comment(_) | Item::Blank => {}
        }
    }
}

fn of_expression<'b>(expression: &'b Expression, used: &mut BTreeSet<&'b str>) {
    let of_steps = |steps: &'b [Step], used: &mut BTreeSet<&'b str>| {
        for step in steps {
            if let Step::Index(index) = step {
                of_expression(index, used);
            }
        }
    };
    match &expression.kind {
        ExpressionKind::Null
        | ExpressionKind::Bool(_)
        | ExpressionKind::Number(_)
        | ExpressionKind::String(_) => {}
        ExpressionKind::Reference(root, steps) => {
            if let ("var", Some(Step::Attribute(name))) = (&**root, steps.first()) {
                used.insert(name);
            }
            of_steps(steps, used);
        }
        ExpressionKind::Access(base, steps) => {
            of_expression(base, used);
            of_steps(steps, used);
        }
        ExpressionKind::Template(parts) => {
            for part in parts {
                use crate::hcl::Directive;
                match part {
                    Part::Interpolation(inner, _)
                    | Part::Directive(Directive::If(inner) | Directive::For(_, _, inner), _) => {
                        of_expression(inner, used);
                    }
                    Part::Literal(_) | Part::Directive(..) => {}
                }
            }
        }
        ExpressionKind::List(items) => items.iter().for_each(|item| of_expression(item, used)),
        ExpressionKind::Object(fields) => {
            for field in fields {
                if let crate::hcl::ObjectKey::Expression(key) = &field.key {
                    of_expression(key, used);
                }
                of_expression(&field.value, used);
            }
        }
        ExpressionKind::Call(call) => {
            call.arguments
                .iter()
                .for_each(|item| of_expression(item, used));
        }
        ExpressionKind::Conditional(inner) => {
            for part in [&inner.condition, &inner.then, &inner.otherwise] {
                of_expression(part, used);
            }
        }
        ExpressionKind::Unary(_, inner) | ExpressionKind::Parenthesis(inner) => {
            of_expression(inner, used);
        }
        ExpressionKind::Binary(inner) => {
            of_expression(&inner.left, used);
            of_expression(&inner.right, used);
        }
        ExpressionKind::For(each) => {
            of_expression(&each.collection, used);
            of_expression(&each.result, used);
            for part in [&each.result_key, &each.condition].into_iter().flatten() {
                of_expression(part, used);
            }
        }
    }
}
