//! References: what they mean, whether it is there, and what it is.

use super::checker::{Checker, Place};
use super::codes::{ATTRIBUTE_UNKNOWN, REFERENCE_OUT_OF_CONTEXT, REFERENCE_UNDECLARED};
use super::graph::Vertex;
use super::module::{Module, instances};
use super::shape::{Fields, Shape, shape_of};
use super::steps::{below, index_of};
use crate::catalog::provider::SchemaKind;
use crate::diagnostic::Code;
use crate::hcl::{Expression, ExpressionKind, Step};
use crate::value::suggestion::closest;

/// Why a reference does not resolve.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) help: String,
}

impl Problem {
    pub(super) fn new(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// What a reference is, or what is wrong with it.
pub(super) type Resolved<'s> = Result<Shape<'s>, Problem>;

/// How deep local values are followed.
const DEPTH: usize = 8;

impl<'a> Checker<'a> {
    /// What a reference is.
    pub(super) fn resolve<'s>(
        &mut self,
        root: &str,
        steps: &'s [Step],
        place: &Place<'_>,
        depth: usize,
    ) -> Resolved<'s>
    where
        'a: 's,
    {
        match (root, steps) {
            ("var", [Step::Attribute(name), rest @ ..]) => self.variable(name, rest),
            ("local", [Step::Attribute(name), rest @ ..]) => self.local(name, rest, place, depth),
            ("module", [Step::Attribute(name), rest @ ..]) => self.module_output(name, rest),
            ("data", [Step::Attribute(of), Step::Attribute(name), rest @ ..]) => {
                self.thing(SchemaKind::DataSource, of, name, rest)
            }
            ("ephemeral", [Step::Attribute(of), Step::Attribute(name), rest @ ..]) => {
                self.thing(SchemaKind::Ephemeral, of, name, rest)
            }
            ("resource", [Step::Attribute(of), Step::Attribute(name), rest @ ..]) => {
                self.thing(SchemaKind::Resource, of, name, rest)
            }
            ("each", [Step::Attribute(name), ..]) if *name == "key" || *name == "value" => {
                self.in_scope(place.scope.each, "each", "for_each")
            }
            ("count", [Step::Attribute(name)]) if *name == "index" => self
                .in_scope(place.scope.count, "count", "count")
                .map(|_| Shape::Number),
            ("self", _) if place.scope.own => Ok(Shape::Unknown),
            ("self", _) => Err(Problem::new(
                REFERENCE_OUT_OF_CONTEXT,
                "`self` means nothing here; it is the resource within its provisioners, connections and postconditions",
                "name the resource",
            )),
            ("path", [Step::Attribute(name)]) if ["module", "root", "cwd"].contains(&&**name) => {
                Ok(Shape::String)
            }
            ("terraform", [Step::Attribute(name)])
                if ["workspace", "applying"].contains(&&**name) =>
            {
                Ok(if *name == "workspace" {
                    Shape::String
                } else {
                    Shape::Bool
                })
            }
            (
                "var" | "local" | "module" | "data" | "ephemeral" | "resource" | "each" | "count"
                | "path" | "terraform",
                _,
            ) => Err(Problem::new(
                REFERENCE_UNDECLARED,
                format!("`{}` refers to nothing", written(root, steps)),
                help_of(root),
            )),
            (of, [Step::Attribute(name), rest @ ..]) => {
                self.thing(SchemaKind::Resource, of, name, rest)
            }
            (name, _) => Err(Problem::new(
                REFERENCE_UNDECLARED,
                format!(
                    "`{name}` refers to nothing; a reference to a resource is its type, a dot and its name"
                ),
                "write text in quotes, a variable as `var.NAME`, a local value as `local.NAME`",
            )),
        }
    }

    #[expect(clippy::unused_self, reason = "reads as the others do")]
    fn in_scope<'s>(&self, holds: bool, name: &str, argument: &str) -> Resolved<'s> {
        if holds {
            return Ok(Shape::Unknown);
        }
        Err(Problem::new(
            REFERENCE_OUT_OF_CONTEXT,
            format!("`{name}` means nothing here; it is of blocks that have `{argument}`"),
            format!("set `{argument}`, or write the value itself"),
        ))
    }

    fn variable<'s>(&mut self, name: &str, rest: &'s [Step]) -> Resolved<'s>
    where
        'a: 's,
    {
        let Some((name, block)) = self.module.variables.get_key_value(name) else {
            let declared = self.module.variables.keys().copied();
            return Err(undeclared(
                &format!("the variable `{name}`"),
                closest(name, declared).map(|name| format!("var.{name}")),
                &format!("add a block `variable \"{name}\"`"),
            ));
        };
        self.used.insert(name);
        let shape = block
            .body
            .get("type")
            .map_or(Shape::Unknown, Shape::of_constraint);
        below(shape, rest, &format_args!("var.{name}"))
    }

