//! Blocks in JSON: objects that only a schema tells from arguments.

use super::{BlockSchema, Provider, SchemaKind};
use crate::catalog::Catalogs;
use crate::catalog::flat::CatalogKind;
use crate::hcl::{Attribute, Block, Body, Expression, ExpressionKind, Item, Label, ObjectKey};

/// The body of a `.tf.json` file as Terraform's own language has it: what a provider makes a block is one.
///
/// What no catalog knows stays an argument.
pub(crate) fn with_blocks(body: Body, catalogs: &Catalogs) -> Body {
    let change = |item: Item| match item {
        Item::Block(block) => {
            let schema = schema(&block, catalogs);
            let block = match schema {
                Some(schema) => Block {
                    body: nested(block.body, schema),
                    ..block
                },
                None => block,
            };
            Item::Block(block)
        }
        item => item,
    };
    Body {
        items: body.items.into_iter().map(change).collect(),
        ..body
    }
}

/// What the block of a root takes.
fn schema<'c>(block: &Block, catalogs: &'c Catalogs) -> Option<BlockSchema<'c>> {
    let of = block.label(0)?;
    let name = format!("hashicorp/{}", of.split('_').next().unwrap_or(of));
    let providers = catalogs.of_kind(CatalogKind::Provider).into_iter();
    let mut providers = providers
        .filter_map(Provider::new)
        .filter(|provider| provider.name() == name);
    let kind = match &*block.kind {
        "resource" => SchemaKind::Resource,
        "data" => SchemaKind::DataSource,
        "ephemeral" => SchemaKind::Ephemeral,
        "provider" => return providers.next()?.configuration(),
        _ => return None,
    };
    providers.find_map(|provider| provider.schema(kind, of))
}

fn nested(body: Body, schema: BlockSchema<'_>) -> Body {
    let mut items = Vec::with_capacity(body.items.len());
    for item in body.items {
        match item {
            Item::Attribute(attribute) => match schema
                .block(&attribute.name)
                .and_then(|nested| Some((nested.schema()?, bodies(&attribute.value)?)))
            {
                Some((inner, bodies)) => items.extend(bodies.into_iter().map(|body| {
                    let block = Block::unlabelled(attribute.name.clone());
                    Item::Block(block.body(nested(body, inner)).at(attribute.origin))
                })),
                None => items.push(Item::Attribute(attribute)),
            },
            // The content of a dynamic block is that of the block it stands for.
            Item::Block(block) if block.kind == "dynamic" => {
                let inner = block.label(0).and_then(|name| schema.block(name));
                let inner = inner.and_then(super::NestedSchema::schema);
                items.push(Item::Block(match inner {
                    Some(inner) => dynamic(block, inner),
                    None => block,
                }));
            }
            item => items.push(item),
        }
    }
    Body { items, ..body }
}

fn dynamic(block: Block, inner: BlockSchema<'_>) -> Block {
    let change = |item: Item| match item {
        Item::Block(content) if content.kind == "content" => Item::Block(Block {
            body: nested(content.body, inner),
            ..content
        }),
        item => item,
    };
    Block {
        body: Body {
            items: block.body.items.into_iter().map(change).collect(),
            spacing: block.body.spacing,
        },
        ..block
    }
}

/// The bodies that a value stands for: an object, or a list of them; nothing where it is another value.
fn bodies(value: &Expression) -> Option<Vec<Body>> {
    match &value.bare().kind {
        ExpressionKind::List(items) => {
            let bodies: Option<Vec<Vec<Body>>> = items.iter().map(bodies).collect();
            Some(bodies?.into_iter().flatten().collect())
        }
        ExpressionKind::Object(fields) => {
            let mut body = Body::new();
            for field in fields {
                let name = match &field.key {
                    ObjectKey::Identifier(name) | ObjectKey::String(name) => name.clone(),
                    ObjectKey::Expression(_) => return None,
                };
                // Where blocks are repeated, what repeats them stands below `dynamic`.
                if name == "dynamic" {
                    body.items.extend(dynamics(&field.value)?);
                    continue;
                }
                let mut attribute = Attribute::new(name, field.value.clone());
                attribute.origin = field.origin;
                body.push(attribute);
            }
            Some(vec![body])
        }
        _ => None,
    }
}

/// The dynamic blocks of an object, by the name of what each makes.
fn dynamics(value: &Expression) -> Option<Vec<Item>> {
    let ExpressionKind::Object(fields) = &value.bare().kind else {
        return None;
    };
    let mut items = Vec::new();
    for field in fields {
        let name = field.key.as_str()?.to_owned();
        for mut body in bodies(&field.value)? {
            for item in &mut body.items {
                let Item::Attribute(content) = item else {
                    continue;
                };
                if content.name != "content" {
                    continue;
                }
                let inner = bodies(&content.value)?.into_iter().next()?;
                *item = Item::Block(Block::unlabelled("content").body(inner));
            }
            let mut block = Block::unlabelled("dynamic").body(body).at(field.origin);
            block.labels.push(Label {
                text: name.clone().into(),
                origin: field.origin,
            });
            items.push(Item::Block(block));
        }
    }
    Some(items)
}
