//! `.tf.json` as the same tree: objects are blocks where Terraform's own language has blocks,
//! strings are templates, and what names things is a reference.
//!
//! What a provider's schema makes a block stays an attribute whose value is an
//! object or a list of them: only the schema can tell.

use super::{Escapes, Reader};
use crate::hcl::body::{Attribute, Block, Body, Item, Label, Spacing};
use crate::hcl::expression::{Expression, ExpressionKind, Field, ObjectKey};
use crate::hcl::json::is_bare;
use crate::hcl::reference::parse_reference;
use crate::span::{SourceFile, Sources};
use crate::value::{Entry, Kind, Node, Origin, Reading};

/// The body of a `.tf.json` file that was read as JSON.
pub(crate) fn read_json(node: &Node) -> Body {
    body("", node)
}

/// A value as an expression that says just that: strings are text, whatever they look like.
pub(crate) fn value_of(node: &Node) -> Expression {
    expression(node, &|text, _| Expression::from(text))
}

/// How many labels the blocks of a kind have, by the kind of block that they stand in; nothing where it is an attribute.
fn labels(parent: &str, kind: &str) -> Option<usize> {
    match (parent, kind) {
        ("", "resource" | "data" | "ephemeral" | "action") => Some(2),
        ("", "module" | "provider" | "variable" | "output" | "check")
        | ("check", "data")
        | ("terraform", "backend" | "provider_meta")
        | ("resource", "provisioner")
        | (_, "dynamic") => Some(1),
        ("", "locals" | "terraform" | "moved" | "removed" | "import")
        | ("terraform", "required_providers" | "cloud")
        | ("resource" | "data" | "ephemeral" | "removed", "lifecycle")
        | ("resource", "connection")
        | ("variable", "validation")
        | ("lifecycle" | "output", "precondition" | "postcondition")
        | ("check", "assert")
        | ("dynamic", "content") => Some(0),
        _ => None,
    }
}

fn body(kind: &str, node: &Node) -> Body {
    let mut items = Vec::new();
    for entry in node.entries() {
        let name = entry.key.as_str();
        if name == "//" {
            continue;
        }
        match labels(kind, name) {
            Some(count) => blocks(entry, count, &mut Vec::new(), &entry.node, &mut items),
            None => items.push(Item::Attribute(Attribute {
                name: name.to_owned().into(),
                value: if is_bare(kind, name) {
                    bare(&entry.node)
                } else {
                    expression(&entry.node, &template)
                },
                origin: entry.key_origin,
            })),
        }
    }
    Body {
        items,
        spacing: Spacing::Automatic,
    }
}

/// Adds the blocks below a key: an object for each label that is missing, then a body or a list of bodies.
fn blocks(
    kind: &Entry,
    missing: usize,
    labels: &mut Vec<Label>,
    node: &Node,
    items: &mut Vec<Item>,
) {
    if let Kind::List(list) = &node.kind {
        for node in list {
            blocks(kind, missing, labels, node, items);
        }
        return;
    }
    if missing == 0 {
        items.push(Item::Block(Block {
            kind: kind.key.as_str().to_owned().into(),
            labels: labels.clone(),
            body: body(kind.key.as_str(), node),
            origin: labels.last().map_or(kind.key_origin, |label| label.origin),
        }));
        return;
    }
    for entry in node.entries() {
        if entry.key == "//" {
            continue;
        }
        labels.push(Label {
            text: entry.key.as_str().to_owned().into(),
            origin: entry.key_origin,
        });
        blocks(kind, missing - 1, labels, &entry.node, items);
        labels.pop();
    }
}

/// A value of which each string is made an expression by `text`.
fn expression(node: &Node, text: &dyn Fn(&str, Origin) -> Expression) -> Expression {
    let made = match &node.kind {
        Kind::Pending(_) => Expression::null(),
        Kind::List(items) => Expression::list(items.iter().map(|item| expression(item, text))),
        Kind::Map(entries) => {
            let field = |entry: &Entry| Field {
                key: ObjectKey::String(entry.key.as_str().to_owned().into()),
                value: expression(&entry.node, text),
                origin: entry.key_origin,
            };
            let known = entries.iter().filter(|entry| entry.key != "//");
            Expression::new(ExpressionKind::Object(known.map(field).collect()))
        }
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Null => Expression::null(),
            Reading::Bool(value) => Expression::from(value),
            Reading::Integer(_) | Reading::Float(_) => {
                Expression::new(ExpressionKind::Number(scalar.text.clone()))
            }
            Reading::Text(content) => text(content, node.origin),
        },
    };
    made.at(node.origin)
}

/// What a string means that may hold `${…}`; just itself where it does not read.
fn template(text: &str, origin: Origin) -> Expression {
    if !text.contains("${") && !text.contains("%{") {
        return Expression::from(text);
    }
    let Ok(parsed) = text.parse::<hcl_edit::template::Template>() else {
        return Expression::from(text);
    };
    let file = Sources::default().add(SourceFile::new("", ""));
    let reader = Reader {
        text: "",
        file,
        base: 0,
        fixed: Some(origin),
    };
    Expression::new(reader.template(parsed.iter(), Escapes::None))
}

/// What names things: references as Terraform writes them, alone or in lists and objects.
fn bare(node: &Node) -> Expression {
    let text = |text: &str, origin: Origin| {
        let inner = text
            .strip_prefix("${")
            .and_then(|text| text.strip_suffix('}'));
        let wanted = inner.unwrap_or(text);
        let file = Sources::default().add(SourceFile::new("", ""));
        parse_reference(wanted)
            .or_else(|| {
                let reader = Reader {
                    text: "",
                    file,
                    base: 0,
                    fixed: Some(origin),
                };
                let parsed = wanted.parse::<hcl_edit::expr::Expression>().ok()?;
                Some(reader.expression(&parsed))
            })
            .unwrap_or_else(|| Expression::from(text))
            .at(origin)
    };
    let mut named = expression(node, &text);
    if let ExpressionKind::Object(fields) = &mut named.kind {
        for field in fields {
            if let ObjectKey::String(name) = &field.key
                && let Some(reference) = name.contains('.').then(|| parse_reference(name)).flatten()
            {
                field.key = ObjectKey::Expression(Box::new(reference.at(field.origin)));
            }
        }
    }
    named
}
