//! Values against the types that they must have.

use super::checker::{Checker, Place};
use super::codes::{ARGUMENT_MISSING, ARGUMENT_WRONG_TYPE};
use super::shape::{Fields, Shape};
use crate::catalog::provider::AttributeSchema;
use crate::hcl::{Expression, ExpressionKind};

impl Checker<'_> {
    /// Says where a value is not of a type. `name` is the argument that takes it.
    pub(super) fn fits(
        &mut self,
        expression: &Expression,
        wanted: Shape<'_>,
        name: &str,
        place: &Place<'_>,
    ) {
        let bare = expression.bare();
        match (&bare.kind, wanted) {
            (ExpressionKind::Null, _)
            | (_, Shape::Unknown)
            | (ExpressionKind::List(_), Shape::Tuple)
            | (
                ExpressionKind::String(_)
                | ExpressionKind::Template(_)
                | ExpressionKind::Number(_)
                | ExpressionKind::Bool(_),
                Shape::String,
            )
            | (ExpressionKind::Number(_) | ExpressionKind::Template(_), Shape::Number)
            | (ExpressionKind::Bool(_) | ExpressionKind::Template(_), Shape::Bool) => {}
            (ExpressionKind::Conditional(conditional), _) => {
                self.fits(&conditional.then, wanted, name, place);
                self.fits(&conditional.otherwise, wanted, name, place);
            }
            (ExpressionKind::List(items), Shape::List(of) | Shape::Set(of)) => {
                for item in items {
                    self.fits(item, of.shape(), name, place);
                }
            }
            (ExpressionKind::Object(fields), Shape::Map(of)) => {
                for field in fields {
                    self.fits(&field.value, of.shape(), name, place);
                }
            }
            (ExpressionKind::Object(_), Shape::Object(fields)) => {
                self.object(bare, fields, name, place);
            }
            (ExpressionKind::String(text), Shape::Number) if is_number(text) => {}
            (ExpressionKind::String(text), Shape::Bool)
                if matches!(&**text, "true" | "false" | "0" | "1") => {}
            _ => {
                let found = self.infer(bare, place, 0);
                let is_text = matches!(bare.kind, ExpressionKind::String(_));
                if is_text || !agree(found, wanted) {
                    self.error(
                        ARGUMENT_WRONG_TYPE,
                        format!("`{name}` is {}; it must be {}", found.noun(), wanted.noun()),
                        help(found, wanted),
                        expression.origin,
                        place,
                    );
                }
            }
        }
    }

    fn object(&mut self, object: &Expression, wanted: Fields<'_>, name: &str, place: &Place<'_>) {
        let ExpressionKind::Object(fields) = &object.kind else {
            return;
        };
        for field in fields {
            let key = field.key.as_str();
            if let Some(shape) = key.and_then(|key| wanted.get(key)) {
                self.fits(&field.value, shape, key.unwrap_or(name), place);
            }
        }
        let given = Fields::Literal(fields);
        if given.is_open() {
            return;
        }
        for key in wanted.names() {
            if is_required(wanted, key) && given.get(key).is_none() {
                self.error(
                    ARGUMENT_MISSING,
                    format!("`{name}` lacks `{key}`, which each of its objects must have"),
                    format!("set `{key}`; `{key} = null` says that it has no value"),
                    object.origin,
                    place,
                );
            }
        }
    }
}

/// Whether an object of that type must have a field.
fn is_required(fields: Fields<'_>, key: &str) -> bool {
    match fields {
        Fields::Types(_, optional) => !optional.is_some_and(|optional| {
            optional.items().any(|name| name.str() == Some(key))
        }),
        Fields::Block(block) => block.attribute(key).is_some_and(AttributeSchema::is_required),
        Fields::Constraint(fields) => fields
            .iter()
            .filter(|field| field.key.as_str() == Some(key))
            .any(|field| !matches!(&field.value.bare().kind, ExpressionKind::Call(call) if call.name == "optional")),
        Fields::Literal(_) => false,
    }
}

fn is_number(text: &str) -> bool {
    text.trim() == text && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Whether a value of one shape can become one of another.
fn agree(found: Shape<'_>, wanted: Shape<'_>) -> bool {
    match (found, wanted) {
        // Text that says a number or a boolean becomes one; what it says is not known here.
        (Shape::String, wanted) => !wanted.is_collection(),
        (Shape::Unknown, _)
        | (_, Shape::Unknown)
        | (Shape::Number | Shape::Bool, Shape::String)
        | (Shape::Number, Shape::Number)
        | (Shape::Bool, Shape::Bool) => true,
        (found, wanted) if found.is_collection() && wanted.is_collection() => {
            let keyed = |shape| matches!(shape, Shape::Map(_) | Shape::Object(_));
            keyed(found) == keyed(wanted)
        }
        _ => false,
    }
}

fn help(found: Shape<'_>, wanted: Shape<'_>) -> String {
    match wanted {
        Shape::List(_) | Shape::Set(_) | Shape::Tuple if !found.is_collection() => {
            "put it into brackets: `[…]`".to_owned()
        }
        Shape::Map(_) | Shape::Object(_) => "write `{ key = value }`".to_owned(),
        Shape::String if found.is_collection() => {
            "name one element, or make text of it: `jsonencode(…)`, `join(\",\", …)`".to_owned()
        }
        Shape::Bool => "write `true` or `false`".to_owned(),
        Shape::Number => "write a number".to_owned(),
        _ => format!("write {}", wanted.noun()),
    }
}
