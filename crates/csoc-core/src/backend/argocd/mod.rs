//! Argo CD: an Application an environment, what a cluster's environments share, and the projects that bound them.

mod addons;
mod application;
mod cluster;
mod components;
mod cutover;
mod hub;
mod input;
mod nodes;
mod observe;
mod policies;
mod project;
mod readme;
mod repository;
mod root;
mod source;
mod sync;
#[cfg(test)]
mod tests;
mod volumes;

use std::collections::BTreeSet;

use super::{Backend, Compiled, FleetView, Holding, Unit};
use crate::graph::Fact;
use crate::tree::{BackendName, Document, File};
use crate::value::Node;
pub(super) use components::{Component, components};
pub(crate) use input::Input;
pub(super) use input::{Platform, delivered, platforms};
pub(super) use project::{PLATFORM, of_platform};
pub(super) use root::root;

/// Applications and what they need.
pub(crate) struct ArgoCd;

impl Backend for ArgoCd {
    type Input = Input;

    fn name(&self) -> BackendName {
        BackendName::Argocd
    }

    fn units(&self, view: &FleetView<'_>) -> Vec<Unit<Input>> {
        input::units(view)
    }

    fn compile(&self, unit: &Unit<Input>) -> Compiled {
        let mut compiled = Compiled::default();
        let mut sink = Files {
            object: &unit.object,
            files: &mut compiled.files,
        };
        match &unit.input {
            Input::Environment(input) => {
                application::compile(input, &unit.object, &mut sink, &mut compiled.found);
            }
            Input::Cluster(input) => cluster::compile(input, &mut sink, &mut compiled.found),
            Input::Component(component) => components::compile(component, &mut sink),
            Input::Cutover(cutover) => cutover::compile(cutover, &mut sink),
            Input::Set(set) => {
                hub::compile_set(set, &BTreeSet::new(), &mut sink, &mut compiled.found);
            }
            Input::Registration(input) => hub::compile_registration(input, &mut sink),
            Input::Store(input) => hub::compile_store(input, &mut sink),
            Input::Beside(input) => input.compile(&mut sink),
            Input::Shared(input) => {
                project::compile(input, &mut sink);
                root::compile(input, &mut sink);
                readme::compile(input, &mut sink);
            }
            Input::Missing(input) => input.report(&unit.object, &mut compiled.found),
        }
        compiled
    }

    fn parts(&self, unit: &Unit<Input>) -> Vec<String> {
        match &unit.input {
            Input::Set(set) => set.objects(),
            _ => Vec::new(),
        }
    }

    fn holding(&self, unit: &Unit<Input>) -> Holding {
        match &unit.input {
            Input::Cutover(_) => Holding::Never,
            _ => Holding::WhileItsObjectWaits,
        }
    }

    fn compile_without(&self, unit: &Unit<Input>, absent: &BTreeSet<String>) -> Compiled {
        let Input::Set(set) = &unit.input else {
            return self.compile(unit);
        };
        let mut compiled = Compiled::default();
        let mut sink = Files {
            object: &unit.object,
            files: &mut compiled.files,
        };
        hub::compile_set(set, absent, &mut sink, &mut compiled.found);
        compiled
    }

    fn observe(&self, file: &File, facts: &mut Vec<Fact>) {
        observe::observe(file, facts);
    }
}

/// The files of a unit as they come.
struct Files<'a> {
    object: &'a str,
    files: &'a mut Vec<File>,
}

impl Files<'_> {
    fn yaml(&mut self, path: String, node: Node) {
        self.add(path, Document::Yaml(node));
    }

    fn add(&mut self, path: String, document: Document) {
        self.files
            .push(File::new(path, self.object, BackendName::Argocd, document));
    }
}

/// A map of these entries, in this order.
fn map<const N: usize>(entries: [(&'static str, Node); N]) -> Node {
    let mut node = Node::map();
    for (key, value) in entries {
        node.insert(crate::value::Key::fixed(key), value);
    }
    node
}

/// An object of Argo CD's API.
fn object(kind: &'static str, metadata: Node, spec: Node) -> Node {
    map([
        ("apiVersion", "argoproj.io/v1alpha1".into()),
        ("kind", kind.into()),
        ("metadata", metadata),
        ("spec", spec),
    ])
}
