//! IAM policies, however a file writes them.

use super::body::{Block, Body};
use super::eval::{Evaluated, Evaluator};
use super::expression::{Expression, ExpressionKind, Step};
use super::function::read_json;
use super::scope::Scope;
use crate::value::{Key, Kind, Node, Scalar};

/// The policy that an expression is the JSON of: `jsonencode(…)`, a policy document's `json`, or text.
///
/// What `jsonencode` is given keeps its places, so that findings point into it.
pub(crate) fn policy(expression: &Expression, scope: &Scope<'_>) -> Evaluated {
    let mut evaluator = Evaluator::new(scope);
    let node = evaluator.policy(expression);
    evaluator.finish(node)
}

/// The policy that a `data "aws_iam_policy_document"` block makes.
pub(crate) fn policy_document(block: &Block, scope: &Scope<'_>) -> Evaluated {
    let mut evaluator = Evaluator::new(scope);
    let node = evaluator.policy_document(block);
    evaluator.finish(node)
}

impl<'a> Evaluator<'a> {
    fn policy(&mut self, expression: &Expression) -> Node {
        self.deeper(expression, Self::policy_inside)
    }

    fn policy_inside(&mut self, expression: &Expression) -> Node {
        let expression = expression.bare();
        match &expression.kind {
            ExpressionKind::Call(call)
                if call.name == "jsonencode" && call.arguments.len() == 1 =>
            {
                return self.node(&call.arguments[0]);
            }
            ExpressionKind::Reference(root, steps) => {
                if let [Step::Attribute(name)] = &**steps
                    && self.scope.value(&format!("{root}.{name}")).is_none()
                    && let Some(meaning) = self.scope.expression(root, name)
                {
                    return self.policy(meaning);
                }
                if let Some(block) = self.policy_document_of(expression) {
                    return self.policy_document(block);
                }
            }
            _ => {}
        }
        let node = self.node(expression);
        let is_text = matches!(node.kind, Kind::Scalar(_));
        match node.text().and_then(read_json).filter(Node::is_map) {
            Some(policy) => policy.at(expression.origin),
            None if is_text => self.undecided(expression, "its text is not the JSON of a policy"),
            None => node,
        }
    }

