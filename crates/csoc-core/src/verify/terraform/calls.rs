//! Calls of modules: what is passed, what must be, and what comes back.

use super::body::did_you_mean;
use super::checker::{Checker, Place, Scope};
use super::codes::{
    ARGUMENT_MISSING, ARGUMENT_UNKNOWN, MODULE_BROKEN, MODULE_COMBINATION_BROKEN, MODULE_MISSING,
    MODULE_VARIABLE_DEAD,
};
use super::module::{Module, Syntax};
use super::shape::Shape;
use crate::catalog::module::ModuleFacts;
use crate::diagnostic::Finding;
use crate::hcl::{
    Block, CALL_ARGUMENTS, Expression, ExpressionKind, is_local_source, module_directory,
};

/// A module that is called, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub(super) enum Called<'a> {
    /// A directory of the same tree.
    Directory(&'a Module<'a>),
    /// A module of a catalog.
    Catalog(ModuleFacts<'a>),
}

impl<'a> Called<'a> {
    /// The names of its outputs.
    pub(super) fn outputs(self) -> Vec<&'a str> {
        match self {
            Self::Directory(module) => module.outputs.keys().copied().collect(),
            Self::Catalog(facts) => facts.outputs().collect(),
        }
    }

    /// The names of its variables, each with whether it must be set.
    fn variables(self) -> Vec<(&'a str, bool)> {
        match self {
            Self::Directory(module) => module
                .variables
                .iter()
                .map(|(name, block)| (*name, block.body.get("default").is_none()))
                .collect(),
            Self::Catalog(facts) => facts.variables().collect(),
        }
    }

    /// What a variable takes.
    fn shape(self, name: &str) -> Shape<'a> {
        match self {
            Self::Directory(module) => module
                .variables
                .get(name)
                .and_then(|block| block.body.get("type"))
                .map_or(Shape::Unknown, Shape::of_constraint),
            Self::Catalog(_) => Shape::Unknown,
        }
    }
}

