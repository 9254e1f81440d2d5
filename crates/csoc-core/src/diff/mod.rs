//! What is different between two sides: fleets, rendered trees, directories of either.
//!
//! Both sides become documents by object, and fleets models beside them. What
//! is found at single places comes together by its cause, is judged, and
//! followed over the contracts.

mod cause;
mod chain;
mod change;
mod classify;
mod danger;
mod documents;
mod error;
mod judge;
mod kind;
mod leaf;
mod model;
mod names;
mod print;
mod promote;
mod raw;
mod read;
mod redact;
mod side;
mod stateful;
mod terraform;
#[cfg(test)]
mod tests;
mod words;

pub use change::{Action, Change, ChangedPlace, Diff};
pub use danger::Danger;
pub use error::DiffError;
pub use kind::ChangeKind;
pub use promote::{PromoteError, PromoteOptions, Promotion};
pub use side::{DiffOptions, DiffSide};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::context::Context;
use crate::fleet::Fleet;
use crate::pattern::Wildcard;
use crate::render::{CompileOptions, differing};
use crate::resolve::EnvironmentRef;
use crate::tree::{File, Tree};
use crate::value::suggestion::closest;
use chain::Known;
use documents::Documents;
use raw::Raw;
use side::Sides;

/// The chart of environments: what it does by itself needs no value.
const CHART: &str = "gen3";

/// What is different between two sides.
pub fn diff(
    old: &DiffSide,
    new: &DiffSide,
    options: &DiffOptions,
    context: &Context,
) -> Result<Diff, DiffError> {
    context.run(|| {
        context.check()?;
        let diff = if let (DiffSide::Fleet(old), DiffSide::Fleet(new)) = (old, new) {
            fleets(old, new, context)?
        } else {
            let sides = Sides::prepare(old, new, options, context)?;
            let mut raws = sides.presence();
            compare(&sides.old, &sides.new, &mut raws, context)?;
            let (before, after) = (old.fleet(), new.fleet());
            finish(
                raws,
                Known {
                    fleet: before,
                    documents: &sides.old,
                },
                Known {
                    fleet: after,
                    documents: &sides.new,
                },
            )
        };
        Ok(only(diff, options))
    })
}

impl Fleet {
    /// What is different from an older state of this fleet, or from another one.
    pub fn diff(&self, old: &Self, context: &Context) -> Result<Diff, DiffError> {
        let context = self.facts(context);
        context.run(|| fleets(old, self, &context))
    }

    /// What is different between two environments, each as `COMMONS/NAME`, as if the second came from the first.
    pub fn diff_environments(
        &self,
        old: &str,
        new: &str,
        context: &Context,
    ) -> Result<Diff, DiffError> {
        let context = self.facts(context);
        context.run(|| environments(self, old, new, &context))
    }

    /// The environment of that name: `midrc/prod`, or its path.
    pub(crate) fn environment_named(&self, text: &str) -> Result<EnvironmentRef, DiffError> {
        let all = &self.resolved().environments;
        let short = |at: &EnvironmentRef| format!("{}/{}", at.commons, at.environment);
        all.keys()
            .find(|at| short(at) == text || at.to_string() == text)
            .cloned()
            .ok_or_else(|| {
                let known: Vec<String> = all.keys().map(short).collect();
                DiffError::NoEnvironment {
                    environment: text.to_owned(),
                    suggestion: closest(text, known.iter().map(String::as_str)).map(str::to_owned),
                }
            })
    }
}

impl Tree {
    /// What is different from an older tree.
    pub fn diff(&self, old: &Self, context: &Context) -> Result<Diff, DiffError> {
        diff(
            &DiffSide::Tree(old.clone()),
            &DiffSide::Tree(self.clone()),
            &DiffOptions::default(),
            context,
        )
    }
}

fn fleets(old: &Fleet, new: &Fleet, context: &Context) -> Result<Diff, DiffError> {
    if old == new {
        return Ok(Diff::default());
    }
    let options = CompileOptions {
        include_observed: true,
        ..CompileOptions::default()
    };
    let (before, after) = differing(old, new, &options, context)?;
    let by_object = |files: Vec<File>, fleet: &Fleet| {
        let owners = owners(fleet, &files);
        let owner = |path: &Utf8Path| {
            let known = owners.files.get(path).cloned();
            // Values that are the same on both sides are of their environment all the same.
            known.or_else(|| owners.directories.get(path.parent()?.parent()?).cloned())
        };
        documents::of_owners(files.into_iter().map(Arc::new), &owner)
    };
    let (before, after) = (by_object(before, old), by_object(after, new));
    let mut raws = Vec::new();
    model::compare(old, new, &mut raws);
    let absent: BTreeSet<String> = raws
        .iter()
        .filter(|raw| is_object(raw.kind))
        .map(|raw| raw.object.clone())
        .collect();
    let there = |documents: &BTreeMap<String, Documents>| -> BTreeMap<String, Documents> {
        documents
            .iter()
            .filter(|(object, _)| !absent.contains(*object))
            .map(|(object, documents)| (object.clone(), documents.clone()))
            .collect()
    };
    compare(&there(&before), &there(&after), &mut raws, context)?;
    Ok(finish(
        raws,
        Known {
            fleet: Some(old),
            documents: &before,
        },
        Known {
            fleet: Some(new),
            documents: &after,
        },
    ))
}

/// The objects of files, and the environments of the directories that a fleet renders.
struct Owners {
    files: BTreeMap<Utf8PathBuf, String>,
    directories: BTreeMap<Utf8PathBuf, String>,
}

