//! Settings of one environment carried to another: small edits of the fleet's files, and what follows from them.

use camino::Utf8PathBuf;

use super::change::Diff;
use super::error::DiffError;
use super::{fleets, leaf, redact};
use crate::context::{Context, Stopped};
use crate::explain::Place;
use crate::fleet::{Fleet, FleetError};
use crate::resolve::{EnvironmentRef, LayerKind};
use crate::source::SourceSet;
use crate::source::edit::{self, Written};
use crate::value::path::{ModelPath, Step};
use crate::value::suggestion::closest;
use crate::value::{Key, Node};

/// Fields that are each environment's own: what they name is there once.
const OWN: [&str; 7] = [
    "tier",
    "cluster",
    "hostname",
    "identity",
    "lifecycle",
    "management",
    "naming",
];

/// The order in which people write the fields of an environment; others stand before these.
const ORDER: [&str; 16] = [
    "tier",
    "cluster",
    "hostname",
    "release",
    "size",
    "dictionary",
    "frontend",
    "profiles",
    "replicas",
    "registry",
    "images",
    "identity",
    "exposure",
    "users",
    "content",
    "services",
];

/// What is carried, and how.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PromoteOptions {
    /// The fields, as paths below an environment: `release`, `services.portal.image.tag`.
    pub fields: Vec<String>,
    /// Write the field into the environment where a layer sets it that others share.
    pub override_shared: bool,
}

impl PromoteOptions {
    /// Those fields.
    pub fn new(fields: Vec<String>) -> Self {
        Self {
            fields,
            override_shared: false,
        }
    }

    /// The same, and fields of shared layers are overridden in the environment.
    #[must_use]
    pub fn override_shared(mut self, wanted: bool) -> Self {
        self.override_shared = wanted;
        self
    }
}

/// What a promotion comes to: the files as they would be, and what is different then.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Promotion {
    /// Changed files with their whole new text, by their path below the fleet.
    pub files: Vec<(Utf8PathBuf, String)>,
    /// The changed lines of these files, as a unified diff.
    pub patch: String,
    /// What is different then.
    pub diff: Diff,
}

/// Why nothing is promoted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PromoteError {
    /// One of the environments is not there.
    #[error(transparent)]
    Environment(DiffError),
    /// Both are the same.
    #[error("`{environment}` cannot be promoted to itself")]
    Same {
        /// The environment.
        environment: String,
    },
    /// The field is none.
    #[error("{0}")]
    Path(String),
    /// A field that is each environment's own.
    #[error("`{field}` is each environment's own and is not carried")]
    Own {
        /// The field.
        field: String,
    },
    /// The environment that it is taken from has no such field.
    #[error("`{environment}` does not set `{field}`")]
    Absent {
        /// The environment.
        environment: String,
        /// The field.
        field: String,
        /// The one that was probably meant.
        suggestion: Option<String>,
    },
    /// A layer sets the field that other environments share.
    #[error(
        "`{field}` of `{environment}` is set by the layer {layer}, which {others} other environments share"
    )]
    Shared {
        /// The field.
        field: String,
        /// The environment.
        environment: String,
        /// The layer.
        layer: &'static str,
        /// How many share it.
        others: usize,
        /// Where it is set.
        place: Option<Place>,
    },
    /// The text cannot be changed in place without losing something of it.
    #[error("`{field}` cannot be changed in `{file}` as it is written there")]
    Text {
        /// The field.
        field: String,
        /// The file.
        file: String,
    },
    /// The changed files would mean something else, too.
    #[error("changing `{field}` in `{file}` would change more than that: the text is shared")]
    More {
        /// The field.
        field: String,
        /// The file.
        file: String,
    },
    /// The changed files are no fleet.
    #[error("the changed fleet does not load")]
    Fleet(#[source] Box<FleetError>),
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl PromoteError {
    /// What to do instead.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Environment(DiffError::NoEnvironment { suggestion, .. }) | Self::Absent { suggestion, .. } => suggestion.as_ref().map(|suggestion| format!("did you mean `{suggestion}`?")),
            Self::Shared { place, .. } => {
                let place = place.as_ref().map(|place| format!("change it at {}:{} for all of them, or ", place.file, place.line)).unwrap_or_default();
                Some(format!("{place}let this environment override it: --override"))
            }
            Self::Text { .. } | Self::More { .. } => Some("change it by hand".to_owned()),
            Self::Own { .. } => Some("only what a commons is made of is carried: release, images, services, content, values".to_owned()),
            _ => None,
        }
    }
}

