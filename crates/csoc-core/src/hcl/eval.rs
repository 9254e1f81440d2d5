//! What expressions come to, as far as text alone decides it.
//!
//! Literals, variables, locals, templates, `jsonencode` and `format` are
//! decided; a resource's attribute is not, unless the scope defines it. What is
//! not decided stands in the value as pending, so that the rest can be used.

use super::expression::{Call, Expression, ExpressionKind, Field, ObjectKey, Part, Step};
use super::function::{format_text, json_text, scalar_text};
use super::operation::{BinaryOperator, UnaryOperator};
use super::print::print_in_line;
use super::scope::{HOLE, Scope};
use crate::value::{Entry, Key, Kind, Node, Origin, Reading, Scalar};

/// A value, and why parts of it could not be decided.
///
/// Such a part is [`Kind::Pending`] on the text of the expressions that it needs.
#[derive(Debug, Clone)]
pub(crate) struct Evaluated {
    /// The value.
    pub(crate) node: Node,
    /// What was met on the way, also where it left no mark on the value.
    pub(crate) undecidable: Vec<Undecidable>,
}

/// An expression whose value text alone does not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undecidable {
    /// The expression: the same text that its value is pending on.
    pub(crate) expression: Key,
    /// Why.
    pub(crate) reason: &'static str,
    /// Where it stands.
    pub(crate) origin: Origin,
}

impl Evaluated {
    /// The value, if all of it is known.
    pub(crate) fn known(self) -> Option<Node> {
        (!self.node.is_pending()).then_some(self.node)
    }
}

/// What an expression comes to.
pub(crate) fn evaluate(expression: &Expression, scope: &Scope<'_>) -> Evaluated {
    let mut evaluator = Evaluator::new(scope);
    let node = evaluator.node(expression);
    evaluator.finish(node)
}

/// How deep expressions and the locals that they use may nest.
const DEPTH: usize = 200;

/// How much may be computed for one value; locals that double each other grow without end.
const BUDGET: usize = 1 << 18;