fn owners(fleet: &Fleet, files: &[File]) -> Owners {
    let environments = fleet.contracts().environments.values();
    Owners {
        files: files
            .iter()
            .map(|file| (file.path().to_owned(), file.object().to_owned()))
            .collect(),
        directories: environments
            .map(|environment| {
                let (cluster, directory) = (
                    &environment.spec.cluster,
                    &environment.application.directory,
                );
                let path = Utf8PathBuf::from(format!("gitops/{cluster}/{directory}"));
                (path, environment.at.to_string())
            })
            .collect(),
    }
}

fn is_object(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::Environment | ChangeKind::Cluster | ChangeKind::Account
    )
}

/// Adds what is different between documents, object by object.
fn compare(
    old: &BTreeMap<String, Documents>,
    new: &BTreeMap<String, Documents>,
    raws: &mut Vec<Raw>,
    context: &Context,
) -> Result<(), DiffError> {
    use rayon::prelude::*;
    let absent: BTreeSet<String> = raws
        .iter()
        .filter(|raw| is_object(raw.kind))
        .map(|raw| raw.object.clone())
        .collect();
    let objects: Vec<&String> = old
        .keys()
        .chain(new.keys())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter(|object| !absent.contains(*object))
        .collect();
    let empty = Documents::default();
    let chart = context.facts().chart(CHART, None);
    let found: Result<Vec<Vec<Raw>>, DiffError> = objects
        .into_par_iter()
        .map(|object| {
            context.check()?;
            let mut found = Vec::new();
            documents::compare(
                object,
                old.get(object).unwrap_or(&empty),
                new.get(object).unwrap_or(&empty),
                chart,
                &mut found,
            );
            Ok(found)
        })
        .collect();
    raws.extend(found?.into_iter().flatten());
    Ok(())
}

/// Two environments side by side: what they are called is no difference by itself.
fn environments(fleet: &Fleet, old: &str, new: &str, context: &Context) -> Result<Diff, DiffError> {
    let (from, to) = (fleet.environment_named(old)?, fleet.environment_named(new)?);
    if from == to {
        return Ok(Diff::default().named(old, new));
    }
    let object = to.to_string();
    let resolved = &fleet.resolved().environments;
    let mut raws = Vec::new();
    if let (Some(one), Some(other)) = (resolved.get(&from), resolved.get(&to)) {
        let texts = model::Texts::of(fleet, fleet);
        model::environments(
            &object,
            &one.layers.merged,
            &other.layers.merged,
            (texts, &mut raws),
        );
    }
    let contracts = &fleet.contracts().environments;
    if let (Some(one), Some(other)) = (contracts.get(&from), contracts.get(&to)) {
        names::compare(&object, one, other, &mut raws);
    }
    let options = CompileOptions {
        include_observed: true,
        only: vec![from.to_string(), to.to_string()],
        ..CompileOptions::default()
    };
    let mut ignored = Vec::new();
    let tree = fleet.compile_into(&options, context, &mut ignored)?;
    let of = |at: &EnvironmentRef| {
        let files = tree
            .files
            .values()
            .filter(|file| file.object() == at.to_string())
            .cloned();
        let mut documents = documents::by_object(files)
            .remove(&at.to_string())
            .unwrap_or_default();
        // Roots follow the model, and each environment has states of its own.
        documents.roots.clear();
        documents
    };
    let (before, after) = (of(&from), of(&to));
    let chart = context.facts().chart(CHART, None);
    documents::compare(&object, &before, &after, chart, &mut raws);
    for raw in raws.iter_mut().filter(|raw| is_own(raw)) {
        raw.verdict = Some((Danger::Harmless, OWN.to_owned()));
        raw.stands_alone = false;
    }
    Ok(sorted(cause::changes(raws)).named(old, new))
}

/// Why what two environments never share is no danger.
const OWN: &str = "each environment has its own";

/// What two environments never share.
fn is_own(raw: &Raw) -> bool {
    use ChangeKind as K;
    match raw.kind {
        K::Name
        | K::Host
        | K::DataBucket
        | K::Secret
        | K::Role
        | K::Trust
        | K::Tier
        | K::Placement
        | K::Certificate
        | K::Naming => true,
        K::Workspaces => raw.subject == "namespace",
        // What is said of its finalizers is no matter of names.
        K::Application => raw.verdict.is_none(),
        _ => false,
    }
}

fn finish(raws: Vec<Raw>, old: Known<'_>, new: Known<'_>) -> Diff {
    let mut changes = cause::changes(raws);
    chain::follow(&mut changes, old, new);
    sorted(changes)
}

/// The differences in their order.
fn sorted(mut changes: Vec<Change>) -> Diff {
    changes.sort_by(|one, other| {
        let key = |change: &Change| {
            (
                order(&change.object),
                change.object.clone(),
                std::cmp::Reverse(change.danger),
                change.kind,
                change.subject.clone(),
                change.old.clone(),
                change.new.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
    Diff {
        changes,
        ..Diff::default()
    }
}

/// Environments come first: that is what people ask about.
fn order(object: &str) -> u8 {
    match object.split('.').next() {
        Some("commons") => 0,
        Some("clusters") => 2,
        Some("accounts") => 3,
        Some("fleet") => 4,
        _ => 1,
    }
}

fn only(mut diff: Diff, options: &DiffOptions) -> Diff {
    if !options.only.is_empty() {
        let patterns: Vec<Wildcard> = options
            .only
            .iter()
            .map(|text| Wildcard::new(text))
            .collect();
        // What another object causes in one that is asked for is a change of that one, too.
        diff.changes.retain(|change| {
            let mut objects = std::iter::once(&change.object).chain(&change.shows_in);
            objects.any(|object| patterns.iter().any(|pattern| pattern.matches(object)))
        });
    }
    diff
}
