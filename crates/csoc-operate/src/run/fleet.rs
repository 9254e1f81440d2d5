//! Many stacks at once.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::Applied;
use super::choice::{Choice, ChoiceError};
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
use crate::journal::{Approval, JournalError, Phase, Record};
use crate::plan::Aim;
use crate::stack::{Stack, StackId};

/// What became of each stack, in the order of stacks.
pub type Endings<'s, T> = Vec<(&'s Stack, Ending<T, StackError>)>;

/// How many stacks run at once, and what lets no other begin.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    limits: Limits,
    on_failure: OnFailure,
    is_failure: fn(&StackError) -> bool,
}

impl Pace {
    /// Of plans, for which a stack that waits for what is not recorded has not failed.
    pub(super) fn of_plans(limits: Limits, on_failure: OnFailure) -> Self {
        Self {
            limits,
            on_failure,
            is_failure: |error| !matches!(error, StackError::Blocked(_)),
        }
    }

    /// Of applies, for which every plan that is not applied has.
    pub(super) fn of_applies(limits: Limits, on_failure: OnFailure) -> Self {
        Self {
            limits,
            on_failure,
            is_failure: |_| true,
        }
    }
}

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
        self.see(stacks);
        let work = |stack: &Stack, event: &mut Said<'_>| self.plan(stack, event);
        let pace = Pace::of_plans(limits, on_failure);
        self.all(stacks, &BTreeMap::new(), pace, watch, &work)
    }

    /// Applies bundles, each after those that its stack needs.
    ///
    /// A bundle of a stack that is not rendered any more is not applied, and is not among the endings. Nothing is applied
    /// where a plan is refused for what it would do, where `allowed` names what no bundle destroys or what several do, and
    /// where it cannot be recorded that somebody accepted the plans.
    pub fn apply_all(
        &self,
        choice: &Choice,
        limits: Limits,
        on_failure: OnFailure,
        watch: &dyn Watch,
    ) -> Result<Endings<'o, Applied>, ChoiceError> {
        let chosen = Chosen::new(choice, Aim::Change)?;
        let stacks = self.stacks.iter();
        let stacks: Vec<&Stack> = stacks.filter(|stack| chosen.has(stack)).collect();
        if let Some(refused) = chosen.refused(&stacks, watch) {
            return Ok(refused);
        }
        self.approve(&choice.bundles, choice.approval)?;
        let waiting = chosen.waiting(self.stacks);
        let mut ready = stacks.clone();
        ready.retain(|stack| !waiting.contains_key(&stack.id));
        let needs = self.stacks.needs(&ready);
        let work = |stack: &Stack, event: &mut Said<'_>| chosen.apply(self, stack, event);
        let pace = Pace::of_applies(limits, on_failure);
        let mut ran = self.all(&ready, &needs, pace, watch, &work).into_iter();
        let ending = |stack: &'o Stack| match waiting.get(&stack.id) {
            Some(need) => Some((stack, Ending::Needs(need.clone()))),
            None => ran.next(),
        };
        Ok(stacks.into_iter().filter_map(ending).collect())
    }

    /// Records that somebody accepted plans: before any of them begins.
    pub fn approve(&self, bundles: &[Bundle], how: Approval) -> Result<(), JournalError> {
        let at = (self.clock)();
        let record = |bundle: &Bundle| Record {
            at,
            run: self.run.into(),
            actor: self.sessions.actor(),
            stack: bundle.facts().stack.clone(),
            phase: Phase::Approved {
                bundle: bundle.digest(),
                how,
            },
        };
        self.journal()
            .append_all(bundles.iter().map(record).collect())
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
        let pace = Pace::of_plans(limits, OnFailure::Continue);
        self.all(stacks, &BTreeMap::new(), pace, watch, look)
    }

    pub(super) fn all<T: Send>(
        &self,
        stacks: &[&'o Stack],
        needs: &BTreeMap<&'o StackId, BTreeSet<&'o StackId>>,
        pace: Pace,
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
        let endings = schedule(
            stacks,
            needs,
            pace.limits,
            pace.on_failure,
            &is_stopped,
            &pace.is_failure,
            watched,
        );
        stacks.iter().copied().zip(endings).collect()
    }
}

/// Takes what the program says of one stack.
pub(super) type Said<'s> = dyn FnMut(Event) + Send + 's;
