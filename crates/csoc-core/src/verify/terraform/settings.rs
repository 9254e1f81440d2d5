//! Terraform's own blocks: settings, variables, outputs, local values, checks.

use super::body::did_you_mean;
use super::checker::{Checker, Place, Scope};
use super::codes::{
    ARGUMENT_MISSING, ARGUMENT_UNKNOWN, BLOCK_LABELS_WRONG, BLOCK_UNKNOWN, VARIABLE_TYPE_INVALID,
    VARIABLE_UNUSED,
};
use super::graph::Vertex;
use super::module::Syntax;
use super::shape::Shape;
use crate::diagnostic::Finding;
use crate::hcl::{Block, Body, Expression, ExpressionKind};

/// A block of Terraform's own language.
struct Own {
    kind: &'static str,
    /// How many labels it has.
    labels: usize,
    /// Its arguments; nothing where it has any, or where they are looked at elsewhere.
    arguments: Option<&'static [&'static str]>,
    /// Those that must be set.
    required: &'static [&'static str],
    /// Its blocks.
    blocks: &'static [&'static str],
}

const OWN: [Own; 16] = [
    own("action", 2, None, &[], &[]),
    own("check", 1, Some(&[]), &[], &["assert", "data"]),
    own("data", 2, None, &[], &[]),
    own("ephemeral", 2, None, &[], &[]),
    own(
        "import",
        0,
        Some(&["to", "id", "for_each", "provider", "identity"]),
        &["to"],
        &[],
    ),
    own("locals", 0, None, &[], &[]),
    own("module", 1, None, &[], &[]),
    own("moved", 0, Some(&["from", "to"]), &["from", "to"], &[]),
    own(
        "output",
        1,
        Some(&[
            "value",
            "description",
            "sensitive",
            "depends_on",
            "ephemeral",
            "deprecated",
            "type",
        ]),
        &["value"],
        &["precondition", "postcondition"],
    ),
    own("provider", 1, None, &[], &[]),
    own(
        "removed",
        0,
        Some(&["from"]),
        &["from"],
        &["lifecycle", "provisioner", "connection"],
    ),
    own("resource", 2, None, &[], &[]),
    own(
        "terraform",
        0,
        Some(&["required_version", "experiments", "language"]),
        &[],
        &[
            "backend",
            "cloud",
            "required_providers",
            "provider_meta",
            "encryption",
        ],
    ),
    own(
        "variable",
        1,
        Some(&[
            "type",
            "default",
            "description",
            "sensitive",
            "nullable",
            "ephemeral",
            "deprecated",
            "const",
        ]),
        &[],
        &["validation"],
    ),
    own(
        "assert",
        0,
        Some(&["condition", "error_message"]),
        &["condition", "error_message"],
        &[],
    ),
    own(
        "validation",
        0,
        Some(&["condition", "error_message"]),
        &["condition", "error_message"],
        &[],
    ),
];

/// Types without an argument.
const WORDS: [&str; 7] = ["string", "number", "bool", "any", "list", "set", "map"];

/// How many of [`OWN`] stand in no other block.
const OUTERMOST: usize = 14;

const fn own(
    kind: &'static str,
    labels: usize,
    arguments: Option<&'static [&'static str]>,
    required: &'static [&'static str],
    blocks: &'static [&'static str],
) -> Own {
    Own {
        kind,
        labels,
        arguments,
        required,
        blocks,
    }
}

fn place(address: &str, syntax: Syntax) -> Place<'_> {
    Place {
        address,
        syntax,
        scope: Scope::default(),
        bound: &[],
    }
}

