//! `count`, `for_each`, `depends_on`, `provider`, `lifecycle`, provisioners: what every resource has.

use super::checker::{Checker, Place, Scope};
use super::codes::{ARGUMENT_WRONG_TYPE, BLOCK_UNKNOWN, META_ARGUMENT_INVALID};
use super::module::Thing;
use super::shape::Shape;
use super::things::known;
use crate::catalog::provider::{BlockSchema, SchemaKind};
use crate::hcl::{Block, Body, Expression, ExpressionKind, Step};
use crate::value::suggestion::closest;

/// What `lifecycle` of a resource takes.
const LIFECYCLE: [&str; 4] = [
    "create_before_destroy",
    "prevent_destroy",
    "ignore_changes",
    "replace_triggered_by",
];

impl<'a> Checker<'a> {
    /// Checks what Terraform itself takes in a resource or data source.
    pub(super) fn meta(
        &mut self,
        thing: &Thing<'a>,
        schema: Option<BlockSchema<'a>>,
        place: &Place<'_>,
    ) {
        let body = &thing.block.body;
        self.repetition(body, place);
        if let Some(value) = body.get("provider") {
            self.provider_argument(value, place);
        }
        for block in body.all_blocks() {
            match (&*block.kind, thing.kind) {
                ("lifecycle", kind) => self.lifecycle(block, kind, schema, place),
                ("provisioner" | "connection", SchemaKind::Resource) => {
                    let inside = Place {
                        scope: Scope {
                            own: true,
                            ..place.scope
                        },
                        ..*place
                    };
                    self.unknown_block(block, &inside);
                }
                _ => {}
            }
        }
    }

    /// Checks `count`, `for_each` and `depends_on`, which module calls have, too.
    pub(super) fn repetition(&mut self, body: &Body, place: &Place<'_>) {
        let outside = Place {
            scope: Scope::default(),
            ..*place
        };
        if let Some(count) = body.get("count") {
            self.expression(count, &outside);
            self.fits(count, Shape::Number, "count", &outside);
        }
        if let Some(each) = body.get("for_each") {
            self.expression(each, &outside);
            self.collection(each, &outside);
            if body.get("count").is_some() {
                self.error(
                    META_ARGUMENT_INVALID,
                    format!(
                        "`{}` has both `count` and `for_each`; it must have one of them",
                        place.address
                    ),
                    "take `count` out: keys keep their instance where a list changes",
                    each.origin,
                    place,
                );
            }
        }
        if let Some(list) = body.get("depends_on") {
            self.depends_on(list, &outside);
        }
    }

    /// `for_each` takes a map or a set of strings.
    fn collection(&mut self, each: &Expression, place: &Place<'_>) {
        let shape = self.infer(each, place, 0);
        if matches!(
            shape,
            Shape::List(_) | Shape::Tuple | Shape::String | Shape::Number | Shape::Bool
        ) {
            self.error(
                ARGUMENT_WRONG_TYPE,
                format!(
                    "`for_each` is {}; it must be a map or a set of strings",
                    shape.noun()
                ),
                "write `toset([…])`, or a map",
                each.origin,
                place,
            );
        }
    }

    fn depends_on(&mut self, list: &Expression, place: &Place<'_>) {
        let ExpressionKind::List(items) = &list.bare().kind else {
            self.error(
                META_ARGUMENT_INVALID,
                "`depends_on` is no list; it must be a list of references",
                "write `depends_on = [aws_iam_role.example]`",
                list.origin,
                place,
            );
            return;
        };
        for item in items {
            match &item.kind {
                ExpressionKind::Reference(root, steps) => {
                    // Only what is depended on counts; whatever stands behind it is not looked at.
                    let names = match &**root {
                        "data" | "ephemeral" | "resource" => 2,
                        _ => 1,
                    };
                    let whole = Expression::new(ExpressionKind::Reference(
                        root.clone(),
                        steps.iter().take(names).cloned().collect(),
                    ));
                    self.expression(&whole.at(item.origin), place);
                }
                _ => self.error(
                    META_ARGUMENT_INVALID,
                    "`depends_on` holds something that is no reference",
                    "name resources, data sources or modules, without quotes",
                    item.origin,
                    place,
                ),
            }
        }
    }

    fn lifecycle(
        &mut self,
        block: &Block,
        kind: SchemaKind,
        schema: Option<BlockSchema<'a>>,
        place: &Place<'_>,
    ) {
        let names: &[&str] = match kind {
            SchemaKind::Resource => &LIFECYCLE,
            SchemaKind::DataSource | SchemaKind::Ephemeral => &[],
        };
        for attribute in block.body.attributes() {
            let name = &*attribute.name;
            if !names.contains(&name) {
                self.error(
                    META_ARGUMENT_INVALID,
                    format!("`lifecycle` of a {} has no argument `{name}`", kind.noun()),
                    known(name, names),
                    attribute.origin,
                    place,
                );
                continue;
            }
            match name {
                "ignore_changes" => self.ignored(&attribute.value, schema, place),
                "replace_triggered_by" => self.expression(&attribute.value, place),
                _ => {
                    let is_literal = matches!(attribute.value.bare().kind, ExpressionKind::Bool(_))
                        || matches!(attribute.value.as_str(), Some("true" | "false"));
                    if !is_literal {
                        self.error(
                            META_ARGUMENT_INVALID,
                            format!("`{name}` is no literal; it must be `true` or `false`"),
                            "Terraform decides it before it knows any value",
                            attribute.value.origin,
                            place,
                        );
                    }
                }
            }
        }
        for inner in block.body.all_blocks() {
            if !["precondition", "postcondition", "action_trigger"].contains(&&*inner.kind) {
                self.error(
                    BLOCK_UNKNOWN,
                    format!("`lifecycle` has no block `{}`", inner.kind),
                    known(&inner.kind, &["precondition", "postcondition"]),
                    inner.origin,
                    place,
                );
                continue;
            }
            let inside = Place {
                scope: Scope {
                    own: inner.kind == "postcondition",
                    ..place.scope
                },
                ..*place
            };
            let current = self.current.take();
            self.expressions(&inner.body, &inside);
            self.current = current;
        }
    }

    /// What `ignore_changes` names are arguments of the resource.
    fn ignored(&mut self, value: &Expression, schema: Option<BlockSchema<'a>>, place: &Place<'_>) {
        let Some(schema) = schema else {
            return;
        };
        let ExpressionKind::List(items) = &value.bare().kind else {
            return;
        };
        for item in items {
            let name = match &item.bare().kind {
                ExpressionKind::Reference(root, _) => &**root,
                ExpressionKind::String(text) => &**text,
                ExpressionKind::Access(_, steps) => match steps.first() {
                    Some(Step::Attribute(name)) => name,
                    _ => continue,
                },
                _ => continue,
            };
            let is_there = schema.attribute(name).is_some() || schema.block(name).is_some();
            if !is_there && name != "all" {
                let names = schema.attributes().map(|(name, _)| name);
                let blocks = schema.blocks().map(|(name, _)| name);
                self.error(
                    META_ARGUMENT_INVALID,
                    format!(
                        "`ignore_changes` names `{name}`, which `{}` does not have",
                        place.address
                    ),
                    match closest(name, names.chain(blocks)) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => "take it out".to_owned(),
                    },
                    item.origin,
                    place,
                );
            }
        }
    }
}
