//! The report `bootstrap`: from nothing to a running operations center, and from there to a first commons.

use std::collections::BTreeSet;

use super::facts::{StackFacts, stacks};
use super::step::{BootstrapReport, ReportScript, ScriptKind};
use crate::context::{Context, Stopped};
use crate::contract::{FleetHost, hosts};
use crate::fleet::Fleet;
use crate::inventory::Secret;
use crate::model::stack::StackKind;
use crate::render::CompileOptions;
use crate::resolve::EnvironmentRef;
use crate::value::suggestion::closest;

/// What is wanted of the report.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct BootstrapOptions {
    /// The first environment, as `COMMONS/NAME` or by its path. Default: that of the lowest tier of the first commons that has no parent; none that is retired.
    pub environment: Option<String>,
}

/// Why there is no report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The fleet has no such environment.
    #[error("the fleet has no environment `{environment}`")]
    UnknownEnvironment {
        /// What was asked for.
        environment: String,
        /// The one that was probably meant.
        suggestion: Option<String>,
    },
    /// The environment is given up: nothing of it is built.
    #[error("the environment `{environment}` is retired: nothing of it is built")]
    RetiredEnvironment {
        /// What was asked for.
        environment: String,
    },
}

impl Fleet {
    /// The ordered steps from nothing to a running operations center and a first commons.
    ///
    /// They come from the stacks that are rendered and from the contracts: a fleet without a hub has one track.
    pub fn bootstrap_report(
        &self,
        options: &BootstrapOptions,
        context: &Context,
    ) -> Result<BootstrapReport, ReportError> {
        let at = self.first_environment(options)?;
        let (tree, _) = self.compile(&CompileOptions::default(), context)?;
        let writer = Writer {
            fleet: self,
            stacks: stacks(&tree),
            secrets: self.secrets(),
            hosts: hosts(self.resolved(), self.contracts()),
            renders_gitops: tree.iter().any(|file| file.path().starts_with("gitops")),
        };
        let mut done = Done::default();
        let mut tracks = Vec::new();
        if let Some(center) = writer.center() {
            tracks.push(writer.center_track(&center));
            done = center;
        }
        if let Some(at) = at {
            tracks.push(writer.commons_track(&at, &done));
        } else {
            tracks.extend(writer.rest_track(&done));
        }
        Ok(BootstrapReport {
            fleet: self.resolved().spec.name.to_string(),
            tracks,
        })
    }

    fn first_environment(
        &self,
        options: &BootstrapOptions,
    ) -> Result<Option<EnvironmentRef>, ReportError> {
        let all = &self.resolved().environments;
        let Some(asked) = &options.environment else {
            // A commons whose users sign in at another one comes after that.
            let first = all
                .iter()
                .find(|(_, environment)| environment.spec.parent.is_none())
                .or_else(|| all.iter().next())
                .map(|(at, _)| &at.commons);
            let of = all.iter().filter(|(at, _)| Some(&at.commons) == first);
            let lowest = of.min_by_key(|(_, environment)| environment.spec.tier);
            return Ok(lowest.map(|(at, _)| at.clone()));
        };
        let is_asked = |at: &&EnvironmentRef| short(at) == *asked || at.to_string() == *asked;
        if let Some(at) = all.keys().find(is_asked) {
            return Ok(Some(at.clone()));
        }
        if self
            .resolved()
            .retired
            .environments
            .keys()
            .any(|at| is_asked(&at))
        {
            return Err(ReportError::RetiredEnvironment {
                environment: asked.clone(),
            });
        }
        let names: Vec<String> = all.keys().map(short).collect();
        Err(ReportError::UnknownEnvironment {
            environment: asked.clone(),
            suggestion: closest(asked, names.iter().map(String::as_str)).map(str::to_owned),
        })
    }
}

/// An environment as people name it on the command line.
pub(super) fn short(at: &EnvironmentRef) -> String {
    format!("{}/{}", at.commons, at.environment)
}

/// Writes the steps of a fleet.
pub(super) struct Writer<'a> {
    pub(super) fleet: &'a Fleet,
    pub(super) stacks: Vec<StackFacts>,
    pub(super) secrets: Vec<Secret>,
    pub(super) hosts: Vec<FleetHost>,
    /// Whether anything is rendered that Argo CD reads.
    pub(super) renders_gitops: bool,
}

/// What a track brings about.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// The stacks that it applies.
    pub(super) stacks: BTreeSet<String>,
    /// The objects whose secrets it fills and whose hosts it points.
    pub(super) objects: Vec<String>,
}

/// Commands that a person runs.
pub(super) fn hand(text: impl Into<String>) -> ReportScript {
    ReportScript::new(ScriptKind::Hand, text)
}

/// Whether a stack is of a layer.
pub(super) fn is_kind(stack: &StackFacts, kind: StackKind) -> bool {
    stack.kind == kind.as_str()
}