impl<'a> Checker<'a> {
    /// The module that a call names; nothing where it is not known.
    pub(super) fn called(&self, block: &Block) -> Option<Called<'a>> {
        let source = block.body.get("source").and_then(Expression::as_str)?;
        if is_local_source(source) {
            let path = module_directory(self.module.path, source)?;
            return self.modules.get(&*path).map(Called::Directory);
        }
        let version = block.body.get("version").and_then(Expression::as_str);
        ModuleFacts::find(self.catalogs, source, version).map(Called::Catalog)
    }

    /// Checks every call.
    pub(super) fn calls(&mut self) {
        let module = self.module;
        for (name, block) in &module.modules {
            let address = format!("module.{name}");
            let place = Place {
                address: &address,
                syntax: Syntax::Native,
                scope: Scope {
                    each: block.body.get("for_each").is_some(),
                    count: block.body.get("count").is_some(),
                    own: false,
                },
                bound: &[],
            };
            self.module_call(block, &place);
        }
    }

    fn module_call(&mut self, block: &'a Block, place: &Place<'_>) {
        self.repetition(&block.body, place);
        if let Some(version) = block.body.get("version") {
            self.constraint(version, place);
        }
        if let Some(providers) = block.body.get("providers")
            && let ExpressionKind::Object(fields) = &providers.bare().kind
        {
            for field in fields {
                self.provider_argument(&field.value, place);
            }
        }
        let arguments = || {
            block
                .body
                .attributes()
                .filter(|it| !CALL_ARGUMENTS.contains(&&*it.name))
        };
        for attribute in arguments() {
            self.expression(&attribute.value, place);
        }
        let Some(source) = block.body.get("source") else {
            self.error(
                ARGUMENT_MISSING,
                format!("`{}` must have `source`, and it is not set", place.address),
                "set `source` to a directory such as `./modules/vpc`, or to an address",
                block.origin,
                place,
            );
            return;
        };
        let Some(called) = self.called(block) else {
            self.missing(source, place);
            return;
        };
        if let Called::Catalog(facts) = called {
            self.known(facts, block, source, place);
        }
        let variables = called.variables();
        for attribute in arguments() {
            let name = &*attribute.name;
            if variables.iter().any(|(known, _)| *known == name) {
                self.fits(&attribute.value, called.shape(name), name, place);
            } else {
                self.error(
                    ARGUMENT_UNKNOWN,
                    format!("the module of `{}` has no variable `{name}`", place.address),
                    did_you_mean(name, variables.iter().map(|(name, _)| *name)),
                    attribute.origin,
                    place,
                );
            }
        }
        for (name, required) in variables {
            if required && block.body.get(name).is_none() {
                self.error(
                    ARGUMENT_MISSING,
                    format!("`{}` must have `{name}`, and it is not set", place.address),
                    format!("set `{name}`: the module's variable has no default"),
                    block.origin,
                    place,
                );
            }
        }
    }

    /// What is known of a module beside what it declares: it is broken, or is when it is called so.
    fn known(
        &mut self,
        facts: ModuleFacts<'a>,
        block: &Block,
        source: &Expression,
        place: &Place<'_>,
    ) {
        for reason in facts.errors() {
            self.error(
                MODULE_BROKEN,
                format!(
                    "Terraform refuses the module that `{}` calls: {reason}",
                    place.address
                ),
                "use another version of the module, or another module",
                source.origin,
                place,
            );
        }
        let given = |name: &str| block.body.get(name);
        for bad in facts.known_bad() {
            let is_so = bad
                .when()
                .all(|(name, value)| given(name).is_some_and(|it| says(it, value)))
                && bad.unset().all(|name| given(name).is_none());
            if is_so {
                self.error(
                    MODULE_COMBINATION_BROKEN,
                    format!("`{}` cannot work: {}", place.address, bad.says()),
                    bad.help(),
                    block.origin,
                    place,
                );
            }
        }
        // What must be set is set, whatever becomes of it.
        let required: Vec<&str> = facts
            .variables()
            .filter_map(|(name, required)| required.then_some(name))
            .collect();
        let is_dead = |name: &str| facts.is_dead(name) && !required.contains(&name);
        for attribute in block.body.attributes().filter(|it| is_dead(&it.name)) {
            self.found.push(
                Finding::warning(
                    MODULE_VARIABLE_DEAD,
                    format!(
                        "`{}` of `{}` does nothing: the module never reads it",
                        attribute.name, place.address
                    ),
                )
                .help("take it out")
                .label(attribute.origin.span(), "here")
                .path(place.address),
            );
        }
    }

    /// A directory that is not there. What lies elsewhere cannot be looked at.
    fn missing(&mut self, source: &Expression, place: &Place<'_>) {
        let path = source
            .as_str()
            .and_then(|source| module_directory(self.module.path, source));
        let Some(path) = path else {
            self.undecided();
            return;
        };
        self.error(
            MODULE_MISSING,
            format!("there is no module in `{path}`, which `{}` calls", place.address),
            "a module is a directory with `.tf` files; the path is relative to the file that calls it",
            source.origin,
            place,
        );
    }
}

/// Whether a value is that literal.
fn says(value: &Expression, text: &str) -> bool {
    match &value.bare().kind {
        ExpressionKind::Bool(value) => text == if *value { "true" } else { "false" },
        ExpressionKind::Number(number) => text == &**number,
        ExpressionKind::String(value) => text == &**value,
        _ => false,
    }
}

/// The directories whose modules a module calls.
pub(super) fn directories(module: &Module<'_>) -> Vec<String> {
    let sources = module
        .modules
        .values()
        .filter_map(|block| block.body.get("source"));
    sources
        .filter_map(Expression::as_str)
        .filter_map(|source| module_directory(module.path, source))
        .collect()
}

/// The directories whose modules a module calls, each with the arguments that are set.
pub(super) fn arguments<'a>(module: &Module<'a>) -> Vec<(String, Vec<&'a str>)> {
    let call = |block: &&'a Block| {
        let source = block.body.get("source")?.as_str()?;
        let directory = module_directory(module.path, source)?;
        let names = block.body.attributes().map(|attribute| &*attribute.name);
        Some((directory, names.collect()))
    };
    module.modules.values().filter_map(call).collect()
}
