//! What the model does not make: raw values, raw fields of Applications, and what must be left out.
//!
//! By the law of overlays the compiled fleet is then the original, whatever the model's fields say.

use super::compiled::Compiled;
use super::draft::Draft;
use super::foreign::{Foreign, ForeignCluster, ForeignEnvironment};
use super::group::Place;
use crate::backend::helm::finish::omitted_keys;
use crate::backend::helm::values::remove;
use crate::model::name::ObjectName;
use crate::value::Node;
use crate::value::overlay::overlay;
use crate::value::path::ModelPath;

/// What is merged over a compiled document, and what is taken out of it before.
#[derive(Debug, Clone)]
pub(super) struct Remainder {
    pub(super) set: Node,
    pub(super) omit: Vec<String>,
}

impl Remainder {
    /// What turns one document into another as backends apply it: omissions first, with maps that are empty without them.
    pub(super) fn of(base: &Node, target: &Node) -> Self {
        let mut base = base.clone();
        let omit: Vec<String> = overlay(&base, target)
            .omit
            .iter()
            .map(|pointer| {
                let path: ModelPath = pointer.steps().iter().cloned().collect();
                path.to_string()
            })
            .collect();
        for path in &omit {
            if let Some(keys) = omitted_keys(path) {
                remove(&mut base, &keys);
            }
        }
        Self {
            set: overlay(&base, target).set,
            omit,
        }
    }

    pub(super) fn put(self, node: &mut Node, values: &[&str], omit: &[&str]) {
        if !self.set.entries().is_empty() {
            node.set(values, self.set);
        }
        if !self.omit.is_empty() {
            node.set(omit, Node::list(self.omit.into_iter().map(Node::from)));
        }
    }
}

/// Adds to a draft what it does not compile to by itself.
pub(super) fn add(draft: &mut Draft, foreign: &Foreign, places: &[Place], compiled: &Compiled) {
    for (environment, place) in foreign.environments.iter().zip(places) {
        if let Some(node) = draft.environments.get_mut(&place.at) {
            of_environment(environment, compiled, node);
        }
    }
    for cluster in &foreign.clusters {
        if let Ok(name) = cluster.directory.parse::<ObjectName>()
            && let Some(node) = draft.clusters.get_mut(&name)
        {
            of_cluster(cluster, compiled, node);
        }
    }
}

fn of_environment(environment: &ForeignEnvironment, compiled: &Compiled, node: &mut Node) {
    let directory = environment.title();
    if let Some((base, target)) = compiled.values(&directory).zip(environment.values.as_ref()) {
        Remainder::of(&base, target).put(node, &["values"], &["omit"]);
    }
    if let Some((base, target)) = compiled
        .application(&directory)
        .zip(environment.application.as_ref())
    {
        Remainder::of(base, target).put(node, &["application", "fields"], &["application", "omit"]);
    }
}

fn of_cluster(cluster: &ForeignCluster, compiled: &Compiled, node: &mut Node) {
    let path = format!("{}/cluster-values/cluster-values.yaml", cluster.directory);
    if let Some((base, target)) = compiled.yaml(&path).zip(cluster.values.as_ref()) {
        Remainder::of(base, target).put(node, &["values"], &["omit"]);
    }
}
