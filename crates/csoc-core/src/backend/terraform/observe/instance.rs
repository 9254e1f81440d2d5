//! A root, or a module as one call of it makes it: what its names mean, and what its resources are.

use std::collections::BTreeMap;

use super::attributes::{define, variables};
use super::module::{Module, Modules};
use super::observer::Observer;
use super::output::define_outputs;
use super::place::Places;
use super::policies::Policies;
use super::resource::{Resources, is_none};
use crate::graph::Fact;
use crate::hcl::{Block, CALL_ARGUMENTS, Scope, evaluate};
use crate::value::{Kind, Node};

/// How deep modules may call each other; Terraform knows no limit, and a module that calls itself never ends.
const DEPTH: usize = 12;
/// How many modules are read for one root.
const BUDGET: usize = 2000;
/// How often a root is read: what one module gives may be what another is given.
const ROUNDS: usize = 3;

/// A root, or a module as one call of it makes it.
pub(super) struct Instance<'a> {
    /// What its addresses begin with: nothing, or `module.roles.`.
    pub(super) address: String,
    pub(super) module: &'a Module<'a>,
    pub(super) scope: Scope<'a>,
    pub(super) places: Places,
    pub(super) resources: Resources,
    /// Calls of modules that are not in the tree.
    pub(super) unread: Vec<&'a Block>,
    children: Vec<(&'a str, Self)>,
}

impl Instance<'_> {
    /// Itself and everything that it calls.
    pub(super) fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        for (_, child) in &self.children {
            all.extend(child.all());
        }
        all
    }

    /// Adds the facts that it shows.
    pub(super) fn observe(&self, policies: &Policies, facts: &mut Vec<Fact>) {
        for instance in self.all() {
            instance.resources.observe(facts);
            let mut observer = Observer::new(instance, policies, facts);
            for block in instance.module.declared("resource") {
                if !is_none(block, &instance.scope) {
                    observer.edges(block);
                }
            }
            for call in &instance.unread {
                observer.unread(call);
            }
        }
    }
}

/// Reads the modules of a root.
pub(super) struct Builder<'a> {
    modules: &'a Modules<'a>,
    budget: usize,
    /// Whether a module was left out.
    is_cut: bool,
}

impl<'a> Builder<'a> {
    /// A builder for one root.
    pub(super) const fn new(modules: &'a Modules<'a>) -> Self {
        Self {
            modules,
            budget: BUDGET,
            is_cut: false,
        }
    }

    /// The root; nothing where it is too large to be read whole: what was left out might be what is missed.
    pub(super) fn root(mut self, module: &'a Module<'a>) -> Option<Instance<'a>> {
        let mut scope = Scope::new();
        for file in &module.files {
            variables(file, &mut scope);
        }
        let mut places = Places::default();
        let instance = self.instance(module, scope, String::new(), 0, |scope| {
            places.read(module, scope);
            places
        });
        (!self.is_cut).then_some(instance)
    }

    fn instance(
        &mut self,
        module: &'a Module<'a>,
        mut scope: Scope<'a>,
        address: String,
        depth: usize,
        places: impl FnOnce(&Scope<'a>) -> Places,
    ) -> Instance<'a> {
        self.budget = self.budget.saturating_sub(1);
        for body in &module.bodies {
            scope.read(body);
        }
        define_outputs(module, &mut scope);
        let places = places(&scope);
        let mut instance = Instance {
            address,
            module,
            scope,
            places,
            resources: Resources::default(),
            unread: Vec::new(),
            children: Vec::new(),
        };
        let has_calls = module.calls().next().is_some();
        for _ in 0..if has_calls { ROUNDS } else { 1 } {
            instance.resources = Resources::of(&instance);
            // What a resource is called elsewhere is known once all of them are read.
            define(
                &instance.resources,
                module,
                &instance.address,
                &mut instance.scope,
            );
            let before = instance.scope.defined();
            self.children(&mut instance, depth);
            if instance.scope.defined() == before {
                break;
            }
        }
        instance
    }

    /// Reads the modules that an instance calls, and tells it what they give.
    fn children(&mut self, caller: &mut Instance<'a>, depth: usize) {
        caller.children.clear();
        caller.unread.clear();
        for (name, directory, call) in caller.module.calls() {
            if is_none(call, &caller.scope) {
                continue;
            }
            let module = directory.and_then(|directory| self.modules.get(&directory));
            let Some(module) = module else {
                caller.unread.push(call);
                continue;
            };
            if self.budget == 0 || depth >= DEPTH {
                self.is_cut = true;
                continue;
            }
            let child = self.child(caller, module, name, call, depth);
            let repeats = ["count", "for_each"];
            // One of several is not known by the name alone.
            if repeats.iter().all(|it| call.body.get(it).is_none()) {
                for output in module.blocks("output") {
                    let value = output.body.get("value");
                    let value = value.and_then(|value| evaluate(value, &child.scope).known());
                    if let Some((value, output)) = value.zip(output.label(0)) {
                        caller
                            .scope
                            .define(format!("module.{name}.{output}"), value);
                    }
                }
            }
            caller.children.push((name, child));
        }
    }

    fn child(
        &mut self,
        caller: &Instance<'a>,
        module: &'a Module<'a>,
        name: &str,
        call: &'a Block,
        depth: usize,
    ) -> Instance<'a> {
        let mut scope = Scope::new();
        let arguments: BTreeMap<&str, Node> = call
            .body
            .attributes()
            .filter(|attribute| !CALL_ARGUMENTS.contains(&&*attribute.name))
            .map(|attribute| {
                let value = evaluate(&attribute.value, &caller.scope).node;
                // Whether `null` stands for the default is the module's to say.
                let value = if value.is_null() {
                    Node::new(Kind::Pending([].into()))
                } else {
                    value
                };
                (&*attribute.name, value)
            })
            .collect();
        for (name, value) in arguments {
            scope.define(format!("var.{name}"), value);
        }
        let address = format!("{}module.{name}.", caller.address);
        self.instance(module, scope, address, depth + 1, |scope| {
            let mut places = Places::default();
            places.read(module, scope);
            places.inherit(&caller.places, call);
            places
        })
    }
}