impl Checker<'_> {
    /// Checks that there are only blocks that Terraform knows, with their labels and arguments.
    pub(super) fn outermost(&mut self) {
        let module = self.module;
        for attribute in &module.stray {
            self.error(
                ARGUMENT_UNKNOWN,
                format!("`{}` stands in no block; files hold only blocks", attribute.name),
                "move it into the block that it belongs to; variables are set in `terraform.tfvars`",
                attribute.origin,
                &place(&attribute.name, Syntax::Native),
            );
        }
        for (block, syntax) in &module.blocks {
            let place = place(&block.kind, *syntax);
            let outermost = OWN.iter().take(OUTERMOST);
            let Some(known) = outermost.clone().find(|own| own.kind == block.kind) else {
                self.error(
                    BLOCK_UNKNOWN,
                    format!("Terraform has no block `{}`", block.kind),
                    did_you_mean(&block.kind, outermost.map(|own| own.kind)),
                    block.origin,
                    &place,
                );
                continue;
            };
            self.own_block(block, known, &place);
        }
    }

    fn own_block(&mut self, block: &Block, known: &Own, place: &Place<'_>) {
        if block.labels.len() != known.labels {
            self.error(
                BLOCK_LABELS_WRONG,
                format!(
                    "`{}` has {} labels; it must have {}",
                    known.kind,
                    block.labels.len(),
                    known.labels
                ),
                "labels are the quoted words before the brace, such as type and name of a resource",
                block.origin,
                place,
            );
        }
        let Some(arguments) = known.arguments else {
            return;
        };
        self.once(block.body.attributes(), place);
        for attribute in block.body.attributes() {
            if !arguments.contains(&&*attribute.name) {
                self.error(
                    ARGUMENT_UNKNOWN,
                    format!("`{}` has no argument `{}`", known.kind, attribute.name),
                    did_you_mean(&attribute.name, arguments.iter().copied()),
                    attribute.origin,
                    place,
                );
            }
        }
        for name in known.required {
            if block.body.get(name).is_none() {
                self.error(
                    ARGUMENT_MISSING,
                    format!("`{}` must have `{name}`, and it is not set", known.kind),
                    format!("set `{name}`"),
                    block.origin,
                    place,
                );
            }
        }
        for inner in block.body.all_blocks() {
            if !known.blocks.contains(&&*inner.kind) {
                self.error(
                    BLOCK_UNKNOWN,
                    format!("`{}` has no block `{}`", known.kind, inner.kind),
                    did_you_mean(&inner.kind, known.blocks.iter().copied()),
                    inner.origin,
                    place,
                );
            } else if let Some(own) = OWN
                .iter()
                .skip(OUTERMOST)
                .find(|own| own.kind == inner.kind)
            {
                self.own_block(inner, own, place);
            }
        }
    }

    /// Checks versions, outputs, local values and checks: everything with expressions that is no resource.
    pub(super) fn declarations(&mut self) {
        let module = self.module;
        for (name, required) in &module.required {
            if let Some(version) = required.version {
                let address = format!("provider.{name}");
                self.constraint(version, &place(&address, Syntax::Native));
            }
        }
        for (block, syntax) in &module.blocks {
            match &*block.kind {
                "terraform" => {
                    if let Some(version) = block.body.get("required_version") {
                        self.constraint(version, &place("terraform", *syntax));
                    }
                }
                "check" => {
                    let place = place("check", *syntax);
                    for inner in block.body.blocks_of("assert") {
                        self.expressions(&inner.body, &place);
                    }
                }
                _ => {}
            }
        }
        for (name, attribute) in &module.locals {
            let address = format!("local.{name}");
            self.current = Some(Vertex::Local(name));
            self.expression(&attribute.value, &place(&address, Syntax::Native));
            self.current = None;
        }
        for (name, block) in &module.outputs {
            let address = format!("output.{name}");
            self.expressions(&block.body, &place(&address, Syntax::Native));
            self.shown(&block.body, &place(&address, Syntax::Native));
        }
        for (name, block) in &module.variables {
            let address = format!("var.{name}");
            self.variable_block(&block.body, &place(&address, Syntax::Native));
        }
    }

    fn variable_block(&mut self, body: &Body, place: &Place<'_>) {
        let wanted = match body.get("type") {
            Some(of) => {
                self.constraint_type(of, place);
                Shape::of_constraint(of)
            }
            None => Shape::Unknown,
        };
        if let Some(default) = body.get("default") {
            self.expression(default, place);
            self.fits(default, wanted, "default", place);
        }
        // A condition speaks of the variable itself, which is no use of it.
        let used = self.used.clone();
        for validation in body.blocks_of("validation") {
            self.expressions(&validation.body, place);
        }
        self.used = used;
    }

    /// The type of a variable is one.
    fn constraint_type(&mut self, of: &Expression, place: &Place<'_>) {
        let mut wrong = |message: String, help: &str| {
            self.error(VARIABLE_TYPE_INVALID, message, help, of.origin, place);
        };
        match &of.bare().kind {
            ExpressionKind::Reference(name, steps) if steps.is_empty() => {
                if !WORDS.contains(&&**name) {
                    let help = did_you_mean(name, WORDS);
                    wrong(format!("`{name}` is no type"), &help);
                }
            }
            ExpressionKind::Call(call) => match (&*call.name, &*call.arguments) {
                ("list" | "set" | "map", [of]) | ("optional", [of] | [of, _]) => {
                    self.constraint_type(of, place);
                }
                ("object", [fields]) => match &fields.bare().kind {
                    ExpressionKind::Object(fields) => {
                        for field in fields {
                            self.constraint_type(&field.value, place);
                        }
                    }
                    _ => wrong(
                        "`object` is given no object".to_owned(),
                        "write `object({ name = TYPE })`",
                    ),
                },
                ("tuple", [items]) => {
                    if let ExpressionKind::List(items) = &items.bare().kind {
                        for item in items {
                            self.constraint_type(item, place);
                        }
                    }
                }
                (name, _) => wrong(
                    format!("`{name}(…)` is no type"),
                    "types are `string`, `number`, `bool`, `any`, `list(…)`, `set(…)`, `map(…)`, `object({…})`, `tuple([…])`",
                ),
            },
            ExpressionKind::String(text) => wrong(
                format!("the type `{text}` stands in quotes"),
                "take the quotes off",
            ),
            _ => wrong(
                "the type of a variable is no type".to_owned(),
                "write a type such as `string` or `list(string)`",
            ),
        }
    }

    /// Says which variables nothing refers to.
    pub(super) fn unused(&mut self) {
        let module = self.module;
        for (name, block) in &module.variables {
            if !self.used.contains(name) {
                self.found.push(
                    Finding::warning(
                        VARIABLE_UNUSED,
                        format!(
                            "nothing refers to the variable `{name}`: setting it changes nothing"
                        ),
                    )
                    .help(format!(
                        "use it, or take the block `variable \"{name}\"` out"
                    ))
                    .label(block.origin.span(), "declared here")
                    .path(format!("var.{name}")),
                );
            }
        }
    }
}