    /// The block that `data.aws_iam_policy_document.name.json` is about.
    pub(super) fn policy_document_of(&self, expression: &Expression) -> Option<&'a Block> {
        let ExpressionKind::Reference(root, steps) = &expression.kind else {
            return None;
        };
        match (&**root, &**steps) {
            (
                "data",
                [
                    Step::Attribute(kind),
                    Step::Attribute(name),
                    Step::Attribute(json),
                ],
            ) if kind == "aws_iam_policy_document"
                && matches!(&**json, "json" | "minified_json") =>
            {
                self.scope.policy_document(name)
            }
            _ => None,
        }
    }

    /// The policy of a policy document.
    pub(super) fn policy_document(&mut self, block: &Block) -> Node {
        let mut policy = Node::map().at(block.origin);
        let body = &block.body;
        let version = body.get("version").map(|version| self.node(version));
        policy.insert(
            "Version",
            version.unwrap_or_else(|| Node::string("2012-10-17")),
        );
        if let Some(id) = body.get("policy_id") {
            policy.insert("Id", self.node(id));
        }
        let mut statements = Vec::new();
        if let Some(sources) = body.get("source_policy_documents") {
            self.source_statements(&mut statements, sources);
        }
        for inner in body.all_blocks() {
            match &*inner.kind {
                "statement" => statements.push(self.statement(&inner.body).at(inner.origin)),
                "dynamic" => statements.push(self.dynamic(inner)),
                _ => {}
            }
        }
        if let Some(overrides) = body.get("override_policy_documents") {
            statements.push(self.undecided(
                overrides,
                "documents that override others are not evaluated",
            ));
        }
        policy.insert("Statement", Node::list(statements));
        policy
    }

    fn source_statements(&mut self, statements: &mut Vec<Node>, sources: &Expression) {
        let ExpressionKind::List(sources) = &sources.bare().kind else {
            statements
                .push(self.undecided(sources, "only a literal list of documents is evaluated"));
            return;
        };
        for source in sources {
            let policy = self.policy(source);
            match policy.get("Statement") {
                Some(Node {
                    kind: Kind::List(items),
                    ..
                }) => statements.extend(items.iter().cloned()),
                Some(one) => statements.push(one.clone()),
                None => statements.push(policy),
            }
        }
    }

    fn statement(&mut self, body: &Body) -> Node {
        let mut statement = Node::map();
        if let Some(sid) = body.get("sid") {
            statement.insert("Sid", self.node(sid));
        }
        let effect = body.get("effect").map(|effect| self.node(effect));
        statement.insert("Effect", effect.unwrap_or_else(|| Node::string("Allow")));
        for (name, key) in [
            ("actions", "Action"),
            ("not_actions", "NotAction"),
            ("resources", "Resource"),
            ("not_resources", "NotResource"),
        ] {
            if let Some(values) = body.get(name) {
                let values = self.values(values);
                statement.insert(key, values);
            }
        }
        for inner in body.all_blocks() {
            match &*inner.kind {
                "principals" => self.principals(&mut statement, "Principal", inner),
                "not_principals" => self.principals(&mut statement, "NotPrincipal", inner),
                "condition" => self.condition(&mut statement, inner),
                "dynamic" => {
                    let key = match inner.label(0) {
                        Some("principals") => "Principal",
                        Some("not_principals") => "NotPrincipal",
                        _ => "Condition",
                    };
                    statement.insert(key, self.dynamic(inner));
                }
                _ => {}
            }
        }
        statement
    }

    fn principals(&mut self, statement: &mut Node, key: &'static str, block: &Block) {
        let kind = block.body.get("type").map(|kind| self.node(kind));
        let identifiers = block
            .body
            .get("identifiers")
            .map(|identifiers| self.values(identifiers));
        let identifiers = identifiers.unwrap_or_else(|| Node::list([]));
        match kind.as_ref().and_then(Node::text) {
            Some("*") => {
                statement.insert(key, Node::string("*").at(block.origin));
            }
            Some(kind) => Self::gather(statement, [key, kind], identifiers, block),
            None => {
                let principals = kind.unwrap_or_else(|| self.dynamic(block));
                statement.insert(key, principals);
            }
        }
    }

    fn condition(&mut self, statement: &mut Node, block: &Block) {
        let body = &block.body;
        let test = body.get("test").map(|test| self.node(test));
        let variable = body.get("variable").map(|variable| self.node(variable));
        let values = body
            .get("values")
            .map_or_else(|| Node::list([]), |values| self.values(values));
        match (
            test.as_ref().and_then(Node::text),
            variable.as_ref().and_then(Node::text),
        ) {
            (Some(test), Some(variable)) => {
                Self::gather(statement, ["Condition", test, variable], values, block);
            }
            _ => {
                statement.insert("Condition", self.dynamic(block));
            }
        }
    }

    /// Sets a value below a path, or adds its items to those that are there.
    fn gather<const N: usize>(statement: &mut Node, path: [&str; N], values: Node, block: &Block) {
        // What is pending as a whole stays so, whatever else is said of it.
        let top = statement.get(path[0]);
        if top.is_some_and(|top| !top.is_map()) {
            return;
        }
        let joined = match (statement.path(&path).map(|node| &node.kind), &values.kind) {
            (Some(Kind::List(before)), Kind::List(behind)) => {
                Node::list(before.iter().chain(behind).cloned().collect::<Vec<_>>())
            }
            (Some(Kind::Pending(_)), _) => return,
            _ => values,
        };
        statement.set(&path.map(Key::from), joined.at(block.origin));
    }

    /// A list of text in which `&{…}` is IAM's own variable.
    fn values(&mut self, expression: &Expression) -> Node {
        let mut node = self.node(expression);
        if let Kind::List(items) = &mut node.kind {
            for item in items {
                if let Kind::Scalar(scalar) = &mut item.kind
                    && scalar.text.contains("&{")
                {
                    *scalar = Scalar::string(scalar.text.replace("&{", "${"));
                }
            }
        }
        node
    }

    /// Stands for what a block makes that is not evaluated.
    fn dynamic(&mut self, block: &Block) -> Node {
        let text = format!("{} {}", block.kind, block.label(0).unwrap_or_default());
        self.undecided_text(text.trim(), "the block is not evaluated", block.origin)
    }
}
