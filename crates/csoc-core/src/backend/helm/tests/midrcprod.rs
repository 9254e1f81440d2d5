//! The cluster midrcprod: our values against those of its GitOps repository, leaf by leaf as Helm reads them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::SourceSet;
use crate::backend::fixture::{compile, shared, sources, write, yaml};
use crate::span::{SourceFile, Sources};
use crate::value::overlay::{Nulls, merge};
use crate::value::{Kind, Node, yaml_read, yaml_write};

/// Why a leaf may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Difference {
    /// The same text, quoted on one side only.
    QuotedScalar,
    /// No template reads it.
    DroppedDeadKey,
    /// The chart's default, now said.
    ExplicitEnabled,
    /// The chart would take an image of a moving tag.
    PinnedDefaultImage,
}

use Difference::{DroppedDeadKey, ExplicitEnabled, PinnedDefaultImage, QuotedScalar};

const PRODUCTION: &[(&str, Difference)] = &[
    ("ambassador.enabled", ExplicitEnabled),
    ("aws-sigv4-proxy.image.tag", PinnedDefaultImage),
    ("awshelper.enabled", DroppedDeadKey),
    ("awshelper.image.repository", DroppedDeadKey),
    ("awshelper.image.tag", DroppedDeadKey),
    ("etl.enabled", ExplicitEnabled),
    ("etl.esGarbageCollect.custom_image", PinnedDefaultImage),
    ("fence.usersync.custom_image", PinnedDefaultImage),
    ("sower.enabled", ExplicitEnabled),
    ("tests.image.tag", PinnedDefaultImage),
];

const STAGING: &[(&str, Difference)] = &[
    ("aws-sigv4-proxy.image.tag", PinnedDefaultImage),
    ("awshelper.enabled", DroppedDeadKey),
    ("awshelper.image.repository", DroppedDeadKey),
    ("awshelper.image.tag", DroppedDeadKey),
    ("etl.enabled", ExplicitEnabled),
    ("etl.esGarbageCollect.custom_image", PinnedDefaultImage),
    ("fence.usersync.custom_image", PinnedDefaultImage),
    ("global.awshelper_container_image", PinnedDefaultImage),
    ("global.tierAccessLimit", QuotedScalar),
    ("mutatingWebhook.enabled", ExplicitEnabled),
    ("sower.enabled", ExplicitEnabled),
    ("tests.image.tag", PinnedDefaultImage),
];

#[test]
fn values_equal_those_of_production() {
    let Some(repository) = shared("data/gen3-gitops/midrcprod") else {
        println!("skipped: no ../shared/data/gen3-gitops/midrcprod");
        return;
    };
    let mut set = sources("midrcprod");
    let production = read(&repository.join("data.midrc.org/values/values.yaml"));
    let staging = read(&repository.join("staging.midrc.org/values/values.yaml"));
    for (environment, directory, values, expected) in [
        ("data", "data.midrc.org", &production, PRODUCTION),
        ("staging", "staging.midrc.org", &staging, STAGING),
    ] {
        // Content differs between the two; each takes a turn.
        content(&mut set, values, &repository.join(directory));
        let (tree, _) = compile(set.clone());
        if environment == "data" {
            write(&tree, "midrcprod");
        }
        let ours = merged(&tree, directory);
        let differences = differences(&leaves(values), &leaves(&ours));
        let raw = raw_leaves(&set, environment);
        println!(
            "midrcprod {environment}: {} leaves in production, {} ours, {} differences, {raw} raw values",
            leaves(values).len(),
            leaves(&ours).len(),
            differences.len(),
        );
        for (path, theirs, ours) in &differences {
            let kind = expected.iter().find(|(known, _)| known == path);
            println!(
                "  {path}: {} -> {} ({kind:?})",
                show(theirs.as_ref()),
                show(ours.as_ref())
            );
        }
        for (path, theirs, ours) in &differences {
            let kind = expected
                .iter()
                .find(|(known, _)| known == path)
                .map_or_else(
                    || panic!("unexpected difference at {path}"),
                    |(_, kind)| *kind,
                );
            assert!(holds(kind, path, theirs.as_ref(), ours.as_ref()), "{path}");
        }
        assert_eq!(differences.len(), expected.len());
        assert!(differences.len() <= 12);
        assert!(raw <= 20, "{raw}");
    }
}