impl Fleet {
    /// The edits that carry fields of one environment of a commons to another. Nothing is written.
    pub fn promote(
        &self,
        commons: &str,
        from: &str,
        to: &str,
        options: &PromoteOptions,
        context: &Context,
    ) -> Result<Promotion, PromoteError> {
        let named = |name: &str| {
            self.environment_named(&format!("{commons}/{name}"))
                .map_err(PromoteError::Environment)
        };
        let (from, to) = (named(from)?, named(to)?);
        if from == to {
            return Err(PromoteError::Same {
                environment: to.to_string(),
            });
        }
        let release = vec!["release".to_owned()];
        let fields = if options.fields.is_empty() {
            &release
        } else {
            &options.fields
        };
        let mut fleet = self.clone();
        for field in fields {
            let path: ModelPath = field
                .parse()
                .map_err(|error| PromoteError::Path(format!("{error}")))?;
            fleet = carry(&fleet, &from, &to, &path, options, context)?;
        }
        let diff = context
            .run(|| fleets(self, &fleet, context))
            .map_err(|error| match error {
                DiffError::Stopped(stopped) => PromoteError::Stopped(stopped),
                other => PromoteError::Environment(other),
            })?;
        let mut files = Vec::new();
        let mut patch = String::new();
        for (path, bytes) in fleet.sources().iter() {
            let before = self.sources().get(path);
            if before != Some(bytes) {
                let text = String::from_utf8_lossy(bytes).into_owned();
                let old = before
                    .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                    .unwrap_or_default();
                patch.push_str(&unified(path.as_str(), &old, &text));
                files.push((path.to_owned(), text));
            }
        }
        Ok(Promotion { files, patch, diff })
    }
}

/// The fleet with one field carried; of a map each leaf by itself.
fn carry(
    fleet: &Fleet,
    from: &EnvironmentRef,
    to: &EnvironmentRef,
    path: &ModelPath,
    options: &PromoteOptions,
    context: &Context,
) -> Result<Fleet, PromoteError> {
    let field = path.to_string();
    let keys: Vec<Key> = path
        .steps()
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.clone()),
            Step::Item(_) => None,
        })
        .collect();
    if keys.is_empty() || keys.len() != path.steps().len() {
        return Err(PromoteError::Path(format!(
            "`{field}` is no field of an environment: keys joined by dots, and no items of lists"
        )));
    }
    if keys
        .first()
        .is_some_and(|first| OWN.contains(&first.as_str()))
    {
        return Err(PromoteError::Own { field });
    }
    let merged = |fleet: &Fleet, at: &EnvironmentRef| {
        fleet
            .resolved()
            .environments
            .get(at)
            .map(|environment| environment.layers.merged.clone())
    };
    let names: Vec<&str> = keys.iter().map(Key::as_str).collect();
    let source = merged(fleet, from).and_then(|merged| merged.path(&names).cloned());
    let Some(value) = source else {
        let parent = merged(fleet, from).and_then(|merged| {
            merged
                .path(
                    names
                        .get(..names.len().saturating_sub(1))
                        .unwrap_or_default(),
                )
                .cloned()
        });
        let known: Vec<String> = parent
            .iter()
            .flat_map(|node| node.entries().iter().map(|entry| entry.key.to_string()))
            .collect();
        let last = names.last().copied().unwrap_or_default();
        let start = field.strip_suffix(last).unwrap_or_default();
        return Err(PromoteError::Absent {
            environment: from.to_string(),
            suggestion: closest(last, known.iter().map(String::as_str))
                .map(|name| format!("{start}{name}")),
            field,
        });
    };
    let sources = &fleet.resolved().loaded.sources;
    let mut leaves = Vec::new();
    collect(&value, &mut keys.clone(), &mut leaves);
    let mut fleet = fleet.clone();
    for (keys, value) in leaves {
        let names: Vec<&str> = keys.iter().map(Key::as_str).collect();
        let there = merged(&fleet, to).and_then(|merged| merged.path(&names).cloned());
        if there.as_ref() != Some(&value) {
            let text = value
                .span()
                .and_then(|span| {
                    sources
                        .file(span.file)
                        .text()
                        .get(span.start as usize..span.end as usize)
                })
                .map(str::trim_end);
            fleet = set(
                &fleet,
                to,
                &keys,
                Written { node: &value, text },
                options,
                context,
            )?;
        }
    }
    Ok(fleet)
}

