//! What stands behind the `=`.

use super::{Printer, Run, WIDTH};
use crate::hcl::expression::{
    Call, Conditional, Expression, ExpressionKind, Field, For, Layout, ObjectKey, Part, Step,
};
use crate::hcl::operation::{Binary, BinaryOperator, UnaryOperator};
use crate::hcl::quote::{Escape, write_quoted};

impl Expression {
    /// `x` for `"${x}"`, which is the same.
    pub(super) fn unquoted(&self) -> &Self {
        match &self.kind {
            ExpressionKind::Template(parts) => match &**parts {
                [Part::Interpolation(inner, _)] => inner.unquoted(),
                _ => self,
            },
            _ => self,
        }
    }

    /// Whether it takes several lines however short it is.
    fn breaks(&self) -> bool {
        match (&self.kind, self.layout) {
            (_, Layout::OneLine)
                if !matches!(self.kind, ExpressionKind::Call(_) | ExpressionKind::For(_)) =>
            {
                false
            }
            (ExpressionKind::Object(fields), _) => !fields.is_empty(),
            (ExpressionKind::List(items), Layout::Broken | Layout::Hugged) => !items.is_empty(),
            (ExpressionKind::List(items), _) => items.iter().any(Self::breaks),
            (ExpressionKind::Call(call), layout) => {
                (layout == Layout::Broken && !call.arguments.is_empty())
                    || call.arguments.iter().any(Self::breaks)
            }
            (ExpressionKind::For(each), layout) => layout == Layout::Broken || each.result.breaks(),
            _ => false,
        }
    }

    /// How tightly its outermost operator binds; the higher goes first.
    fn precedence(&self) -> u8 {
        match &self.kind {
            ExpressionKind::Conditional(_) => 0,
            ExpressionKind::Binary(binary) => binary.operator.precedence(),
            ExpressionKind::Unary(..) => 7,
            _ => 8,
        }
    }

    /// Whether `.name` and `[index]` can follow it as it is.
    fn takes_steps(&self) -> bool {
        matches!(
            self.kind,
            ExpressionKind::List(_)
                | ExpressionKind::Object(_)
                | ExpressionKind::Call(_)
                | ExpressionKind::For(_)
                | ExpressionKind::Parenthesis(_)
        )
    }
}

impl Printer {
    /// Writes an expression, over several lines where its layout says so.
    pub(super) fn expression(&mut self, expression: &Expression) {
        match &expression.kind {
            ExpressionKind::Null => self.out.push_str("null"),
            ExpressionKind::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            ExpressionKind::Number(text) => match text.strip_prefix('-') {
                Some(digits) => {
                    self.minus();
                    self.out.push_str(digits);
                }
                None => self.out.push_str(text),
            },
            ExpressionKind::String(text) => {
                let escape = self.escape();
                write_quoted(&mut self.out, text, escape);
            }
            ExpressionKind::Template(parts) => self.template(parts),
            ExpressionKind::List(items) => self.list(expression, items),
            ExpressionKind::Object(fields) => self.object(expression, fields),
            ExpressionKind::Reference(root, steps) => {
                self.out.push_str(root);
                self.steps(steps);
            }
            ExpressionKind::Access(base, steps) => {
                self.operand(base, !base.takes_steps());
                self.steps(steps);
            }
            ExpressionKind::Call(call) => self.call(expression, call),
            ExpressionKind::Conditional(conditional) => self.conditional(conditional),
            ExpressionKind::Unary(operator, operand) => {
                match operator {
                    UnaryOperator::Negative => self.minus(),
                    UnaryOperator::Not => self.out.push('!'),
                }
                self.operand(operand, operand.precedence() < 7);
            }
            ExpressionKind::Binary(binary) => self.binary(binary),
            ExpressionKind::For(each) => self.for_each(expression, each),
            ExpressionKind::Parenthesis(inner) => self.operand(inner, true),
        }
    }

    /// Writes an expression in one line.
    pub(super) fn in_line(&mut self, expression: &Expression) {
        self.flat += 1;
        self.expression(expression);
        self.flat -= 1;
    }

    /// Writes an expression in one line, in parentheses if it needs them.
    fn operand(&mut self, expression: &Expression, parentheses: bool) {
        if parentheses {
            self.out.push('(');
            self.in_line(expression);
            self.out.push(')');
        } else {
            self.in_line(expression);
        }
    }

    pub(super) fn escape(&self) -> Escape {
        if self.in_key {
            Escape::Wide
        } else {
            Escape::Needed
        }
    }

    fn minus(&mut self) {
        self.out.push('-');
        if self.spaced_minus == Some(self.out.len() - 1) {
            self.out.push(' ');
        }
    }

