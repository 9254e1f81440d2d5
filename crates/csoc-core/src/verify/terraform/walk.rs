//! Every part of an expression, with the names that are bound where it stands.

use crate::hcl::{Directive, Expression, ExpressionKind, ObjectKey, Part, Step};

/// Calls back for an expression and everything in it. `bound` are the names that `for` gave meaning.
pub(super) fn walk<'e>(
    expression: &'e Expression,
    bound: &mut Vec<&'e str>,
    visit: &mut dyn FnMut(&'e Expression, &[&'e str]),
) {
    visit(expression, bound);
    match &expression.kind {
        ExpressionKind::Null
        | ExpressionKind::Bool(_)
        | ExpressionKind::Number(_)
        | ExpressionKind::String(_) => {}
        ExpressionKind::Template(parts) => template(parts, bound, visit),
        ExpressionKind::List(items) => {
            for item in items {
                walk(item, bound, visit);
            }
        }
        ExpressionKind::Object(fields) => {
            for field in fields {
                if let ObjectKey::Expression(key) = &field.key {
                    walk(key, bound, visit);
                }
                walk(&field.value, bound, visit);
            }
        }
        ExpressionKind::Reference(_, steps) => indexes(steps, bound, visit),
        ExpressionKind::Access(base, steps) => {
            walk(base, bound, visit);
            indexes(steps, bound, visit);
        }
        ExpressionKind::Call(call) => {
            for argument in &call.arguments {
                walk(argument, bound, visit);
            }
        }
        ExpressionKind::Conditional(conditional) => {
            walk(&conditional.condition, bound, visit);
            walk(&conditional.then, bound, visit);
            walk(&conditional.otherwise, bound, visit);
        }
        ExpressionKind::Unary(_, inner) | ExpressionKind::Parenthesis(inner) => {
            walk(inner, bound, visit);
        }
        ExpressionKind::Binary(binary) => {
            walk(&binary.left, bound, visit);
            walk(&binary.right, bound, visit);
        }
        ExpressionKind::For(each) => {
            walk(&each.collection, bound, visit);
            let outside = bound.len();
            bound.extend(each.key.as_deref());
            bound.push(&each.value);
            let inside = [&each.result_key, &each.condition];
            for expression in inside.into_iter().flatten() {
                walk(expression, bound, visit);
            }
            walk(&each.result, bound, visit);
            bound.truncate(outside);
        }
    }
}

fn indexes<'e>(
    steps: &'e [Step],
    bound: &mut Vec<&'e str>,
    visit: &mut dyn FnMut(&'e Expression, &[&'e str]),
) {
    for step in steps {
        if let Step::Index(index) = step {
            walk(index, bound, visit);
        }
    }
}

fn template<'e>(
    parts: &'e [Part],
    bound: &mut Vec<&'e str>,
    visit: &mut dyn FnMut(&'e Expression, &[&'e str]),
) {
    let mut outside = Vec::new();
    for part in parts {
        match part {
            Part::Interpolation(expression, _) | Part::Directive(Directive::If(expression), _) => {
                walk(expression, bound, visit);
            }
            Part::Directive(Directive::For(key, value, collection), _) => {
                walk(collection, bound, visit);
                outside.push(bound.len());
                bound.extend(key.as_deref());
                bound.push(value);
            }
            Part::Directive(Directive::EndFor, _) => {
                bound.truncate(outside.pop().unwrap_or(bound.len()));
            }
            Part::Literal(_) | Part::Directive(Directive::Else | Directive::EndIf, _) => {}
        }
    }
}
