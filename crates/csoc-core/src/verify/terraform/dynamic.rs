//! `dynamic` blocks: they make blocks of what a value holds.

use super::body::Level;
use super::checker::{Checker, Place};
use super::codes::DYNAMIC_BLOCK_INVALID;
use crate::catalog::provider::BlockSchema;
use crate::hcl::{Block, Body, ExpressionKind};

impl<'a> Checker<'a> {
    /// A `dynamic` block; gives back the name of the blocks that it makes.
    pub(super) fn dynamic<'e>(
        &mut self,
        block: &'e Block,
        schema: BlockSchema<'a>,
        place: &Place<'_>,
    ) -> Option<&'e str> {
        let Some(name) = block.label(0) else {
            self.error(
                DYNAMIC_BLOCK_INVALID,
                "`dynamic` has no label; it must name the blocks that it makes",
                "write `dynamic \"NAME\" { … }`",
                block.origin,
                place,
            );
            return None;
        };
        let mut iterator = name;
        for attribute in block.body.attributes() {
            match &*attribute.name {
                "for_each" | "labels" => self.expression(&attribute.value, place),
                "iterator" => {
                    if let ExpressionKind::Reference(root, _) = &attribute.value.bare().kind {
                        iterator = root;
                    }
                }
                other => self.error(
                    DYNAMIC_BLOCK_INVALID,
                    format!("`dynamic` has no argument `{other}`"),
                    "it takes `for_each`, `iterator` and `labels`; the rest stands in its block `content`",
                    attribute.origin,
                    place,
                ),
            }
        }
        if block.body.get("for_each").is_none() {
            self.error(
                DYNAMIC_BLOCK_INVALID,
                format!("the dynamic block `{name}` has no `for_each`"),
                "set `for_each` to what it makes a block of each of",
                block.origin,
                place,
            );
        }
        let bound = [place.bound, &[iterator]].concat();
        let inner_place = Place {
            bound: &bound,
            ..*place
        };
        let contents = block.body.blocks_of("content").collect::<Vec<_>>();
        if contents.len() != 1 {
            self.error(
                DYNAMIC_BLOCK_INVALID,
                format!(
                    "the dynamic block `{name}` has {} blocks `content`; it must have one",
                    contents.len()
                ),
                "write the arguments of each block into one block `content`",
                block.origin,
                place,
            );
        }
        let mut named = block.clone();
        named.body = Body::new();
        let schema = self.block_schema(&named, name, schema, place);
        for content in contents {
            match schema {
                Some(schema) => self.body(
                    &content.body,
                    schema,
                    Level::Other,
                    &|_| false,
                    content.origin,
                    &inner_place,
                ),
                None => self.expressions(&content.body, &inner_place),
            }
        }
        Some(name)
    }
}