/// One evaluation.
pub(super) struct Evaluator<'a> {
    pub(super) scope: &'a Scope<'a>,
    undecidable: Vec<Undecidable>,
    depth: usize,
    budget: usize,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(scope: &'a Scope<'a>) -> Self {
        Self {
            scope,
            undecidable: Vec::new(),
            depth: 0,
            budget: BUDGET,
        }
    }

    pub(super) fn finish(self, node: Node) -> Evaluated {
        Evaluated {
            node,
            undecidable: self.undecidable,
        }
    }

    /// The value of an expression.
    pub(super) fn node(&mut self, expression: &Expression) -> Node {
        self.deeper(expression, Self::node_inside)
    }

    /// Runs a step of the evaluation, unless there were too many.
    pub(super) fn deeper(
        &mut self,
        expression: &Expression,
        step: fn(&mut Self, &Expression) -> Node,
    ) -> Node {
        if self.depth >= DEPTH {
            return self.undecided(expression, "it nests too deeply, or refers to itself");
        }
        if self.budget == 0 {
            return self.undecided(expression, "it is too large");
        }
        self.budget -= 1;
        self.depth += 1;
        let node = step(self, expression);
        self.depth -= 1;
        node
    }

    fn node_inside(&mut self, expression: &Expression) -> Node {
        let node = match &expression.kind {
            ExpressionKind::Null => Node::null(),
            ExpressionKind::Bool(value) => Node::bool(*value),
            ExpressionKind::Number(text) => Node::new(Kind::Scalar(Scalar::plain(text.clone()))),
            ExpressionKind::String(text) => Node::string(text.clone()),
            ExpressionKind::Parenthesis(inner) => self.node(inner),
            ExpressionKind::Template(parts) => match &**parts {
                [Part::Interpolation(inner, _)] => self.node(inner),
                _ => self.template(expression, parts),
            },
            ExpressionKind::List(items) => {
                Node::list(items.iter().map(|item| self.node(item)).collect::<Vec<_>>())
            }
            ExpressionKind::Object(fields) => self.object(expression, fields),
            ExpressionKind::Reference(root, steps) => self.reference(expression, root, steps),
            ExpressionKind::Access(base, steps) => {
                let base = self.node(base);
                self.steps(expression, &base, steps)
            }
            ExpressionKind::Call(call) => self.call(expression, call),
            ExpressionKind::Conditional(conditional) => {
                match bool_of(&self.node(&conditional.condition)) {
                    Some(true) => self.node(&conditional.then),
                    Some(false) => self.node(&conditional.otherwise),
                    None => self.undecided(expression, "its condition is not decided"),
                }
            }
            ExpressionKind::Unary(operator, operand) => {
                let operand = self.node(operand);
                match (operator, bool_of(&operand), number_of(&operand)) {
                    (UnaryOperator::Not, Some(value), _) => Node::bool(!value),
                    (UnaryOperator::Negative, _, Some(text)) => match text.strip_prefix('-') {
                        Some(text) => Node::new(Kind::Scalar(Scalar::plain(text))),
                        None => Node::new(Kind::Scalar(Scalar::plain(format!("-{text}")))),
                    },
                    _ => self.undecided(expression, "its operand is not decided"),
                }
            }
            ExpressionKind::Binary(binary) => {
                let (left, right) = (self.node(&binary.left), self.node(&binary.right));
                let decided = !left.is_pending() && !right.is_pending();
                match (binary.operator, bool_of(&left), bool_of(&right)) {
                    (BinaryOperator::Equal, ..) if decided => Node::bool(left == right),
                    (BinaryOperator::NotEqual, ..) if decided => Node::bool(left != right),
                    (BinaryOperator::And, Some(left), Some(right)) => Node::bool(left && right),
                    (BinaryOperator::Or, Some(left), Some(right)) => Node::bool(left || right),
                    _ => self.undecided(expression, "the operation is not evaluated"),
                }
            }
            ExpressionKind::For(_) => self.undecided(expression, "`for` is not evaluated"),
        };
        if node.origin == Origin::Unknown {
            node.at(expression.origin)
        } else {
            node
        }
    }

    /// A value that text does not decide.
    pub(super) fn undecided(&mut self, expression: &Expression, reason: &'static str) -> Node {
        self.undecided_text(&print_in_line(expression), reason, expression.origin)
    }

    /// A value that text does not decide, made by something that is no expression.
    pub(super) fn undecided_text(
        &mut self,
        text: &str,
        reason: &'static str,
        origin: Origin,
    ) -> Node {
        let text = Key::from(text);
        self.undecidable.push(Undecidable {
            expression: text.clone(),
            reason,
            origin,
        });
        Node::new(Kind::Pending(Box::new([text]))).at(origin)
    }

    fn template(&mut self, expression: &Expression, parts: &[Part]) -> Node {
        let mut text = String::new();
        let mut waits = Vec::new();
        for part in parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Interpolation(inner, trim) if *trim == super::expression::Trim::default() => {
                    let node = self.node(inner);
                    match scalar_text(&node) {
                        Some(inner) => text.push_str(inner),
                        None if node.is_pending() && self.scope.marks_holes() => {
                            text.push_str(HOLE);
                        }
                        None if node.is_pending() => pending_on(&node, &mut waits),
                        None => return self.undecided(expression, "a value in it is no text"),
                    }
                }
                _ => return self.undecided(expression, "`~` and `%{…}` are not evaluated"),
            }
            self.budget = self.budget.saturating_sub(text.len() / 256);
        }
        if waits.is_empty() {
            Node::string(text)
        } else {
            Node::new(Kind::Pending(waits.into()))
        }
    }

    fn object(&mut self, expression: &Expression, fields: &[Field]) -> Node {
        let mut entries = Vec::with_capacity(fields.len());
        for field in fields {
            let key = match &field.key {
                ObjectKey::Identifier(text) | ObjectKey::String(text) => Key::from(&**text),
                ObjectKey::Expression(key) => match scalar_text(&self.node(key)) {
                    Some(text) => Key::from(text),
                    None => return self.undecided(expression, "a key in it is not decided"),
                },
            };
            entries.push(Entry {
                key,
                key_origin: field.origin,
                node: self.node(&field.value),
            });
        }
        Node::new(Kind::Map(entries))
    }

    /// What the longest address that means something was defined as, and how many steps lead to it.
    fn defined(&self, root: &str, steps: &[Step]) -> Option<(&'a Node, usize)> {
        if self.scope.defined() == 0 {
            return None;
        }
        let mut address = root.to_owned();
        let mut found = self.scope.value(&address).map(|node| (node, 0));
        for (at, step) in steps.iter().enumerate() {
            let name = match step {
                Step::Attribute(name) => name,
                // One of several resources means what all of them do: what its number changes is not defined.
                Step::Position(_) | Step::Index(_) if at == 1 && root.contains('_') => continue,
                _ => break,
            };
            address.push('.');
            address.push_str(name);
            found = self
                .scope
                .value(&address)
                .map(|node| (node, at + 1))
                .or(found);
        }
        found
    }

    fn reference(&mut self, expression: &Expression, root: &str, steps: &[Step]) -> Node {
        if let Some((node, used)) = self.defined(root, steps) {
            self.budget = self.budget.saturating_sub(size(node));
            return self.steps(expression, node, &steps[used..]);
        }
        match steps {
            [Step::Attribute(name), rest @ ..] if self.scope.expression(root, name).is_some() => {
                let Some(meaning) = self.scope.expression(root, name) else {
                    unreachable!("seen above")
                };
                let node = self.node(meaning);
                self.steps(expression, &node, rest)
            }
            _ => match self.policy_document_of(expression) {
                Some(block) => {
                    let document = self.policy_document(block);
                    json_text(&document).map_or_else(|| waiting(&document), Node::string)
                }
                None => self.undecided(expression, "only the cloud or another module knows it"),
            },
        }
    }

    fn steps(&mut self, expression: &Expression, base: &Node, steps: &[Step]) -> Node {
        let mut at = base;
        for step in steps {
            let position;
            let key = match step {
                Step::Attribute(name) => &**name,
                Step::Position(index) => {
                    position = index.to_string();
                    &position
                }
                Step::Index(index) => match scalar_text(&self.node(index)) {
                    Some(text) => {
                        position = text.to_owned();
                        &position
                    }
                    None => return self.undecided(expression, "an index in it is not decided"),
                },
                Step::Splat | Step::AttributeSplat => {
                    return self.undecided(expression, "`[*]` is not evaluated");
                }
            };
            let inside = match &at.kind {
                Kind::Map(_) => at.get(key),
                Kind::List(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
                Kind::Pending(_) => return at.clone(),
                Kind::Scalar(_) => None,
            };
            match inside {
                Some(node) => at = node,
                None => return self.undecided(expression, "its value holds no such thing"),
            }
        }
        at.clone()
    }

    fn call(&mut self, expression: &Expression, call: &Call) -> Node {
        if call.spread || !matches!(&*call.name, "jsonencode" | "format") {
            return self.undecided(expression, "the function is not evaluated");
        }
        let arguments: Vec<_> = call
            .arguments
            .iter()
            .map(|argument| self.node(argument))
            .collect();
        let mut waits = Vec::new();
        for argument in &arguments {
            pending_on(argument, &mut waits);
        }
        if !waits.is_empty() {
            return Node::new(Kind::Pending(waits.into()));
        }
        let text = match (&*call.name, &*arguments) {
            ("jsonencode", [value]) => json_text(value),
            ("format", [template, values @ ..]) => template
                .text()
                .and_then(|template| format_text(template, values)),
            _ => None,
        };
        match text {
            Some(text) => Node::string(text),
            None => self.undecided(expression, "its arguments do not fit"),
        }
    }
}

