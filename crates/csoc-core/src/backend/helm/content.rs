//! Content: files of the application that are placed as the chart expects them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::input::{Content, EnvironmentInput};
use super::layout::CONTENT_FILES;
use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::value::{Node, yaml_read};

/// A name of content that means nothing.
pub(crate) const CONTENT_UNKNOWN: Code = Code::new("content-unknown");
/// A file of content that is not there.
pub(crate) const CONTENT_MISSING: Code = Code::new("content-missing");
/// Content that is not what its name says.
const CONTENT_INVALID: Code = Code::new("content-invalid");

/// What a name of content must hold, and where the chart takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A YAML map or list, as data.
    Data,
    /// A YAML list, as data.
    List,
    /// JSON, as text.
    JsonText,
    /// Text as it is.
    Text,
    /// Hatchery's configuration: JSON as text, or YAML as data.
    Hatchery,
}

/// Content that has a meaning of its own: name, shape, keys.
pub(crate) const NAMED: [(&str, Shape, &[&str]); 10] = [
    ("etl-mapping", Shape::Data, &["etl", "etlMapping"]),
    ("guppy-indices", Shape::List, &["guppy", "indices"]),
    ("hatchery", Shape::Hatchery, &["hatchery", "hatchery"]),
    (
        "portal-config",
        Shape::JsonText,
        &["portal", "gitops", "json"],
    ),
    ("portal-css", Shape::Text, &["portal", "gitops", "css"]),
    (
        "fence-config-public",
        Shape::Data,
        &["fence", "FENCE_CONFIG_PUBLIC"],
    ),
    ("user-yaml", Shape::Text, &["fence", "USER_YAML"]),
    (
        "aggregate-metadata",
        Shape::JsonText,
        &["metadata", "aggMdsConfig"],
    ),
    ("sower-jobs", Shape::List, &["sower", "sowerConfig"]),
    ("ohif-config", Shape::Text, &["ohif-viewer", "APP_CONFIG"]),
];

/// Directories that content may be placed in as it is.
pub(crate) const PLACED: [&str; 2] = ["portal/", "gen3ff/"];

/// Content after it was read.
#[derive(Default)]
pub(super) struct Contents {
    /// Values by the name of the content.
    values: BTreeMap<&'static str, Node>,
    /// Whether metadata of several commons is gathered where there is content that says how.
    gathers: bool,
    /// Files that are placed beside the values, by their path there.
    pub(super) placed: Vec<(String, Arc<[u8]>)>,
}

impl Contents {
    /// Reads all content of an environment.
    pub(super) fn read(input: &EnvironmentInput, found: &mut Diagnostics) -> Self {
        let mut contents = Self {
            gathers: input.contract.spec.discovery.enabled.is_none(),
            ..Self::default()
        };
        for content in &input.content {
            let at = input.contract.at.to_string();
            let finding = |code, message: String, help: &str| {
                Finding::error(code, message)
                    .help(help)
                    .label(content.place, "named here")
                    .object(&at)
                    .path(format!("{at}.content.{}", content.name))
            };
            let Some(bytes) = &content.bytes else {
                found.push(finding(
                    CONTENT_MISSING,
                    format!("there is no file `content/{}`", content.path),
                    "add the file, or name one that is there",
                ));
                continue;
            };
            if PLACED
                .iter()
                .any(|directory| content.name.starts_with(directory))
                && is_below(&content.name)
            {
                contents.placed.push((content.name.clone(), bytes.clone()));
                continue;
            }
            let Some((name, shape, _)) = NAMED.iter().find(|(name, _, _)| *name == content.name)
            else {
                let known: Vec<&str> = NAMED.iter().map(|(name, _, _)| *name).collect();
                found.push(finding(
                    CONTENT_UNKNOWN,
                    format!("content `{}` means nothing to the chart", content.name),
                    &format!(
                        "use one of {}, or a path below `portal/` or `gen3ff/`",
                        known.join(", ")
                    ),
                ));
                continue;
            };
            match read(*shape, content, bytes) {
                Ok(node) => {
                    contents.values.insert(name, node);
                }
                Err(reason) => found.push(finding(
                    CONTENT_INVALID,
                    format!("`content/{}` is not {reason}", content.path),
                    "mend the file, or name another one",
                )),
            }
        }
        contents
    }

    /// The value of a content.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.values.get(name)
    }

    /// Whether anything is placed in a directory beside the values.
    pub(super) fn places(&self, directory: &str) -> bool {
        self.placed
            .iter()
            .any(|(path, _)| path.starts_with(directory))
    }

    /// The values files of content, in their order.
    pub(super) fn files(&self) -> Vec<(&'static str, Node)> {
        CONTENT_FILES
            .iter()
            .filter_map(|(file, names)| {
                let mut root = Node::map();
                for name in *names {
                    self.place(name, &mut root);
                }
                (!root.entries().is_empty()).then_some((*file, root))
            })
            .collect()
    }

    fn place(&self, name: &str, root: &mut Node) {
        let Some(value) = self.values.get(name) else {
            return;
        };
        let Some((_, _, keys)) = NAMED.iter().find(|(known, _, _)| *known == name) else {
            return;
        };
        let mut keys = keys.to_vec();
        if name == "hatchery" && !value.is_map() {
            keys.push("json");
        }
        root.set(&keys, value.clone());
        if name == "aggregate-metadata" && self.gathers {
            root.set(&["metadata", "useAggMds"], Node::bool(true));
        }
    }
}

pub(crate) fn is_below(path: &str) -> bool {
    path.split('/')
        .all(|part| !part.is_empty() && part != "." && part != "..")
}

fn read(shape: Shape, content: &Content, bytes: &[u8]) -> Result<Node, &'static str> {
    let (Some(file), Ok(text)) = (content.file, std::str::from_utf8(bytes)) else {
        return Err("text");
    };
    let data = || match yaml_read::read(text, file, &yaml_read::Limits::default()) {
        (Some(node), found) if !found.has_errors() => Some(node),
        _ => None,
    };
    match shape {
        Shape::Text => Ok(Node::string(text)),
        Shape::Data => data().filter(Node::is_map).ok_or("a YAML map"),
        Shape::List => data()
            .filter(|node| matches!(node.kind, crate::value::Kind::List(_)))
            .ok_or("a YAML list"),
        Shape::JsonText => is_json(text).then(|| Node::string(text)).ok_or("JSON"),
        Shape::Hatchery if text.trim_start().starts_with('{') => {
            is_json(text).then(|| Node::string(text)).ok_or("JSON")
        }
        Shape::Hatchery => data().filter(Node::is_map).ok_or("JSON or a YAML map"),
    }
}

pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
