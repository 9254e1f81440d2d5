//! What Argo CD's documentation states for each generator, with data of our own.

mod clusters;
mod combined;
mod git;
mod list;
mod stops;
mod templates;

use super::super::registration::Registration;
use super::*;
use crate::span::{SourceFile, Sources};
use crate::value::{Reading, yaml_read};

/// The repository of the tests.
const REPOSITORY: &str = "https://git.example.org/commons/gitops.git";

/// Two registered clusters, both of which Argo CD knows by a Secret.
const STAGING: (&str, &str) = (
    "hub/clusters/staging.yaml",
    "apiVersion: v1
kind: Secret
metadata:
  name: cluster-staging
  labels: {argocd.argoproj.io/secret-type: cluster, tier: staging, region: us-east-1}
  annotations: {contact: ops@example.org}
stringData: {name: commons_staging, server: 'https://10.1.0.4'}
",
);
/// The same, as it lies in a cluster: in base64.
const PRODUCTION: (&str, &str) = (
    "hub/clusters/production.yaml",
    "apiVersion: v1
kind: Secret
metadata:
  labels: {argocd.argoproj.io/secret-type: cluster, tier: prod, region: us-west-2}
data: {name: Y29tbW9ucy1wcm9k, server: aHR0cHM6Ly8xMC4yLjAuNA==, project: cHJvZA==}
",
);

/// Everything of some files that an ApplicationSet may look at.
fn world(files: &[(&str, &str)], sources: &mut Sources) -> World {
    let mut world = World::default();
    world.is_named(REPOSITORY, "main");
    for (path, text) in files {
        let file = sources.add(SourceFile::new(*path, *text));
        let (nodes, found) = yaml_read::documents(text, file, &yaml_read::Limits::default());
        world
            .registrations
            .extend(nodes.iter().filter_map(Registration::read));
        let seen = if found.has_errors() {
            Seen::Unreadable
        } else {
            Seen::Read(file, nodes)
        };
        world.files.insert((*path).into(), seen);
    }
    world
}

/// What a set becomes among some files.
fn expand(set: &str, files: &[(&str, &str)]) -> Expansion {
    let mut sources = Sources::default();
    let world = world(files, &mut sources);
    let file = sources.add(SourceFile::new("hub/set.yaml", set));
    let (nodes, found) = yaml_read::documents(set, file, &yaml_read::Limits::default());
    assert!(!found.has_errors(), "{set}");
    let set = ApplicationSet::read(&nodes[0], file, false).unwrap();
    set.expand(&world)
}

/// A set of these generators and this template, both in one line.
fn set(spec: &str, generators: &str, template: &str) -> String {
    format!(
        "kind: ApplicationSet
metadata: {{name: set, namespace: argocd}}
spec:
  {spec}
  generators: {generators}
  template: {template}
"
    )
}

/// The same with Go templates, and a missing key an error.
fn go(generators: &str, template: &str) -> String {
    set(
        "goTemplate: true\n  goTemplateOptions: [missingkey=error]",
        generators,
        template,
    )
}

/// The Applications in JSON, without what is the same for all of them.
fn made(set: &str, files: &[(&str, &str)]) -> Vec<String> {
    let expansion = expand(set, files);
    assert_eq!(expansion.stops, Vec::new());
    let mut shown = Vec::new();
    for mut made in expansion.made {
        assert_eq!(
            made.node.get("kind").and_then(Node::text),
            Some("Application")
        );
        let mut metadata = made.node.remove("metadata").unwrap_or_else(Node::map);
        assert_eq!(
            metadata.remove("namespace"),
            Some(Node::string("argocd")),
            "an Application lies beside its set"
        );
        metadata.remove("finalizers");
        let mut node = made.node.remove("spec").unwrap_or_else(Node::map);
        for entry in metadata.entries() {
            node.insert(entry.key.clone(), entry.node.clone());
        }
        shown.push(in_order(&node));
    }
    shown
}

/// Why a set makes no Applications, each reason as one text.
fn stops(set: &str, files: &[(&str, &str)]) -> Vec<String> {
    let stops = expand(set, files).stops;
    stops
        .into_iter()
        .map(|(stop, _)| format!("{stop:?}"))
        .collect()
}

/// A tree in one line of JSON, in the order in which it is written.
fn in_order(node: &Node) -> String {
    match &node.kind {
        Kind::List(items) => {
            let items: Vec<String> = items.iter().map(in_order).collect();
            format!("[{}]", items.join(","))
        }
        Kind::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{:?}:{}", entry.key.as_str(), in_order(&entry.node)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        Kind::Scalar(scalar) if matches!(scalar.reading(), Reading::Text(_)) => {
            format!("{:?}", &*scalar.text)
        }
        _ => go::json(node).unwrap(),
    }
}
