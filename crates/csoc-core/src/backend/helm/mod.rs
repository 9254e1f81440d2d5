//! Values of the umbrella chart gen3: one unit an environment.
//!
//! A table of projections, each a subject of its own, turns an environment's
//! contract into values; content, raw values and omissions come on top.

pub(crate) mod content;
mod cutover;
mod discovery;
mod fence;
pub(crate) mod finish;
mod frontend;
mod global;
mod identity;
mod image;
mod ingress;
pub(crate) mod input;
pub(crate) mod layout;
mod observe;
mod parent;
mod pod;
mod search;
mod secret;
mod service;
#[cfg(test)]
mod tests;
mod upload;
pub(crate) mod values;
mod workspace;

use super::{Backend, Compiled, FleetView, Unit};
use crate::graph::Fact;
use crate::tree::{BackendName, Document, File};
use crate::value::Node;
use crate::value::overlay::{Nulls, merge};
use content::Contents;
use input::EnvironmentInput;
use values::Values;

/// An environment with its content read: what projections look at.
struct Subject<'a> {
    input: &'a EnvironmentInput,
    contents: &'a Contents,
}

/// One subject's part of the values.
type Projection = fn(&Subject<'_>, &mut Values);

/// Every part of the values, in any order: no two set the same key.
const PROJECTIONS: [Projection; 13] = [
    global::project,
    image::project,
    service::project,
    pod::project,
    secret::project,
    identity::project,
    search::project,
    discovery::project,
    workspace::project,
    upload::project,
    frontend::project,
    fence::project,
    parent::project,
];

/// Helm values.
pub(crate) struct Helm;

impl Backend for Helm {
    type Input = EnvironmentInput;

    fn name(&self) -> BackendName {
        BackendName::Helm
    }

    fn units(&self, view: &FleetView<'_>) -> Vec<Unit<EnvironmentInput>> {
        input::units(view)
    }

    fn compile(&self, unit: &Unit<EnvironmentInput>) -> Compiled {
        let input = &unit.input;
        let mut compiled = Compiled::default();
        let contents = Contents::read(input, &mut compiled.found);
        let subject = Subject {
            input,
            contents: &contents,
        };
        let mut values = Values::new(unit.object.as_str());
        for project in PROJECTIONS {
            project(&subject, &mut values);
        }
        let (root, made) = values.finish();
        let root = finish::finish(root, input, &mut compiled.found);
        let directory = format!("gitops/{}/values", layout::directory(&input.contract));
        let file = |path: String, document| {
            File::new(path, unit.object.as_str(), BackendName::Helm, document)
        };
        let named = &input.contract.spec.application.values_files;
        if named.is_empty() {
            for (name, node) in contents.files() {
                let path = format!("{directory}/{name}");
                compiled.files.push(file(path, Document::Yaml(node)));
            }
            let path = format!("{directory}/{}", layout::VALUES);
            let values = file(path, Document::Yaml(root)).made(made);
            compiled.files.push(values);
        } else {
            let mut all = Node::map();
            for (_, node) in contents.files() {
                all = merge(all, &node, Nulls::Data);
            }
            let root = merge(all, &root, Nulls::Data);
            for (name, node) in layout::split(root, named) {
                let path = format!("{directory}/{name}");
                let values = file(path, Document::Yaml(node)).made(made.clone());
                compiled.files.push(values);
            }
        }
        for (path, bytes) in &contents.placed {
            let path = format!("{directory}/{path}");
            compiled
                .files
                .push(file(path, Document::Bytes(bytes.clone())));
        }
        compiled
    }

    fn observe(&self, file: &File, facts: &mut Vec<Fact>) {
        observe::observe(file, facts);
    }
}
