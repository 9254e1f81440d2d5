//! Every expression of a module: references resolve, functions exist.

use super::checker::{Checker, Place};
use super::codes::{FUNCTION_ARGUMENTS_WRONG, FUNCTION_UNKNOWN};
use super::functions;
use super::walk::walk;
use crate::hcl::{Block, Body, Call, Expression, ExpressionKind, Item};
use crate::value::suggestion::closest;

impl Checker<'_> {
    /// Checks an expression and everything in it.
    pub(super) fn expression(&mut self, expression: &Expression, place: &Place<'_>) {
        // Most values are plain.
        if matches!(
            expression.kind,
            ExpressionKind::String(_) | ExpressionKind::Bool(_) | ExpressionKind::Number(_)
        ) {
            return;
        }
        let mut bound = place.bound.to_vec();
        walk(
            expression,
            &mut bound,
            &mut |part, bound| match &part.kind {
                ExpressionKind::Reference(root, steps) if !bound.contains(&&**root) => {
                    self.refer(root, steps, part);
                    if let Err(problem) = self.resolve(root, steps, place, 0) {
                        self.error(
                            problem.code,
                            problem.message,
                            problem.help,
                            part.origin,
                            place,
                        );
                    }
                }
                ExpressionKind::Call(call) => self.call(call, part, place),
                _ => {}
            },
        );
    }

    /// Checks the expressions of a body that has no schema.
    pub(super) fn expressions(&mut self, body: &Body, place: &Place<'_>) {
        for item in &body.items {
            match item {
                Item::Attribute(attribute) => self.expression(&attribute.value, place),
                Item::Block(block) => self.unknown_block(block, place),
                Item::Comment(_) | Item::Blank => {}
            }
        }
    }

    /// Checks the expressions of a block that nothing is known of; a `dynamic` one gives a name a meaning.
    pub(super) fn unknown_block(&mut self, block: &Block, place: &Place<'_>) {
        let mut bound = place.bound.to_vec();
        if block.kind == "dynamic" {
            bound.extend(block.label(0));
            if let Some(ExpressionKind::Reference(root, _)) =
                block.body.get("iterator").map(|it| &it.bare().kind)
            {
                bound.push(root);
            }
        }
        let inside = Place {
            bound: &bound,
            ..*place
        };
        for item in &block.body.items {
            match item {
                // An iterator is a name, and these are words; none is a reference.
                Item::Attribute(attribute) if attribute.name == "iterator" => {}
                Item::Attribute(attribute)
                    if block.kind == "provisioner"
                        && ["when", "on_failure"].contains(&&*attribute.name) => {}
                Item::Attribute(attribute) => self.expression(&attribute.value, &inside),
                Item::Block(block) => self.unknown_block(block, &inside),
                Item::Comment(_) | Item::Blank => {}
            }
        }
    }

    fn call(&mut self, call: &Call, expression: &Expression, place: &Place<'_>) {
        if let Some(name) = call.name.strip_prefix("provider::") {
            self.provider_function(name, expression, place);
            return;
        }
        let Some((least, most)) = functions::arguments(&call.name) else {
            self.error(
                FUNCTION_UNKNOWN,
                format!("Terraform has no function `{}`", call.name),
                match closest(&call.name, functions::names()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => {
                        "functions of providers are called `provider::NAME::FUNCTION`".to_owned()
                    }
                },
                expression.origin,
                place,
            );
            return;
        };
        let given = call.arguments.len();
        let too_few = given < least && !call.spread;
        if too_few || given > most {
            let wanted = match (least, most) {
                (least, most) if least == most => format!("{least}"),
                (least, usize::MAX) => format!("at least {least}"),
                (least, most) => format!("{least} to {most}"),
            };
            self.error(
                FUNCTION_ARGUMENTS_WRONG,
                format!(
                    "`{}` is called with {given} arguments; it takes {wanted}",
                    call.name
                ),
                "see its page in Terraform's documentation",
                expression.origin,
                place,
            );
        }
    }

    fn provider_function(&mut self, name: &str, expression: &Expression, place: &Place<'_>) {
        let Some((local, function)) = name.split_once("::") else {
            return;
        };
        let Some(provider) = self.provider(local).filter(|it| it.knows_functions()) else {
            self.undecided();
            return;
        };
        if !provider.functions().any(|known| known == function) {
            let meant = closest(function, provider.functions());
            self.error(
                FUNCTION_UNKNOWN,
                format!(
                    "the provider `{}` has no function `{function}`",
                    provider.name()
                ),
                meant.map_or_else(
                    || "another version of the provider may have it".to_owned(),
                    |meant| format!("did you mean `{meant}`?"),
                ),
                expression.origin,
                place,
            );
        }
    }
}
