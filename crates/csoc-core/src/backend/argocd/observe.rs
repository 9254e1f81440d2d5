//! What an environment's Application shows: where it deploys, and whose values files are whose.

use crate::gitops::applications_of;
use crate::graph::{Edge, Fact, Relation, Target, ThingId, ThingKind};
use crate::tree::{Document, File};
use crate::value::Node;

/// Adds the facts of Applications that install the chart gen3, written or made by an ApplicationSet.
pub(super) fn observe(file: &File, facts: &mut Vec<Fact>) {
    let Document::Yaml(document) = file.document() else {
        return;
    };
    let path = file.path().as_str();
    let below = path.strip_prefix("gitops/").unwrap_or(path);
    let root = &path[..path.len() - below.len()];
    let is_delivery = below.starts_with("hub/") || below.split('/').nth(1) == Some("argocd");
    let is_environment = path.ends_with("/templates/app.yaml");
    if !is_delivery && !is_environment {
        return;
    }
    let directory = below.split('/').next().unwrap_or_default();
    match document.get("kind").and_then(Node::text) {
        // Of add-ons and of the root there is nothing to join.
        Some("Application") if is_environment || reads_values(document) => {
            application(document, root, directory, facts);
        }
        Some("ApplicationSet") if is_delivery => {
            for made in applications_of(document)
                .iter()
                .filter(|made| reads_values(made))
            {
                application(made, root, directory, facts);
            }
        }
        _ => {}
    }
}

/// Adds the facts of one Application of an environment.
fn application(document: &Node, root: &str, directory: &str, facts: &mut Vec<Fact>) {
    let text = |path: &[&str]| document.path(path).and_then(Node::text);
    let Some((name, namespace)) =
        text(&["metadata", "name"]).zip(text(&["spec", "destination", "namespace"]))
    else {
        return;
    };
    let cluster = text(&["spec", "destination", "name"]).unwrap_or(directory);
    let application = ThingId::new(ThingKind::Application, directory, name);
    facts.push(Fact::Thing(application.clone(), document.origin));
    facts.push(Fact::Edge(Edge {
        from: application,
        relation: Relation::DeploysTo,
        to: Target::Exact(ThingId::new(ThingKind::Namespace, cluster, namespace)),
        origin: document.origin,
    }));
    for file in values_files(document) {
        // The tree may lie in a directory of its repository, which the path then starts with.
        let start = file
            .match_indices(&format!("/{cluster}/"))
            .map(|(at, _)| at + 1)
            .next();
        if let Some(start) = start.filter(|_| file.starts_with("$values/")) {
            facts.push(Fact::Scope {
                file: format!("{root}{}", &file[start..]).into(),
                scope: format!("{cluster}/{namespace}").into(),
            });
        }
    }
}

/// The values files of an Application, in order.
fn values_files(document: &Node) -> impl Iterator<Item = &str> {
    let sources = document.path(&["spec", "sources"]).map(Node::items);
    sources
        .unwrap_or_default()
        .iter()
        .filter_map(|source| source.path(&["helm", "valueFiles"]))
        .flat_map(Node::items)
        .filter_map(Node::text)
}

/// Whether an Application reads the values of an environment.
fn reads_values(document: &Node) -> bool {
    values_files(document).any(|file| file.contains("/values/"))
}
