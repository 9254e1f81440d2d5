//! Blocks in JSON, which are objects that only a schema tells from arguments.

use crate::hcl::{Attribute, Body, Expression, ExpressionKind};

/// The bodies that a value of JSON stands for: an object, or a list of them.
pub(super) fn bodies(value: &Expression) -> Vec<Body> {
    match &value.bare().kind {
        ExpressionKind::List(items) => items.iter().flat_map(bodies).collect(),
        ExpressionKind::Object(fields) => {
            let mut body = Body::new();
            for field in fields {
                if let Some(name) = field.key.as_str() {
                    let mut attribute = Attribute::new(name.to_owned(), field.value.clone());
                    attribute.origin = field.origin;
                    body.push(attribute);
                }
            }
            vec![body]
        }
        _ => Vec::new(),
    }
}

/// Whether a value shows how many bodies it stands for.
pub(super) fn is_written_out(value: &Expression) -> bool {
    match &value.bare().kind {
        ExpressionKind::List(items) => items.iter().all(is_written_out),
        ExpressionKind::Object(_) => true,
        _ => false,
    }
}
