//! Taking away all that a stack has: planned as every change is, and applied by the same bundle, once.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::error::{StackError, Step};
use super::kept::{Guard, as_a_whole, by_guards, lifted};
use super::operator::{Operator, Prepared};
use super::plan::Planned;
use super::session::Purpose;
use crate::event::Event;
use crate::journal::Phase;
use crate::plan::Aim;
use crate::stack::Stack;
use crate::terraform::WorkspaceError;

/// The override in the working copy: of Terraform's own name for such files, so that it comes last.
const LIFTED: &str = "csoc_destroy_override.tf";

/// What a state says of a resource: nothing of its values.
#[derive(Deserialize)]
struct Held {
    #[serde(default)]
    mode: Box<str>,
    #[serde(rename = "type", default)]
    of: Box<str>,
    #[serde(default)]
    name: Box<str>,
    #[serde(default)]
    instances: Vec<serde::de::IgnoredAny>,
}

impl Operator<'_> {
    /// Plans to take away all that a stack has.
    ///
    /// `prevent_destroy` is lifted in the working copy alone: what it keeps cannot be made again, so that the bundle is
    /// applied only where its address is allowed. What a field of the fleet keeps stays kept until that says otherwise.
    pub fn plan_destroy(
        &self,
        stack: &Stack,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Planned, StackError> {
        let kept = as_a_whole(stack);
        if !kept.is_empty() {
            return Err(StackError::Kept(kept));
        }
        self.sweep(event);
        let prepared = self.prepare(stack, Purpose::Plan)?;
        self.is_as_seen(stack, &prepared)?;
        self.record(stack, Phase::PlanStarted)?;
        let directory = prepared.workspace.directory();
        let error = |source| WorkspaceError::Io {
            root: directory.to_owned(),
            source,
        };
        let guards = Guard::of_root(directory).map_err(error)?;
        self.init(&prepared, event)?;
        let head = self.look(&prepared, event)?.entry();
        let has = self.has(&prepared)?;
        if has.is_empty() {
            return Ok(Planned::Clean);
        }
        let kept = by_guards(stack, &guards, &has);
        if !kept.is_empty() {
            return Err(StackError::Kept(kept));
        }
        std::fs::write(directory.join(LIFTED), lifted(&guards)).map_err(error)?;
        self.bundled(stack, &prepared, head, Aim::Destroy, event)
    }

    /// Whether a stack has resources, as its state says, even where what it needs is not recorded.
    pub fn has_resources(
        &self,
        stack: &Stack,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<bool, StackError> {
        let prepared = self.prepare_blocked(stack, Purpose::State)?;
        prepared.reduce_to_backend()?;
        self.init(&prepared, event)?;
        Ok(!self.has(&prepared)?.is_empty())
    }

    /// The resources in a state, without their indexes.
    fn has(&self, prepared: &Prepared) -> Result<BTreeSet<String>, StackError> {
        #[derive(Deserialize)]
        struct State {
            #[serde(default)]
            resources: Vec<Held>,
        }
        let text = self.document(Step::State, prepared, &["state", "pull", "-no-color"])?;
        if text.trim().is_empty() {
            return Ok(BTreeSet::new());
        }
        // What cannot be read could be anything: it is not taken for nothing.
        let state: State = serde_json::from_str(&text).map_err(|_| StackError::Unreadable)?;
        let managed = state
            .resources
            .iter()
            .filter(|held| &*held.mode == "managed" && !held.instances.is_empty());
        Ok(managed
            .map(|held| format!("{}.{}", held.of, held.name))
            .collect())
    }
}
