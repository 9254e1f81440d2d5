//! What an environment's Application shows: where it deploys, and whose values files are whose.

use crate::graph::{Edge, Fact, Relation, Target, ThingId, ThingKind};
use crate::tree::{Document, File};
use crate::value::Node;

/// Adds the facts of an Application that installs the chart gen3.
pub(super) fn observe(file: &File, facts: &mut Vec<Fact>) {
    let Document::Yaml(document) = file.document() else {
        return;
    };
    let text = |path: &[&str]| document.path(path).and_then(Node::text);
    let path = file.path().as_str();
    let below = path.strip_prefix("gitops/").unwrap_or(path);
    let root = &path[..path.len() - below.len()];
    let is_environment = path.ends_with("/templates/app.yaml") || below.starts_with("hub/");
    if !is_environment || text(&["kind"]) != Some("Application") {
        return;
    }
    let Some((name, namespace)) =
        text(&["metadata", "name"]).zip(text(&["spec", "destination", "namespace"]))
    else {
        return;
    };
    let directory = below.split('/').next().unwrap_or_default();
    let cluster = text(&["spec", "destination", "name"]).unwrap_or(directory);
    let application = ThingId::new(ThingKind::Application, directory, name);
    facts.push(Fact::Thing(application.clone(), document.origin));
    facts.push(Fact::Edge(Edge {
        from: application,
        relation: Relation::DeploysTo,
        to: Target::Exact(ThingId::new(ThingKind::Namespace, cluster, namespace)),
        origin: document.origin,
    }));
    let sources = document
        .path(&["spec", "sources"])
        .map(Node::items)
        .unwrap_or_default();
    let files = sources
        .iter()
        .filter_map(|source| source.path(&["helm", "valueFiles"]))
        .flat_map(Node::items)
        .filter_map(Node::text);
    for file in files {
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
