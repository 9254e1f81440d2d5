//! The tree as `.tf.json`: expressions are strings with `${…}`, comments are `//`.

use serde_json::{Map, Value};

use super::body::{Block, Body, Item};
use super::expression::{Expression, ExpressionKind, Field, ObjectKey, Part};
use super::print::print_in_line;
use super::quote::write_unquoted;

/// The same body in the order of names, for comparing: in JSON the blocks of one kind and type stand together.
pub(crate) fn sorted(body: &Body) -> Body {
    let mut items: Vec<Item> = body
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Attribute(_) => Some(item.clone()),
            Item::Block(block) => Some(Item::Block(Block {
                body: sorted(&block.body),
                ..block.clone()
            })),
            Item::Comment(_) | Item::Blank => None,
        })
        .collect();
    items.sort_by_cached_key(|item| match item {
        Item::Block(block) => {
            let labels = block.labels.iter().map(|label| label.text.to_string());
            (true, block.kind.to_string(), labels.collect())
        }
        Item::Attribute(attribute) => (false, attribute.name.to_string(), Vec::new()),
        Item::Comment(_) | Item::Blank => (false, String::new(), Vec::<String>::new()),
    });
    Body {
        items,
        ..Body::default()
    }
}

/// The text of a `.tf.json` file.
pub(crate) fn print_json(body: &Body) -> String {
    let mut text = serde_json::to_string_pretty(&Value::Object(object("", body)))
        .expect("maps have text keys");
    text.push('\n');
    text
}

fn object(kind: &str, body: &Body) -> Map<String, Value> {
    let mut object = Map::new();
    for item in &body.items {
        match item {
            Item::Attribute(attribute) => {
                let names_things = is_bare(kind, &attribute.name);
                let value = if names_things {
                    bare(&attribute.value)
                } else {
                    value(&attribute.value)
                };
                object.insert(attribute.name.to_string(), value);
            }
            Item::Block(block) => insert_block(&mut object, block),
            Item::Comment(text) => match object.get_mut("//") {
                Some(Value::String(before)) => {
                    before.push('\n');
                    before.push_str(text);
                }
                _ => {
                    object.insert("//".to_owned(), Value::String(text.to_string()));
                }
            },
            Item::Blank => {}
        }
    }
    object
}

/// Blocks of one kind share an object a label; those whose labels are the same make a list.
fn insert_block(object: &mut Map<String, Value>, block: &Block) {
    let mut slot = object.entry(&*block.kind).or_insert(Value::Null);
    for label in &block.labels {
        if !slot.is_object() {
            *slot = Value::Object(Map::new());
        }
        let Value::Object(labelled) = slot else {
            unreachable!("made an object above")
        };
        slot = labelled.entry(&*label.text).or_insert(Value::Null);
    }
    let body = Value::Object(self::object(&block.kind, &block.body));
    *slot = match slot.take() {
        Value::Null => body,
        Value::Array(mut bodies) => {
            bodies.push(body);
            Value::Array(bodies)
        }
        first => Value::Array(vec![first, body]),
    };
}

/// Attributes whose value Terraform reads as a name, not as a template.
pub(super) fn is_bare(kind: &str, name: &str) -> bool {
    matches!(
        (kind, name),
        (
            _,
            "depends_on"
                | "provider"
                | "ignore_changes"
                | "replace_triggered_by"
                | "configuration_aliases"
        ) | ("variable", "type")
            | ("module", "providers")
            | ("moved", "from" | "to")
            | ("removed", "from")
            | ("import", "to")
    )
}

fn bare(expression: &Expression) -> Value {
    match &expression.bare().kind {
        ExpressionKind::List(items) => Value::Array(items.iter().map(bare).collect()),
        ExpressionKind::Object(fields) => fields
            .iter()
            .map(|field| (bare_key(field), bare(&field.value)))
            .collect(),
        ExpressionKind::String(text) => Value::String(text.to_string()),
        _ => Value::String(print_in_line(expression.bare())),
    }
}

/// The name of a provider in a called module: `aws.csoc`.
fn bare_key(field: &Field) -> String {
    match &field.key {
        ObjectKey::Expression(expression) => print_in_line(expression.bare()),
        ObjectKey::Identifier(_) | ObjectKey::String(_) => key(field),
    }
}

fn value(expression: &Expression) -> Value {
    let expression = expression.bare();
    match &expression.kind {
        ExpressionKind::Null => Value::Null,
        ExpressionKind::Bool(value) => Value::Bool(*value),
        ExpressionKind::Number(text) => number(text),
        ExpressionKind::String(text) => Value::String(escaped(text)),
        ExpressionKind::List(items) => Value::Array(items.iter().map(value).collect()),
        ExpressionKind::Object(fields) => fields
            .iter()
            .map(|field| (key(field), value(&field.value)))
            .collect(),
        ExpressionKind::Template(parts)
            if parts
                .iter()
                .all(|part| !matches!(part, Part::Directive(..))) =>
        {
            Value::String(
                parts
                    .iter()
                    .enumerate()
                    .fold(String::new(), |mut text, (at, part)| {
                        match part {
                            // The printer in quotes escapes a `$` before `${`; here only an expression can hold it.
                            Part::Literal(literal)
                                if at + 1 < parts.len() && literal.ends_with(['$', '%']) =>
                            {
                                let (rest, last) = literal.split_at(literal.len() - 1);
                                write_unquoted(&mut text, rest);
                                text.push_str(if last == "$" { "${\"$\"}" } else { "${\"%\"}" });
                            }
                            Part::Literal(literal) => write_unquoted(&mut text, literal),
                            Part::Interpolation(..) | Part::Directive(..) => {
                                text.push_str(&interpolation(part));
                            }
                        }
                        text
                    }),
            )
        }
        _ => Value::String(format!("${{{}}}", print_in_line(expression))),
    }
}

fn interpolation(part: &Part) -> String {
    let text = print_in_line(&Expression::new(ExpressionKind::Template(vec![
        part.clone(),
    ])));
    text[1..text.len() - 1].to_owned()
}

fn key(field: &Field) -> String {
    match &field.key {
        ObjectKey::Identifier(text) | ObjectKey::String(text) => escaped(text),
        ObjectKey::Expression(expression) => match value(expression) {
            Value::String(text) => text,
            _ => print_in_line(expression),
        },
    }
}

fn number(text: &str) -> Value {
    let integer = text
        .parse()
        .map(|integer: i64| Value::Number(integer.into()));
    let float = || {
        text.parse()
            .ok()
            .and_then(serde_json::Number::from_f64)
            .map(Value::Number)
    };
    integer
        .ok()
        .or_else(float)
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    write_unquoted(&mut out, text);
    out
}
