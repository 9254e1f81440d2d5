//! gen3-kro's layout: a directory a spoke with the values of its graphs, of its cluster and of its commons.
//!
//! Values of clusters and commons are what the backends `argocd` and `helm` make,
//! in the places where gen3-kro looks for them.

mod infrastructure;
mod input;
#[cfg(test)]
mod tests;
mod variables;

use super::argocd::ArgoCd;
use super::helm::Helm;
use super::{Backend, Compiled, FleetView, Unit};
use crate::diagnostic::Diagnostics;
use crate::graph::Fact;
use crate::model::name::KeyPath;
use crate::tree::{BackendName, Document, File};
use crate::value::overlay::{Nulls, merge};
use crate::value::{Exact, Node};
use input::Input;

/// Spokes of gen3-kro.
pub(crate) struct Kro;

impl Backend for Kro {
    type Input = Input;

    fn name(&self) -> BackendName {
        BackendName::Kro
    }

    fn units(&self, view: &FleetView<'_>) -> Vec<Unit<Input>> {
        input::units(view)
    }

    fn compile(&self, unit: &Unit<Input>) -> Compiled {
        let mut compiled = Compiled::default();
        match &unit.input {
            Input::Fleet(input) => check(&input.omit, "fleet", &mut compiled.found),
            Input::Spoke(input) => check(&input.omit, &unit.object, &mut compiled.found),
            Input::Cluster(..) | Input::Environment(..) => {}
        }
        let mut add = |path: String, document| {
            let file = File::new(path, unit.object.as_str(), BackendName::Kro, document);
            compiled.files.push(file);
        };
        match &unit.input {
            Input::Fleet(input) => {
                let path = "kro/config/shared.auto.tfvars.json".to_owned();
                add(path, Document::Json(variables::values(input)));
            }
            Input::Spoke(input) => {
                let path = format!(
                    "kro/argocd/spokes/{}/infrastructure-values.yaml",
                    input.alias
                );
                add(path, Document::Yaml(infrastructure::values(input)));
            }
            Input::Cluster(alias, cluster) => {
                let made = ArgoCd.compile(cluster);
                if let Some(values) = yaml(&made, "cluster-values.yaml") {
                    let path =
                        format!("kro/argocd/spokes/{alias}/cluster-resources/cluster-values.yaml");
                    add(path, Document::Yaml(values));
                }
            }
            Input::Environment(alias, environment) => {
                let contract = &environment.input.contract;
                // Two environments with one host have directories of their own.
                let host = match contract.cutover {
                    Some(_) => contract.application.directory.as_str(),
                    None => contract.spec.hostname.as_str(),
                };
                let made = Helm.compile(environment);
                let path = format!("kro/argocd/spokes/{alias}/{host}/gen3-values.yaml");
                add(path, Document::Yaml(all_values(&made)));
            }
        }
        compiled
    }

    fn observe(&self, _: &File, _: &mut Vec<Fact>) {}
}

/// A YAML file of a unit by its name.
fn yaml(made: &Compiled, name: &str) -> Option<Node> {
    let file = made
        .files
        .iter()
        .find(|file| file.path().file_name() == Some(name))?;
    match file.document() {
        Document::Yaml(node) => Some(node.clone()),
        _ => None,
    }
}

/// All values files of an environment as the one that gen3-kro reads: files of content first.
fn all_values(made: &Compiled) -> Node {
    let yaml = made.files.iter().filter_map(|file| match file.document() {
        Document::Yaml(node) => Some((file.path().file_name() == Some("values.yaml"), node)),
        _ => None,
    });
    let (last, first): (Vec<_>, Vec<_>) = yaml.partition(|(is_last, _)| *is_last);
    first
        .into_iter()
        .chain(last)
        .fold(Node::map(), |all, (_, node)| merge(all, node, Nulls::Data))
}

/// What is made, without what must not be there and with raw values on top.
fn finish(mut made: Node, omit: &[KeyPath], overlay: Option<&Exact>) -> Node {
    for omitted in omit {
        if let Some(keys) = super::helm::finish::omitted_keys(omitted.as_str()) {
            super::helm::values::remove(&mut made, &keys);
        }
    }
    match overlay {
        Some(overlay) => merge(made, overlay, Nulls::Data),
        None => made,
    }
}

/// Says of every entry of `omit` that is none what is wrong with it.
fn check(omit: &[KeyPath], object: &str, found: &mut Diagnostics) {
    for omitted in omit {
        if super::helm::finish::omitted_keys(omitted.as_str()).is_none() {
            let finding = super::helm::finish::omit_invalid(omitted.as_str(), object, "kro.omit");
            found.push(finding);
        }
    }
}