    fn binary(&mut self, binary: &Binary) {
        let precedence = binary.operator.precedence();
        self.operand(&binary.left, binary.left.precedence() < precedence);
        self.out.push(' ');
        self.out.push_str(BinaryOperator::as_str(binary.operator));
        self.out.push(' ');
        self.operand(&binary.right, binary.right.precedence() <= precedence);
    }

    fn conditional(&mut self, conditional: &Conditional) {
        self.operand(
            &conditional.condition,
            conditional.condition.precedence() == 0,
        );
        self.out.push_str(" ? ");
        self.in_line(&conditional.then);
        self.out.push_str(" : ");
        self.in_line(&conditional.otherwise);
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Attribute(name) => {
                    self.out.push('.');
                    self.out.push_str(name);
                }
                Step::Index(index) => {
                    self.out.push('[');
                    self.in_line(index);
                    self.out.push(']');
                }
                Step::Position(index) => {
                    self.out.push('.');
                    self.out.push_str(&index.to_string());
                }
                Step::Splat => self.out.push_str("[*]"),
                Step::AttributeSplat => self.out.push_str(".*"),
            }
        }
    }

    fn list(&mut self, expression: &Expression, items: &[Expression]) {
        match (expression.layout, items) {
            (_, []) => self.out.push_str("[]"),
            _ if self.flat > 0 => self.list_in_line(items),
            (Layout::OneLine, _) => self.list_in_line(items),
            (Layout::Hugged, [item]) => {
                self.out.push('[');
                self.expression(item);
                self.out.push(']');
            }
            _ if expression.breaks() => self.list_over_lines(items),
            _ => {
                let start = self.out.len();
                self.list_in_line(items);
                if self.is_too_long() {
                    self.out.truncate(start);
                    self.list_over_lines(items);
                }
            }
        }
    }

    fn list_in_line(&mut self, items: &[Expression]) {
        self.out.push('[');
        self.separated(items);
        self.out.push(']');
    }

    fn list_over_lines(&mut self, items: &[Expression]) {
        self.out.push_str("[\n");
        self.lines(items, true);
        self.out.push(']');
    }

    fn separated(&mut self, items: &[Expression]) {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            self.in_line(item);
        }
    }

    /// Each item on a line of its own, with a comma behind the last if it may have one.
    fn lines(&mut self, items: &[Expression], last_comma: bool) {
        self.indent += 1;
        for (at, item) in items.iter().enumerate() {
            self.start_line();
            self.expression(item);
            self.out.push_str(if last_comma || at + 1 < items.len() {
                ",\n"
            } else {
                "...\n"
            });
        }
        self.indent -= 1;
        self.start_line();
    }

    fn object(&mut self, expression: &Expression, fields: &[Field]) {
        if fields.is_empty() {
            self.out.push_str("{}");
        } else if self.flat > 0 || expression.layout == Layout::OneLine {
            self.out.push_str("{ ");
            for (at, field) in fields.iter().enumerate() {
                if at > 0 {
                    self.out.push_str(", ");
                }
                self.key(&field.key);
                self.out.push_str(" = ");
                self.in_line(&field.value);
            }
            self.out.push_str(" }");
        } else {
            self.out.push_str("{\n");
            self.indent += 1;
            let mut run = Run::default();
            for field in fields {
                self.start_line();
                let start = self.out.len();
                self.key(&field.key);
                self.assign(&mut run, start, &field.value);
                self.out.push('\n');
            }
            run.close(&mut self.out);
            self.indent -= 1;
            self.start_line();
            self.out.push('}');
        }
    }

    fn key(&mut self, key: &ObjectKey) {
        self.in_key = true;
        match key {
            ObjectKey::Identifier(name) => self.out.push_str(name),
            ObjectKey::String(text) => write_quoted(&mut self.out, text, Escape::Wide),
            ObjectKey::Expression(expression) => {
                let stands_alone = match &expression.kind {
                    ExpressionKind::Reference(..) => self.names_providers,
                    ExpressionKind::Template(_)
                    | ExpressionKind::String(_)
                    | ExpressionKind::Parenthesis(_) => true,
                    // The reader would take its minus for an operator behind a list on the line before.
                    ExpressionKind::Number(text) => !text.starts_with('-'),
                    _ => false,
                };
                self.operand(expression, !stands_alone);
            }
        }
        self.in_key = false;
    }

    /// A call keeps its parentheses beside its arguments as long as no more than one of them breaks.
    fn call(&mut self, expression: &Expression, call: &Call) {
        let breaking = call
            .arguments
            .iter()
            .filter(|argument| argument.breaks())
            .count();
        let start = self.out.len();
        self.out.push_str(&call.name);
        self.out.push('(');
        let over_lines = |printer: &mut Self| {
            printer.out.push('\n');
            printer.lines(&call.arguments, !call.spread);
        };
        if call.arguments.is_empty() {
        } else if self.flat > 0 {
            self.separated(&call.arguments);
        } else if breaking > 1 || (expression.layout == Layout::Broken) {
            over_lines(self);
        } else if breaking == 1 {
            let arguments_at = self.out.len();
            let may_assign = self.is_in_assignment();
            for (at, argument) in call.arguments.iter().enumerate() {
                if at > 0 {
                    self.out.push_str(", ");
                }
                if !argument.breaks() {
                    self.in_line(argument);
                } else if may_assign || !self.out[arguments_at..].contains(" = ") {
                    self.expression(argument);
                } else {
                    self.out.truncate(arguments_at);
                    over_lines(self);
                    break;
                }
            }
        } else {
            self.separated(&call.arguments);
            if expression.layout == Layout::Automatic && self.is_too_long() {
                self.out.truncate(start + call.name.len() + 1);
                match &*call.arguments {
                    [only] => self.expression(only),
                    _ => over_lines(self),
                }
            }
        }
        let spread_is_written = self.out.ends_with(char::is_whitespace);
        if call.spread && !call.arguments.is_empty() && !spread_is_written {
            self.out.push_str("...");
        }
        self.out.push(')');
    }

    fn for_each(&mut self, expression: &Expression, each: &For) {
        let breaks = self.flat == 0 && expression.breaks();
        let over_lines = breaks && expression.layout != Layout::OneLine;
        let start = self.out.len();
        self.for_lines(each, over_lines, breaks);
        if breaks && self.head_assigns(start, over_lines) {
            self.out.truncate(start);
            return self.operand(expression, false);
        }
        if !breaks && self.flat == 0 && expression.layout == Layout::Automatic && self.is_too_long()
        {
            self.out.truncate(start);
            self.for_lines(each, true, false);
        }
    }

    fn for_lines(&mut self, each: &For, over_lines: bool, result_breaks: bool) {
        let makes_object = each.result_key.is_some();
        self.out.push(if makes_object { '{' } else { '[' });
        if over_lines {
            self.out.push('\n');
            self.indent += 1;
            self.start_line();
        } else if makes_object {
            self.out.push(' ');
        }
        self.out.push_str("for ");
        self.for_head(each.key.as_deref(), &each.value, &each.collection);
        self.out.push_str(" : ");
        if let Some(key) = &each.result_key {
            self.in_line(key);
            self.out.push_str(" => ");
            self.spaced_minus = Some(self.out.len());
        }
        if result_breaks {
            self.expression(&each.result);
        } else {
            self.in_line(&each.result);
        }
        if each.grouped {
            self.out.push_str("...");
        }
        if let Some(condition) = &each.condition {
            self.out.push_str(" if");
            self.behind_keyword(condition, &['(', '[']);
        }
        if over_lines {
            self.out.push('\n');
            self.indent -= 1;
            self.start_line();
        } else if makes_object {
            self.out.push(' ');
        }
        self.out.push(if makes_object { '}' } else { ']' });
    }

    /// `key, value in collection`.
    pub(super) fn for_head(&mut self, key: Option<&str>, value: &str, collection: &Expression) {
        if let Some(key) = key {
            self.out.push_str(key);
            self.out.push_str(", ");
        }
        self.out.push_str(value);
        self.out.push_str(" in");
        self.behind_keyword(collection, &['(']);
    }

    /// Writes what follows `in` or `if`; `terraform fmt` takes those for a function before some brackets.
    pub(super) fn behind_keyword(&mut self, expression: &Expression, joined: &[char]) {
        let space = self.out.len();
        self.out.push(' ');
        self.spaced_minus = Some(self.out.len());
        self.in_line(expression);
        if self.out[space + 1..].starts_with(joined) {
            self.out.remove(space);
        }
    }

    /// Whether a `=` stands on the line being written. `terraform fmt` takes the first on a line for an
    /// assignment, whatever it is in, so a line that goes on below must not hold one of another kind.
    fn is_in_assignment(&self) -> bool {
        let start = self.out.rfind('\n').map_or(0, |at| at + 1);
        self.out[start..].contains(" = ")
    }

    /// Whether the head of a `for` that starts there holds the first `=` on a line that goes on below.
    fn head_assigns(&self, start: usize, over_lines: bool) -> bool {
        let line_start = self.out[..start].rfind('\n').map_or(0, |at| at + 1);
        let mut lines = self.out[start..].lines();
        let head = if over_lines {
            lines.nth(1)
        } else {
            lines.next()
        };
        let goes_on = lines.count() > usize::from(over_lines);
        let is_assignment = !over_lines && self.out[line_start..start].contains(" = ");
        goes_on && !is_assignment && head.is_some_and(|head| head.contains(" = "))
    }

    /// Whether the line being written is longer than lines should be.
    fn is_too_long(&self) -> bool {
        let start = self.out.rfind('\n').map_or(0, |at| at + 1);
        let line = &self.out[start..];
        line.len() > WIDTH && line.chars().count() > WIDTH
    }
}