fn holds(kind: Difference, path: &str, theirs: Option<&Node>, ours: Option<&Node>) -> bool {
    match (kind, theirs, ours) {
        (QuotedScalar, Some(theirs), Some(ours)) => theirs.text() == ours.text(),
        (DroppedDeadKey, Some(_), None) => true,
        (ExplicitEnabled, None, Some(_)) => path.ends_with(".enabled"),
        (PinnedDefaultImage, None, Some(ours)) => {
            ours.text().is_some_and(|text| text.ends_with("2026.07"))
        }
        _ => false,
    }
}

fn read(path: &Path) -> Node {
    let text = std::fs::read_to_string(path).unwrap();
    let id = Sources::default().add(SourceFile::new("production", text.as_str()));
    yaml_read::read(&text, id, &yaml_read::Limits::default())
        .0
        .unwrap()
}

/// Takes application content out of production's values and beside them.
fn content(set: &mut SourceSet, values: &Node, directory: &Path) {
    let mut insert =
        |path: &str, bytes: Vec<u8>| set.insert(format!("content/midrc/{path}"), bytes);
    let data = |path: &[&str]| {
        let mut text = String::new();
        if let Some(node) = values.path(path) {
            yaml_write::write(node, &mut text);
        }
        text.into_bytes()
    };
    let text = |path: &[&str]| {
        let text = values.path(path).and_then(Node::text).unwrap_or_default();
        text.as_bytes().to_vec()
    };
    insert("etl-mapping.yaml", data(&["etl", "etlMapping"]));
    insert("guppy-indices.yaml", data(&["guppy", "indices"]));
    insert("hatchery.json", text(&["hatchery", "hatchery", "json"]));
    insert("ohif-config.js", text(&["ohif-viewer", "APP_CONFIG"]));
    for path in ["portal/gitops.json", "portal/css/gitops.css"] {
        let bytes = std::fs::read(directory.join("values").join(path)).unwrap();
        insert(path, bytes);
    }
}

/// All values files of an environment, merged as Argo CD hands them to Helm.
fn merged(tree: &crate::Tree, directory: &str) -> Node {
    let root = format!("gitops/midrcprod/{directory}/values");
    let mut merged = Node::map();
    for (file, _) in crate::backend::helm::layout::CONTENT_FILES {
        let path = format!("{root}/{file}");
        if tree.get(&path).is_some() {
            merged = merge(merged, yaml(tree, &path), Nulls::Data);
        }
    }
    merge(
        merged,
        yaml(tree, &format!("{root}/values.yaml")),
        Nulls::Data,
    )
}

fn leaves(node: &Node) -> BTreeMap<String, Node> {
    let mut leaves = BTreeMap::new();
    collect(node, "", &mut leaves);
    leaves
}

fn collect(node: &Node, path: &str, leaves: &mut BTreeMap<String, Node>) {
    match &node.kind {
        Kind::Map(entries) if !entries.is_empty() => {
            for entry in entries {
                let key = entry.key.as_str().replace('.', "\\.");
                let below = if path.is_empty() {
                    key
                } else {
                    format!("{path}.{key}")
                };
                collect(&entry.node, &below, leaves);
            }
        }
        _ => {
            leaves.insert(path.to_owned(), node.clone());
        }
    }
}

type Found = (String, Option<Node>, Option<Node>);

fn differences(theirs: &BTreeMap<String, Node>, ours: &BTreeMap<String, Node>) -> Vec<Found> {
    let mut paths: Vec<&String> = theirs.keys().chain(ours.keys()).collect();
    paths.sort();
    paths.dedup();
    paths
        .into_iter()
        .filter(|path| theirs.get(*path) != ours.get(*path))
        .map(|path| {
            (
                path.clone(),
                theirs.get(path).cloned(),
                ours.get(path).cloned(),
            )
        })
        .collect()
}

fn raw_leaves(set: &SourceSet, environment: &str) -> usize {
    let fleet = crate::Fleet::from_sources(set.clone(), &crate::Context::default()).unwrap();
    let at = crate::resolve::EnvironmentRef {
        commons: "midrc".parse().unwrap(),
        environment: environment.parse().unwrap(),
    };
    let merged = &fleet.resolved().environments[&at].layers.merged;
    merged
        .get("values")
        .map_or(0, |values| leaves(values).len())
}

fn show(node: Option<&Node>) -> String {
    match node.map(|node| (&node.kind, node.text())) {
        None => "absent".to_owned(),
        Some((_, Some(text))) => text.chars().take(80).collect(),
        Some((kind, None)) => format!("{kind:?}").chars().take(80).collect(),
    }
}
