//! Steps into a value: attributes, indexes and splats, as far as its shape is known.

use std::fmt::Display;

use super::codes::{ATTRIBUTE_UNKNOWN, INDEX_INVALID};
use super::module::Instances;
use super::reference::{Problem, Resolved};
use super::shape::{Element, Shape};
use crate::hcl::{Expression, ExpressionKind, Step};
use crate::value::suggestion::closest;

/// The steps behind the one that picks an instance; nothing where what follows cannot be decided.
pub(super) fn index_of<'s>(
    instances: Instances,
    steps: &'s [Step],
    address: &dyn Display,
) -> Result<Option<&'s [Step]>, Problem> {
    let Some(first) = steps.first() else {
        // All instances together.
        return Ok(match instances {
            Instances::One => Some(steps),
            Instances::Counted | Instances::Each => None,
        });
    };
    let rest = steps.get(1..).unwrap_or_default();
    match (instances, first) {
        (Instances::One, Step::Index(_) | Step::Position(_)) => Err(Problem::new(
            INDEX_INVALID,
            format!(
                "`{address}` is not counted: it has neither `count` nor `for_each`, so it takes no index"
            ),
            "take the index out, or set `count`",
        )),
        (Instances::Counted, Step::Attribute(_)) => Err(Problem::new(
            INDEX_INVALID,
            format!(
                "`{address}` has `count`, so its attributes are those of one instance: `{address}[0]`"
            ),
            format!("write `{address}[0]` for one, `{address}[*]` for all"),
        )),
        (Instances::Each, Step::Attribute(_)) => Err(Problem::new(
            INDEX_INVALID,
            format!(
                "`{address}` has `for_each`, so its attributes are those of one instance: `{address}[\"key\"]`"
            ),
            format!("write `{address}[\"key\"]` for one, `values({address})[*]` for all"),
        )),
        (Instances::Counted, Step::Index(index)) if is_word(index) => Err(Problem::new(
            INDEX_INVALID,
            format!("`{address}` has `count`, so its index is a number"),
            format!("write `{address}[0]`"),
        )),
        (Instances::Each, Step::Index(index)) if is_number(index) => Err(Problem::new(
            INDEX_INVALID,
            format!("`{address}` has `for_each`, so its index is a key"),
            format!("write `{address}[\"key\"]`"),
        )),
        (Instances::One, _) => Ok(Some(steps)),
        (Instances::Counted, Step::Index(_) | Step::Position(_) | Step::Splat)
        | (Instances::Each, Step::Index(_)) => Ok(Some(rest)),
        _ => Ok(None),
    }
}

fn is_word(index: &Expression) -> bool {
    index
        .as_str()
        .is_some_and(|text| text.parse::<u64>().is_err())
}

fn is_number(index: &Expression) -> bool {
    matches!(index.bare().kind, ExpressionKind::Number(_))
}

/// What stands behind a row of steps into a value of that shape.
pub(super) fn below<'s>(
    mut shape: Shape<'s>,
    steps: &'s [Step],
    address: &dyn Display,
) -> Resolved<'s> {
    for step in steps {
        shape = match step {
            Step::Attribute(name) => attribute(shape, name, address)?,
            Step::Index(index) => match index.as_str() {
                Some(key) => key_of(shape, key, address)?,
                None => item(shape, address)?,
            },
            Step::Position(_) => item(shape, address)?,
            // What follows is asked of each element; the whole is a list of the answers.
            Step::Splat => match shape {
                Shape::List(of) | Shape::Set(of) => of.shape(),
                Shape::Object(_) | Shape::Unknown => shape,
                _ => Shape::Unknown,
            },
            Step::AttributeSplat => return Ok(Shape::Unknown),
        };
    }
    let splat = steps.iter().any(|step| matches!(step, Step::Splat));
    Ok(if splat {
        Shape::List(Element::Unknown)
    } else {
        shape
    })
}

fn attribute<'s>(shape: Shape<'s>, name: &str, address: &dyn Display) -> Resolved<'s> {
    match shape {
        Shape::Unknown => Ok(Shape::Unknown),
        Shape::Map(of) => Ok(of.shape()),
        Shape::Object(fields) => match fields.get(name) {
            Some(shape) => Ok(shape),
            None if fields.is_open() => Ok(Shape::Unknown),
            None => Err(Problem::new(
                ATTRIBUTE_UNKNOWN,
                format!("`{address}` has no attribute `{name}`"),
                match closest(name, fields.names()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "name an attribute that it has".to_owned(),
                },
            )),
        },
        Shape::List(_) | Shape::Set(_) | Shape::Tuple => Err(Problem::new(
            ATTRIBUTE_UNKNOWN,
            format!(
                "`{name}` of `{address}` is asked of {}; only its elements can have it",
                shape.noun()
            ),
            format!("write `[0].{name}` for one element, `[*].{name}` for all"),
        )),
        Shape::String | Shape::Number | Shape::Bool => Err(Problem::new(
            ATTRIBUTE_UNKNOWN,
            format!(
                "`{name}` of `{address}` is asked of {}, which has no attributes",
                shape.noun()
            ),
            format!("take `.{name}` out"),
        )),
    }
}

fn key_of<'s>(shape: Shape<'s>, key: &str, address: &dyn Display) -> Resolved<'s> {
    match shape {
        Shape::Object(_) => attribute(shape, key, address),
        Shape::Map(of) => Ok(of.shape()),
        _ if key.parse::<u64>().is_ok() => item(shape, address),
        Shape::List(_) | Shape::Tuple => Err(Problem::new(
            INDEX_INVALID,
            format!(
                "`{address}` is indexed with `\"{key}\"` where there is {}; its index is a number",
                shape.noun()
            ),
            "write a number in the brackets",
        )),
        _ => item(shape, address),
    }
}

/// What an element is, whichever it is.
fn item<'s>(shape: Shape<'s>, address: &dyn Display) -> Resolved<'s> {
    match shape {
        Shape::List(of) | Shape::Map(of) => Ok(of.shape()),
        Shape::Unknown | Shape::Tuple | Shape::Object(_) => Ok(Shape::Unknown),
        Shape::Set(_) => Err(Problem::new(
            INDEX_INVALID,
            format!("`{address}` is indexed where there is a set, whose elements have no order"),
            "write `one(…)` for the only element, or `tolist(…)[0]`",
        )),
        Shape::String | Shape::Number | Shape::Bool => Err(Problem::new(
            INDEX_INVALID,
            format!("`{address}` is indexed where there is {}", shape.noun()),
            "take the index out",
        )),
    }
}
