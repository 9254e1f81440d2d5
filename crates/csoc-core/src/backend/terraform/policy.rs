//! IAM policies as `data "aws_iam_policy_document"` blocks.

use crate::hcl::{Block, Expression, Layout, Name};

/// One statement of a policy, in the order that reads best: what, whom, when.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    sid: &'static str,
    effect: &'static str,
    actions: (&'static str, Vec<Expression>),
    resources: Option<(&'static str, Vec<Expression>)>,
    principals: Option<(&'static str, Vec<Expression>)>,
    conditions: Vec<(&'static str, Expression, Vec<Expression>)>,
}

impl Statement {
    fn new(sid: &'static str, effect: &'static str) -> Self {
        Self {
            sid,
            effect,
            actions: ("actions", Vec::new()),
            resources: None,
            principals: None,
            conditions: Vec::new(),
        }
    }

    /// A statement that allows.
    pub(super) fn allow(sid: &'static str) -> Self {
        Self::new(sid, "Allow")
    }

    /// A statement that denies.
    pub(super) fn deny(sid: &'static str) -> Self {
        Self::new(sid, "Deny")
    }

    /// The same for those actions.
    pub(super) fn actions<'a>(mut self, actions: impl IntoIterator<Item = &'a str>) -> Self {
        self.actions = ("actions", expressions(actions));
        self
    }

    /// The same for all other actions.
    pub(super) fn not_actions<'a>(mut self, actions: impl IntoIterator<Item = &'a str>) -> Self {
        self.actions = ("not_actions", expressions(actions));
        self
    }

    /// The same on those resources.
    pub(super) fn on<T: Into<Expression>>(
        mut self,
        resources: impl IntoIterator<Item = T>,
    ) -> Self {
        self.resources = Some(("resources", expressions(resources)));
        self
    }

    /// The same on every resource.
    pub(super) fn anywhere(self) -> Self {
        self.on(["*"])
    }

    /// The same on all other resources.
    pub(super) fn not_on<T: Into<Expression>>(
        mut self,
        resources: impl IntoIterator<Item = T>,
    ) -> Self {
        self.resources = Some(("not_resources", expressions(resources)));
        self
    }

    /// The same for those principals.
    pub(super) fn principals<T: Into<Expression>>(
        mut self,
        kind: &'static str,
        identifiers: impl IntoIterator<Item = T>,
    ) -> Self {
        self.principals = Some((kind, expressions(identifiers)));
        self
    }

    /// The same for everyone.
    pub(super) fn everyone(self) -> Self {
        self.principals("AWS", ["*"])
    }

    /// The same under one more condition.
    pub(super) fn when<T: Into<Expression>>(
        mut self,
        test: &'static str,
        variable: impl Into<Expression>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.conditions
            .push((test, variable.into(), expressions(values)));
        self
    }

    fn block(self) -> Block {
        let mut block = Block::unlabelled("statement")
            .attribute("sid", self.sid)
            .attribute("effect", self.effect)
            .attribute(self.actions.0, lines(self.actions.1))
            .optional(
                self.resources.as_ref().map_or("", |(name, _)| name),
                self.resources.map(|(_, resources)| lines(resources)),
            );
        if let Some((kind, identifiers)) = self.principals {
            block = block.block(
                Block::unlabelled("principals")
                    .attribute("type", kind)
                    .attribute("identifiers", lines(identifiers)),
            );
        }
        let condition = |(test, variable, values): (&'static str, Expression, Vec<Expression>)| {
            Block::unlabelled("condition")
                .attribute("test", test)
                .attribute("variable", variable)
                .attribute("values", lines(values))
        };
        block.blocks(self.conditions.into_iter().map(condition))
    }
}

/// The document of those statements.
pub(super) fn document(
    label: impl Into<Name>,
    statements: impl IntoIterator<Item = Statement>,
) -> Block {
    Block::new("data", ["aws_iam_policy_document".into(), label.into()])
        .blocks(statements.into_iter().map(Statement::block))
}

/// The text of a document of that label.
pub(super) fn json(label: &str) -> Expression {
    Expression::reference(&format!("data.aws_iam_policy_document.{label}.json"))
}

/// No request without TLS on those resources.
pub(super) fn deny_plain_http<T: Into<Expression>>(
    action: &'static str,
    resources: impl IntoIterator<Item = T>,
) -> Statement {
    Statement::deny("DenyPlainHttp")
        .actions([action])
        .on(resources)
        .everyone()
        .when("Bool", "aws:SecureTransport", ["false"])
}

fn expressions<T: Into<Expression>>(items: impl IntoIterator<Item = T>) -> Vec<Expression> {
    items.into_iter().map(Into::into).collect()
}

/// A list: one item in a line, more one a line, so that a change is a line of a diff.
pub(super) fn lines(items: Vec<Expression>) -> Expression {
    let layout = if items.len() > 1 {
        Layout::Broken
    } else {
        Layout::OneLine
    };
    Expression::list(items).layout(layout)
}