    fn local<'s>(
        &mut self,
        name: &str,
        rest: &'s [Step],
        place: &Place<'_>,
        depth: usize,
    ) -> Resolved<'s>
    where
        'a: 's,
    {
        let Some((name, attribute)) = self.module.locals.get_key_value(name) else {
            let declared = self.module.locals.keys().copied();
            return Err(undeclared(
                &format!("the local value `{name}`"),
                closest(name, declared).map(|name| format!("local.{name}")),
                &format!("set `{name}` in a block `locals`"),
            ));
        };
        let value: &'a Expression = &attribute.value;
        let shape = self.infer(value, place, depth + 1);
        below(shape, rest, &format_args!("local.{name}"))
    }

    fn module_output<'s>(&mut self, name: &str, rest: &'s [Step]) -> Resolved<'s>
    where
        'a: 's,
    {
        let Some((name, block)) = self.module.modules.get_key_value(name) else {
            let declared = self.module.modules.keys().copied();
            return Err(undeclared(
                &format!("the module `{name}`"),
                closest(name, declared).map(|name| format!("module.{name}")),
                &format!("add a block `module \"{name}\"`"),
            ));
        };
        let address = format!("module.{name}");
        let Some(rest) = index_of(instances(block), rest, &address)? else {
            self.undecided();
            return Ok(Shape::Unknown);
        };
        let [Step::Attribute(output), rest @ ..] = rest else {
            return Ok(Shape::Unknown);
        };
        let Some(called) = self.called(block) else {
            self.undecided();
            return Ok(Shape::Unknown);
        };
        let outputs = called.outputs();
        if outputs.iter().any(|known| *known == &**output) {
            let _ = rest;
            return Ok(Shape::Unknown);
        }
        Err(Problem::new(
            ATTRIBUTE_UNKNOWN,
            format!("`{address}` has no output `{output}`"),
            match closest(output, outputs) {
                Some(meant) => format!("did you mean `{address}.{meant}`?"),
                None => format!("add a block `output \"{output}\"` to the module"),
            },
        ))
    }

    fn thing<'s>(
        &mut self,
        kind: SchemaKind,
        of: &str,
        name: &str,
        rest: &'s [Step],
    ) -> Resolved<'s>
    where
        'a: 's,
    {
        let module = self.module;
        let Some((index, thing)) = module.thing(kind, of, name) else {
            return Err(undeclared_thing(module, kind, of, name));
        };
        let Some(rest) = index_of(instances(thing.block), rest, thing)? else {
            self.undecided();
            return Ok(Shape::Unknown);
        };
        let Some(schema) = self.schema(index) else {
            self.undecided();
            return Ok(Shape::Unknown);
        };
        below(Shape::Object(Fields::Block(schema)), rest, thing)
    }

    /// What an expression is, without saying what is wrong with it.
    pub(super) fn infer<'s>(
        &mut self,
        expression: &'s Expression,
        place: &Place<'_>,
        depth: usize,
    ) -> Shape<'s>
    where
        'a: 's,
    {
        let bare = expression.bare();
        match &bare.kind {
            ExpressionKind::Reference(root, steps)
                if depth < DEPTH && !place.bound.contains(&&**root) =>
            {
                self.resolve(root, steps, place, depth)
                    .unwrap_or(Shape::Unknown)
            }
            _ => shape_of(bare),
        }
    }

    /// Notes that what is checked refers to something.
    pub(super) fn refer(&mut self, root: &str, steps: &[Step], expression: &Expression) {
        let Some(from) = self.current else {
            return;
        };
        let module = self.module;
        let thing = |kind, of: &str, name: &str| {
            let (index, _) = module.thing(kind, of, name)?;
            Some(Vertex::Thing(index))
        };
        let to = match (root, steps) {
            ("local", [Step::Attribute(name), ..]) => module
                .locals
                .get_key_value(&**name)
                .map(|(name, _)| Vertex::Local(name)),
            ("data", [Step::Attribute(of), Step::Attribute(name), ..]) => {
                thing(SchemaKind::DataSource, of, name)
            }
            ("ephemeral", [Step::Attribute(of), Step::Attribute(name), ..]) => {
                thing(SchemaKind::Ephemeral, of, name)
            }
            ("resource", [Step::Attribute(of), Step::Attribute(name), ..]) => {
                thing(SchemaKind::Resource, of, name)
            }
            (of, [Step::Attribute(name), ..]) => thing(SchemaKind::Resource, of, name),
            _ => None,
        };
        if let Some(to) = to {
            self.edges.add(from, to, expression.origin);
        }
    }
}

/// That no such resource is declared, and which may be meant: of the same type, else of the same name.
fn undeclared_thing(module: &Module<'_>, kind: SchemaKind, of: &str, name: &str) -> Problem {
    let prefix = match kind {
        SchemaKind::Resource => "",
        SchemaKind::DataSource => "data.",
        SchemaKind::Ephemeral => "ephemeral.",
    };
    let all = module.things().iter().filter(|thing| thing.kind == kind);
    let same_type = all.clone().filter(|thing| thing.of == of);
    let meant = closest(name, same_type.map(|thing| thing.name))
        .map(|name| format!("{prefix}{of}.{name}"))
        .or_else(|| {
            let same_name = all.filter(|thing| thing.name == name);
            closest(of, same_name.map(|thing| thing.of)).map(|of| format!("{prefix}{of}.{name}"))
        });
    undeclared(
        &format!("the {} `{prefix}{of}.{name}`", kind.noun()),
        meant,
        "declare it in this module, or take it as a variable",
    )
}

fn undeclared(what: &str, meant: Option<String>, otherwise: &str) -> Problem {
    Problem::new(
        REFERENCE_UNDECLARED,
        format!("{what} is not declared"),
        match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => otherwise.to_owned(),
        },
    )
}

fn help_of(root: &str) -> &'static str {
    match root {
        "each" => "it is `each.key` or `each.value`",
        "count" => "it is `count.index`",
        "path" => "it is `path.module`, `path.root` or `path.cwd`",
        "terraform" => "it is `terraform.workspace`",
        "data" => "it is `data.TYPE.NAME`",
        "ephemeral" => "it is `ephemeral.TYPE.NAME`",
        "resource" => "it is `resource.TYPE.NAME`",
        _ => "name what it refers to behind the dot",
    }
}

/// A reference as it was written, as far as it is made of names.
fn written(root: &str, steps: &[Step]) -> String {
    let mut text = root.to_owned();
    for step in steps {
        match step {
            Step::Attribute(name) => {
                text.push('.');
                text.push_str(name);
            }
            _ => break,
        }
    }
    text
}