fn collect(node: &Node, path: &mut Vec<Key>, into: &mut Vec<(Vec<Key>, Node)>) {
    if node.is_map() && !node.entries().is_empty() {
        for entry in node.entries() {
            path.push(entry.key.clone());
            collect(&entry.node, path, into);
            path.pop();
        }
    } else {
        into.push((path.clone(), node.clone()));
    }
}

/// The fleet with one field set: where it stands, or in the environment itself.
fn set(
    fleet: &Fleet,
    at: &EnvironmentRef,
    keys: &[Key],
    value: Written<'_>,
    options: &PromoteOptions,
    context: &Context,
) -> Result<Fleet, PromoteError> {
    let resolved = fleet.resolved();
    let names: Vec<&str> = keys.iter().map(Key::as_str).collect();
    let field = keys.iter().cloned().collect::<ModelPath>().to_string();
    let stack = resolved
        .environments
        .get(at)
        .map(|environment| &environment.layers);
    let setting = stack.and_then(|stack| {
        stack.layers.iter().rev().find_map(|layer| {
            layer
                .node
                .path(&names)
                .map(|node| (layer.kind, node.clone(), layer.node.span()))
        })
    });
    let mut standing = None;
    if let Some((kind, node, span)) = setting {
        let others = resolved
            .environments
            .iter()
            .filter(|(other, environment)| {
                *other != at
                    && environment
                        .layers
                        .layers
                        .iter()
                        .any(|layer| layer.kind == kind && layer.node.span() == span)
            })
            .count();
        match kind {
            LayerKind::Environment => standing = Some(node),
            LayerKind::Edition | LayerKind::EditionTier => {}
            _ if others == 0 => standing = Some(node),
            _ if options.override_shared => {}
            kind => {
                return Err(PromoteError::Shared {
                    field,
                    environment: at.to_string(),
                    layer: kind.describe(),
                    others,
                    place: node
                        .span()
                        .map(|span| Place::new(&resolved.loaded.sources, span)),
                });
            }
        }
    }
    let (file, text) = match &standing {
        Some(node) => {
            let file = node
                .span()
                .map(|span| resolved.loaded.sources.file(span.file).clone());
            let file = file.ok_or_else(|| PromoteError::Text {
                field: field.clone(),
                file: at.to_string(),
            })?;
            let text = edit::replace(file.text(), node, value);
            (file, text)
        }
        None => {
            let mut map = resolved.root.path(&[
                "commons",
                at.commons.as_str(),
                "environments",
                at.environment.as_str(),
            ]);
            let mut rest = keys;
            while let (Some(here), Some((first, behind))) = (map, rest.split_first())
                && let Some(below) = here.get(first.as_str())
                && below.is_map()
            {
                map = Some(below);
                rest = behind;
            }
            let absent = || PromoteError::Text {
                field: field.clone(),
                file: at.to_string(),
            };
            let map = map.ok_or_else(absent)?;
            let place = map
                .entries()
                .last()
                .and_then(|entry| entry.node.span())
                .or_else(|| map.span());
            let file = place
                .map(|span| resolved.loaded.sources.file(span.file).clone())
                .ok_or_else(absent)?;
            let text = edit::insert(file.text(), map, rest, value, &ORDER);
            (file, text)
        }
    };
    let path = file.path().to_owned();
    let Some(text) = text else {
        return Err(PromoteError::Text {
            field,
            file: path.to_string(),
        });
    };
    let mut set: SourceSet = fleet.sources().clone();
    set.insert(path.clone(), text.into_bytes());
    let changed =
        Fleet::from_sources(set, context).map_err(|error| PromoteError::Fleet(Box::new(error)))?;
    if is_only(fleet, &changed, at, &names, value.node) {
        Ok(changed)
    } else {
        Err(PromoteError::More {
            field,
            file: path.to_string(),
        })
    }
}

