//! Many stacks at once.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::Applied;
use super::error::StackError;
use super::operator::Operator;
use super::plan::Planned;
use super::schedule::{Ending, Limits, OnFailure, schedule};
use crate::bundle::Bundle;
use crate::event::Event;
use crate::stack::{Selection, Stack, StackId};

/// Hears what is said of each stack, from several threads at once.
pub type Listener<'l> = dyn Fn(&Stack, Event) + Sync + 'l;

/// What became of each stack, in the order of stacks.
pub type Endings<'s, T> = Vec<(&'s Stack, Ending<T, StackError>)>;

impl<'o> Operator<'o> {
    /// Plans all stacks of a selection.
    ///
    /// None waits for another: a plan is of what is recorded now, and changes nothing.
    pub fn plan_all(
        &self,
        selection: &Selection,
        limits: Limits,
        on_failure: OnFailure,
        listener: &Listener<'_>,
    ) -> Endings<'o, Planned> {
        let stacks: Vec<&Stack> = self
            .stacks
            .iter()
            .filter(|stack| selection.matches(stack))
            .collect();
        let work = |stack: &'o Stack| self.plan(stack, &mut |event| listener(stack, event));
        self.all(stacks, &BTreeMap::new(), limits, on_failure, work)
    }

    /// Applies bundles, each after those that its stack needs; of several for one stack the last counts.
    ///
    /// A bundle of a stack that is not rendered any more is not applied, and is not among the endings.
    pub fn apply_all(
        &self,
        bundles: &[Bundle],
        allowed: &BTreeSet<&str>,
        limits: Limits,
        on_failure: OnFailure,
        listener: &Listener<'_>,
    ) -> Endings<'o, Applied> {
        let by_stack: BTreeMap<_, &Bundle> = bundles
            .iter()
            .map(|bundle| (&bundle.facts().stack, bundle))
            .collect();
        let stacks: Vec<&Stack> = self
            .stacks
            .iter()
            .filter(|stack| by_stack.contains_key(&stack.id))
            .collect();
        let needs = self.stacks.needs(&stacks);
        self.all(stacks, &needs, limits, on_failure, |stack| {
            match by_stack.get(&stack.id) {
                Some(bundle) => {
                    self.apply(stack, bundle, allowed, &mut |event| listener(stack, event))
                }
                None => Ok(Applied::default()),
            }
        })
    }

    fn all<T: Send>(
        &self,
        stacks: Vec<&'o Stack>,
        needs: &BTreeMap<&'o StackId, BTreeSet<&'o StackId>>,
        limits: Limits,
        on_failure: OnFailure,
        work: impl Fn(&'o Stack) -> Result<T, StackError> + Sync,
    ) -> Endings<'o, T> {
        let is_stopped = || self.interrupt.is_stopped();
        let endings = schedule(&stacks, needs, limits, on_failure, &is_stopped, work);
        stacks.into_iter().zip(endings).collect()
    }
}
