//! Many stacks at once.

use std::collections::{BTreeMap, BTreeSet};

use super::allowed::{AllowedError, Destruction};
use super::apply::Applied;
use super::chosen::Chosen;
use super::drift::Drift;
use super::error::StackError;
use super::operator::Operator;
use super::outputs::StackOutputs;
use super::plan::Planned;
use super::schedule::{Ending, Limits, OnFailure, schedule};
use super::watch::Watch;
use crate::bundle::Bundle;
use crate::event::Event;
use crate::plan::Aim;
use crate::stack::{Stack, StackId};

/// What became of each stack, in the order of stacks.
pub type Endings<'s, T> = Vec<(&'s Stack, Ending<T, StackError>)>;

impl<'o> Operator<'o> {
    /// Plans stacks.
    ///
    /// None waits for another: a plan is of what is recorded now, and changes nothing.
    pub fn plan_all(
        &self,
        stacks: &[&'o Stack],
        limits: Limits,
        on_failure: OnFailure,
        watch: &dyn Watch,
    ) -> Endings<'o, Planned> {
        let work = |stack: &Stack, event: &mut Said<'_>| self.plan(stack, event);
        self.all(stacks, &BTreeMap::new(), limits, on_failure, watch, &work)
    }

    /// Applies bundles, each after those that its stack needs; of several for one stack the last counts.
    ///
    /// A bundle of a stack that is not rendered any more is not applied, and is not among the endings. Nothing is
    /// applied where `allowed` names what no bundle destroys, or what several do.
    pub fn apply_all(
        &self,
        bundles: &[Bundle],
        allowed: &[Destruction],
        limits: Limits,
        on_failure: OnFailure,
        watch: &dyn Watch,
    ) -> Result<Endings<'o, Applied>, AllowedError> {
        let chosen = Chosen::new(bundles, allowed)?;
        let stacks = self.stacks.iter();
        let stacks: Vec<&Stack> = stacks.filter(|stack| chosen.has(stack)).collect();
        let needs = self.stacks.needs(&stacks);
        let work =
            |stack: &Stack, event: &mut Said<'_>| chosen.apply(self, stack, Aim::Change, event);
        Ok(self.all(&stacks, &needs, limits, on_failure, watch, &work))
    }

    /// Asks the states of stacks for their outputs.
    pub fn outputs_all(
        &self,
        stacks: &[&'o Stack],
        limits: Limits,
        watch: &dyn Watch,
    ) -> Endings<'o, StackOutputs> {
        self.each(stacks, limits, watch, &|stack, event| {
            self.outputs(stack, event)
        })
    }

    /// Looks at stacks for what differs.
    pub fn drift_all(
        &self,
        stacks: &[&'o Stack],
        limits: Limits,
        watch: &dyn Watch,
    ) -> Endings<'o, Drift> {
        self.each(stacks, limits, watch, &|stack, event| {
            self.drift(stack, event)
        })
    }

    /// Looks at stacks, in no order: what looks changes nothing, and one that cannot be looked at keeps no other.
    pub(super) fn each<T: Send>(
        &self,
        stacks: &[&'o Stack],
        limits: Limits,
        watch: &dyn Watch,
        look: &(dyn Fn(&Stack, &mut Said<'_>) -> Result<T, StackError> + Sync),
    ) -> Endings<'o, T> {
        let needs = BTreeMap::new();
        self.all(stacks, &needs, limits, OnFailure::Continue, watch, look)
    }

    pub(super) fn all<T: Send>(
        &self,
        stacks: &[&'o Stack],
        needs: &BTreeMap<&'o StackId, BTreeSet<&'o StackId>>,
        limits: Limits,
        on_failure: OnFailure,
        watch: &dyn Watch,
        work: &(dyn Fn(&Stack, &mut Said<'_>) -> Result<T, StackError> + Sync),
    ) -> Endings<'o, T> {
        let is_stopped = || self.interrupt.is_stopped();
        let watched = |stack: &'o Stack| {
            watch.begun(stack);
            let done = work(stack, &mut |event| watch.said(stack, event));
            watch.ended(stack, done.as_ref().err());
            done
        };
        let endings = schedule(stacks, needs, limits, on_failure, &is_stopped, watched);
        stacks.iter().copied().zip(endings).collect()
    }
}

/// Takes what the program says of one stack.
pub(super) type Said<'s> = dyn FnMut(Event) + Send + 's;