/// Whether that field of that environment is all that is different: an alias or a merge key may share a text.
fn is_only(old: &Fleet, new: &Fleet, at: &EnvironmentRef, names: &[&str], value: &Node) -> bool {
    let (before, after) = (&old.resolved().environments, &new.resolved().environments);
    let (root, now) = (&old.resolved().root, &new.resolved().root);
    let is_same = |key: &&str| root.get(key) == now.get(key);
    before.len() == after.len()
        && [
            "accounts",
            "clusters",
            "hub",
            "gitops",
            "charts",
            "terraform",
            "network",
            "policy",
        ]
        .iter()
        .all(is_same)
        && before.iter().all(|(other, environment)| {
            let Some(now) = after.get(other) else {
                return false;
            };
            if other != at {
                return environment.layers.merged == now.layers.merged;
            }
            let mut meant = (*environment.layers.merged).clone();
            let keys: Vec<Key> = names.iter().copied().map(Key::from).collect();
            meant.set(&keys, value.clone());
            meant == *now.layers.merged
        })
}

/// The changed lines of a file: a hunk for each run of them, without lines around it.
fn unified(path: &str, old: &str, new: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let line = |line: &str| match line.split_once(':') {
        Some((key, value)) => format!("{key}:{}", redacted(key.trim(), value)),
        None => line.to_owned(),
    };
    let range =
        |at: usize, lines: usize| format!("{},{lines}", at.saturating_add(usize::from(lines > 0)));
    let mut text = format!("--- {path}\n+++ {path}\n");
    let (mut one, mut other) = (0, 0);
    while one < before.len() || other < after.len() {
        if before.get(one).is_some() && before.get(one) == after.get(other) {
            (one, other) = (one.saturating_add(1), other.saturating_add(1));
            continue;
        }
        let (gone, come) = run(
            before.get(one..).unwrap_or_default(),
            after.get(other..).unwrap_or_default(),
        );
        text.push_str(&format!(
            "@@ -{} +{} @@\n",
            range(one, gone),
            range(other, come)
        ));
        before
            .iter()
            .skip(one)
            .take(gone)
            .for_each(|one| text.push_str(&format!("-{}\n", line(one))));
        after
            .iter()
            .skip(other)
            .take(come)
            .for_each(|one| text.push_str(&format!("+{}\n", line(one))));
        (one, other) = (one.saturating_add(gone), other.saturating_add(come));
    }
    text
}

/// How many lines are gone and have come until both texts go on alike: the fewest.
fn run(before: &[&str], after: &[&str]) -> (usize, usize) {
    for sum in 1..=before.len().saturating_add(after.len()) {
        for gone in 0..=sum.min(before.len()) {
            let come = sum.saturating_sub(gone);
            if come <= after.len()
                && before.get(gone) == after.get(come)
                && before
                    .get(gone..)
                    .unwrap_or_default()
                    .iter()
                    .zip(after.get(come..).unwrap_or_default())
                    .take(2)
                    .all(|(one, other)| one == other)
            {
                return (gone, come);
            }
        }
    }
    (before.len(), after.len())
}

fn redacted(key: &str, value: &str) -> String {
    if redact::is_secret(key, value.trim()) {
        format!(" {}", redact::REDACTED)
    } else {
        leaf::printable(value)
    }
}