/// A value that waits for what parts of another wait for.
fn waiting(node: &Node) -> Node {
    let mut waits = Vec::new();
    pending_on(node, &mut waits);
    Node::new(Kind::Pending(waits.into()))
}

/// Adds what a value waits for.
fn pending_on(node: &Node, waits: &mut Vec<Key>) {
    match &node.kind {
        Kind::Pending(keys) => {
            for key in keys {
                if !waits.contains(key) {
                    waits.push(key.clone());
                }
            }
        }
        Kind::List(items) => items.iter().for_each(|item| pending_on(item, waits)),
        Kind::Map(entries) => entries
            .iter()
            .for_each(|entry| pending_on(&entry.node, waits)),
        Kind::Scalar(_) => {}
    }
}

fn size(node: &Node) -> usize {
    match &node.kind {
        Kind::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Kind::Map(entries) => 1 + entries.iter().map(|entry| size(&entry.node)).sum::<usize>(),
        Kind::Scalar(scalar) => 1 + scalar.text.len() / 256,
        Kind::Pending(_) => 1,
    }
}

fn bool_of(node: &Node) -> Option<bool> {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Bool(value) => Some(value),
            _ => None,
        },
        _ => None,
    }
}

fn number_of(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Integer(_) | Reading::Float(_) => Some(&scalar.text),
            _ => None,
        },
        _ => None,
    }
}
