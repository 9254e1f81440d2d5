//! Expressions of the parser's tree as ours.

use hcl_edit::Span as _;
use hcl_edit::expr as edit;
use hcl_edit::template::{Directive as EditDirective, Element, Strip};

use super::Reader;
use crate::hcl::expression::{
    Call, Conditional, Directive, Expression, ExpressionKind, Field, For, Layout, ObjectKey, Part,
    Step, Trim,
};
use crate::hcl::operation::{Binary, BinaryOperator, UnaryOperator};
use crate::hcl::quote::unescaped;
use crate::value::Origin;

/// Whether a backslash means something in a template.
#[derive(Clone, Copy)]
pub(super) enum Escapes {
    /// Between quotes it does.
    Quoted,
    /// In a heredoc it does not.
    None,
}

impl Reader<'_> {
    pub(super) fn expression(&self, expression: &edit::Expression) -> Expression {
        let boxed = |expression| Box::new(self.expression(expression));
        let mut layout = Layout::Automatic;
        let kind = match expression {
            edit::Expression::Null(_) => ExpressionKind::Null,
            edit::Expression::Bool(value) => ExpressionKind::Bool(*value.value()),
            edit::Expression::Number(number) => {
                let text = number
                    .as_repr()
                    .map_or_else(|| number.value().to_string(), |text| text.to_string());
                ExpressionKind::Number(text.replace([' ', '\t'], "").into())
            }
            edit::Expression::String(text) => ExpressionKind::String(text.value().as_str().into()),
            edit::Expression::StringTemplate(template) => {
                self.template(template.iter(), Escapes::Quoted)
            }
            edit::Expression::HeredocTemplate(heredoc) => {
                layout = Layout::Heredoc;
                self.template(heredoc.template.iter(), Escapes::None)
            }
            edit::Expression::Array(array) => {
                layout = self.list_layout(expression, array);
                ExpressionKind::List(array.iter().map(|item| self.expression(item)).collect())
            }
            edit::Expression::Object(object) => {
                layout = if self.spans_lines(expression) {
                    Layout::Broken
                } else {
                    Layout::OneLine
                };
                self.object(object)
            }
            edit::Expression::Parenthesis(inner) => {
                ExpressionKind::Parenthesis(boxed(inner.inner()))
            }
            edit::Expression::Variable(name) => {
                ExpressionKind::Reference(name.as_str().to_owned().into(), Vec::new())
            }
            edit::Expression::Conditional(conditional) => {
                ExpressionKind::Conditional(Box::new(Conditional {
                    condition: self.expression(&conditional.cond_expr),
                    then: self.expression(&conditional.true_expr),
                    otherwise: self.expression(&conditional.false_expr),
                }))
            }
            edit::Expression::FuncCall(call) => {
                layout = self.break_behind(expression, '(');
                self.call(call)
            }
            edit::Expression::Traversal(traversal) => {
                let steps = traversal
                    .operators
                    .iter()
                    .map(|step| self.step(step.value()))
                    .collect();
                match &traversal.expr {
                    edit::Expression::Variable(root) => {
                        ExpressionKind::Reference(root.as_str().to_owned().into(), steps)
                    }
                    base => ExpressionKind::Access(boxed(base), steps),
                }
            }
            edit::Expression::UnaryOp(unary) => {
                let operator = match unary.operator.value() {
                    edit::UnaryOperator::Neg => UnaryOperator::Negative,
                    edit::UnaryOperator::Not => UnaryOperator::Not,
                };
                ExpressionKind::Unary(operator, boxed(&unary.expr))
            }
            edit::Expression::BinaryOp(binary) => ExpressionKind::Binary(Box::new(Binary {
                left: self.expression(&binary.lhs_expr),
                operator: operator(*binary.operator.value()),
                right: self.expression(&binary.rhs_expr),
            })),
            edit::Expression::ForExpr(each) => {
                layout =
                    self.break_behind(expression, if each.key_expr.is_some() { '{' } else { '[' });
                ExpressionKind::For(Box::new(self.for_each(each)))
            }
        };
        Expression {
            kind,
            layout,
            origin: self.origin(expression.span()),
        }
    }

    fn object(&self, object: &edit::Object) -> ExpressionKind {
        let field = |(key, value): (&edit::ObjectKey, &edit::ObjectValue)| {
            let value = self.expression(value.expr());
            let (key, origin) = match key {
                edit::ObjectKey::Ident(name) => (
                    ObjectKey::Identifier(name.as_str().to_owned().into()),
                    self.key_origin(name.as_str(), value.origin),
                ),
                edit::ObjectKey::Expression(key) => {
                    let key = self.expression(key);
                    let origin = key.origin;
                    match key.kind {
                        ExpressionKind::String(text) => {
                            (ObjectKey::String(String::from(text).into()), origin)
                        }
                        _ => (ObjectKey::Expression(Box::new(key)), origin),
                    }
                }
            };
            Field { key, value, origin }
        };
        ExpressionKind::Object(object.iter().map(field).collect())
    }

    /// The parser keeps no place for a key without quotes: it stands before the `=` before the value.
    fn key_origin(&self, name: &str, value: Origin) -> Origin {
        let Origin::Text(value) = value else {
            return Origin::Unknown;
        };
        let before = self
            .text
            .get(..(value.start as usize).saturating_sub(self.base))
            .unwrap_or("");
        let before = before
            .trim_end()
            .strip_suffix(['=', ':'])
            .unwrap_or("")
            .trim_end();
        if before.ends_with(name) {
            self.origin(Some(before.len() - name.len()..before.len()))
        } else {
            Origin::Unknown
        }
    }

    fn call(&self, call: &edit::FuncCall) -> ExpressionKind {
        let mut name = String::new();
        for part in &call.name.namespace {
            name.push_str(part.as_str());
            name.push_str("::");
        }
        name.push_str(call.name.name.as_str());
        ExpressionKind::Call(Call {
            name: name.into(),
            arguments: call
                .args
                .iter()
                .map(|argument| self.expression(argument))
                .collect(),
            spread: call.args.expand_final(),
        })
    }

    fn step(&self, step: &edit::TraversalOperator) -> Step {
        match step {
            edit::TraversalOperator::AttrSplat(_) => Step::AttributeSplat,
            edit::TraversalOperator::FullSplat(_) => Step::Splat,
            edit::TraversalOperator::GetAttr(name) => {
                Step::Attribute(name.as_str().to_owned().into())
            }
            edit::TraversalOperator::Index(index) => Step::Index(self.expression(index)),
            edit::TraversalOperator::LegacyIndex(index) => Step::Position(*index.value()),
        }
    }

    fn for_each(&self, each: &edit::ForExpr) -> For {
        let name = |name: &hcl_edit::Decorated<hcl_edit::Ident>| name.as_str().to_owned().into();
        For {
            key: each.intro.key_var.as_ref().map(name),
            value: name(&each.intro.value_var),
            collection: self.expression(&each.intro.collection_expr),
            result_key: each.key_expr.as_ref().map(|key| self.expression(key)),
            result: self.expression(&each.value_expr),
            grouped: each.grouping,
            condition: each
                .cond
                .as_ref()
                .map(|condition| self.expression(&condition.expr)),
        }
    }

    pub(super) fn template<'e>(
        &self,
        elements: impl Iterator<Item = &'e Element>,
        escapes: Escapes,
    ) -> ExpressionKind {
        let mut parts = Vec::new();
        for element in elements {
            match element {
                Element::Literal(text) => parts.push(Part::Literal(text.value().as_str().into())),
                _ => self.push_part(&mut parts, element, escapes),
            }
        }
        Expression::template(parts).kind
    }

    /// Adds an element; the parser leaves the escapes of literals inside directives as they are.
    fn push_part(&self, parts: &mut Vec<Part>, element: &Element, escapes: Escapes) {
        match element {
            Element::Literal(text) => parts.push(Part::Literal(match escapes {
                Escapes::Quoted => unescaped(text.value()).into(),
                Escapes::None => text.value().as_str().into(),
            })),
            Element::Interpolation(inner) => {
                parts.push(Part::Interpolation(
                    self.expression(&inner.expr),
                    trim(inner.strip),
                ));
            }
            Element::Directive(directive) => self.push_directive(parts, directive, escapes),
        }
    }

    fn push_directive(&self, parts: &mut Vec<Part>, directive: &EditDirective, escapes: Escapes) {
        let push_all = |parts: &mut Vec<Part>, template: &hcl_edit::template::Template| {
            template
                .iter()
                .for_each(|element| self.push_part(parts, element, escapes));
        };
        match directive {
            EditDirective::If(branch) => {
                let condition = self.expression(&branch.if_expr.cond_expr);
                parts.push(Part::Directive(
                    Directive::If(condition),
                    trim(branch.if_expr.strip),
                ));
                push_all(parts, &branch.if_expr.template);
                if let Some(otherwise) = &branch.else_expr {
                    parts.push(Part::Directive(Directive::Else, trim(otherwise.strip)));
                    push_all(parts, &otherwise.template);
                }
                parts.push(Part::Directive(
                    Directive::EndIf,
                    trim(branch.endif_expr.strip),
                ));
            }
            EditDirective::For(each) => {
                let head = &each.for_expr;
                let directive = Directive::For(
                    head.key_var
                        .as_ref()
                        .map(|key| key.as_str().to_owned().into()),
                    head.value_var.as_str().to_owned().into(),
                    self.expression(&head.collection_expr),
                );
                parts.push(Part::Directive(directive, trim(head.strip)));
                push_all(parts, &head.template);
                parts.push(Part::Directive(
                    Directive::EndFor,
                    trim(each.endfor_expr.strip),
                ));
            }
        }
    }

    fn written(&self, expression: &edit::Expression) -> &str {
        expression
            .span()
            .and_then(|range| self.text.get(range))
            .unwrap_or("")
    }

    fn spans_lines(&self, expression: &edit::Expression) -> bool {
        self.written(expression).contains('\n')
    }

    /// Whether the line breaks behind the opening bracket.
    fn break_behind(&self, expression: &edit::Expression, bracket: char) -> Layout {
        let inside = self
            .written(expression)
            .split_once(bracket)
            .map_or("", |(_, inside)| inside);
        let breaks = inside
            .trim_start_matches([' ', '\t', '\r'])
            .starts_with('\n');
        if breaks {
            Layout::Broken
        } else {
            Layout::OneLine
        }
    }

    fn list_layout(&self, expression: &edit::Expression, array: &edit::Array) -> Layout {
        if !self.spans_lines(expression) {
            Layout::OneLine
        } else if array.len() == 1 && self.break_behind(expression, '[') == Layout::OneLine {
            Layout::Hugged
        } else {
            Layout::Broken
        }
    }
}

fn trim(strip: Strip) -> Trim {
    Trim {
        before: strip.strip_start(),
        behind: strip.strip_end(),
    }
}

fn operator(operator: edit::BinaryOperator) -> BinaryOperator {
    match operator {
        edit::BinaryOperator::Eq => BinaryOperator::Equal,
        edit::BinaryOperator::NotEq => BinaryOperator::NotEqual,
        edit::BinaryOperator::LessEq => BinaryOperator::LessOrEqual,
        edit::BinaryOperator::GreaterEq => BinaryOperator::GreaterOrEqual,
        edit::BinaryOperator::Less => BinaryOperator::Less,
        edit::BinaryOperator::Greater => BinaryOperator::Greater,
        edit::BinaryOperator::Plus => BinaryOperator::Plus,
        edit::BinaryOperator::Minus => BinaryOperator::Minus,
        edit::BinaryOperator::Mul => BinaryOperator::Times,
        edit::BinaryOperator::Div => BinaryOperator::Divide,
        edit::BinaryOperator::Mod => BinaryOperator::Modulo,
        edit::BinaryOperator::And => BinaryOperator::And,
        edit::BinaryOperator::Or => BinaryOperator::Or,
    }
}
