//! A fleet that is being drafted: objects as trees, until they are written as files.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::comments::{Written, annotate};
use super::kind::ImportKind;
use crate::catalog::Versions;
use crate::model::name::ObjectName;
use crate::model::version::Date;
use crate::resolve::EnvironmentRef;
use crate::source::SourceSet;
use crate::value::{Kind, Node, json_write, yaml_write};

/// A fleet in the making.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// The fleet's own fields.
    pub(super) fleet: Node,
    pub(super) accounts: BTreeMap<ObjectName, Node>,
    pub(super) clusters: BTreeMap<ObjectName, Node>,
    /// What environments of a commons share.
    pub(super) commons: BTreeMap<ObjectName, Node>,
    pub(super) environments: BTreeMap<EnvironmentRef, Node>,
    /// Files below `content/`.
    pub(super) content: BTreeMap<Utf8PathBuf, Arc<[u8]>>,
    /// Recorded outputs by the stack's text.
    pub(super) outputs: BTreeMap<String, Node>,
    /// Comments by the file that they are written in.
    pub(super) comments: Written,
}

impl Draft {
    /// A fleet of nothing but its name.
    pub(super) fn new(name: &ObjectName) -> Self {
        let mut fleet = Node::map();
        fleet.insert("apiVersion", "csoc.gen3.org/v1beta1".into());
        fleet.insert("kind", "Fleet".into());
        fleet.insert("edition", "2026.11".into());
        fleet.insert("name", name.as_str().into());
        Self {
            fleet,
            accounts: BTreeMap::new(),
            clusters: BTreeMap::new(),
            commons: BTreeMap::new(),
            environments: BTreeMap::new(),
            content: BTreeMap::new(),
            outputs: BTreeMap::new(),
            comments: Written::new(),
        }
    }

    /// Takes the charts that environments and clusters are rendered with from where they are published.
    pub(super) fn published_charts(&mut self) {
        self.published_chart("gen3");
        self.published_chart("clusterLevelResources");
    }

    /// Takes one of the fleet's charts from where it is published, in the version that is known here.
    pub(super) fn published_chart(&mut self, chart: &str) {
        let versions = Versions::embedded();
        let revision = match chart {
            "gen3" => versions.gen3.as_str(),
            _ => versions.cluster_level_resources.as_str(),
        };
        let repository = versions.chart_repository.as_str();
        let mut set = |field, value: &str| {
            self.fleet
                .set(&["charts", chart, field], Node::string(value));
        };
        set("repository", repository);
        set("revision", revision);
    }

    /// Says of recorded outputs where they are from, and of which day.
    pub(super) fn record(&mut self, kind: ImportKind, day: Option<&Date>) {
        for stack in self.outputs.values_mut() {
            let mut record = Node::map();
            record.insert("source", format!("csoc import {kind}").into());
            if let Some(day) = day {
                record.insert("date", day.as_str().into());
            }
            stack.insert("_recorded", record);
        }
    }

    /// Puts fields into the order in which people look for them.
    pub(super) fn order(&mut self) {
        let layers = self
            .environments
            .values_mut()
            .chain(self.commons.values_mut());
        layers.for_each(order);
        for cluster in self.clusters.values_mut() {
            if let Some(layer) = cluster.get_mut("environmentDefaults") {
                order(layer);
            }
        }
        if let Some(layer) = self.fleet.get_mut("defaults") {
            order(layer);
        }
    }

    /// The model files by path, each with its tree.
    pub(super) fn models(&self) -> Vec<(Utf8PathBuf, &Node)> {
        let mut models = vec![(Utf8PathBuf::from("fleet.yaml"), &self.fleet)];
        for (kind, objects) in [
            ("accounts", &self.accounts),
            ("clusters", &self.clusters),
            ("commons", &self.commons),
        ] {
            for (name, node) in objects {
                if !node.entries().is_empty() {
                    models.push((format!("{kind}/{name}.yaml").into(), node));
                }
            }
        }
        for (at, node) in &self.environments {
            let path = format!(
                "commons/{}/environments/{}.yaml",
                at.commons, at.environment
            );
            models.push((path.into(), node));
        }
        models
    }

    /// The files of the fleet.
    pub(super) fn sources(&self) -> SourceSet {
        let mut set = SourceSet::new();
        for (path, node) in self.models() {
            let mut text = String::new();
            yaml_write::write(node, &mut text);
            if let Some(comments) = self.comments.get(&path) {
                text = annotate(text, comments);
            }
            set.insert(path, text.into_bytes());
        }
        for (path, bytes) in &self.content {
            let path = Utf8PathBuf::from("content").join(path);
            match (self.comments.get(&path), std::str::from_utf8(bytes)) {
                (Some(comments), Ok(text)) => {
                    let text = annotate(text.to_owned(), comments);
                    set.insert(path, text.into_bytes());
                }
                _ => set.insert(path, bytes.clone()),
            }
        }
        for (stack, node) in &self.outputs {
            let mut text = String::new();
            json_write::write_json(node, &mut text);
            text.push('\n');
            set.insert(format!("outputs/{stack}.json"), text.into_bytes());
        }
        set
    }
}

/// Fields of an environment: those that tell it from others first, raw values last.
const ORDER: [&str; 44] = [
    "tier",
    "cluster",
    "hostname",
    "release",
    "parent",
    "dictionary",
    "indexd",
    "frontend",
    "frontendSource",
    "profiles",
    "replicas",
    "disruptionBudgets",
    "topologySpread",
    "networkPolicies",
    "maintenance",
    "loadBalancer",
    "certificate",
    "database",
    "databaseSetup",
    "search",
    "exposure",
    "users",
    "explorer",
    "discovery",
    "workspaces",
    "workflows",
    "notifications",
    "secretStore",
    "secrets",
    "registry",
    "images",
    "imageRepositories",
    "services",
    "content",
    "manifestGlobal",
    "identity",
    "naming",
    "chart",
    "application",
    "management",
    "lifecycle",
    "omit",
    "values",
    "environmentDefaults",
];

fn order(node: &mut Node) {
    if let Kind::Map(entries) = &mut node.kind {
        entries.sort_by_key(|entry| {
            let place = ORDER.iter().position(|field| *field == entry.key.as_str());
            place.unwrap_or(ORDER.len())
        });
        for entry in entries {
            let by_name = matches!(
                entry.key.as_str(),
                "services"
                    | "secrets"
                    | "naming"
                    | "images"
                    | "imageRepositories"
                    | "content"
                    | "manifestGlobal"
            );
            if let Kind::Map(entries) = &mut entry.node.kind
                && by_name
            {
                entries.sort_by(|one, two| one.key.cmp(&two.key));
            }
        }
    }
}
