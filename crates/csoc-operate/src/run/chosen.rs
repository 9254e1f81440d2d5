//! A choice of plans, stack by stack.

use std::collections::{BTreeMap, BTreeSet};

use super::allowed::by_stack;
use super::apply::Applied;
use super::choice::{Choice, ChoiceError};
use super::error::StackError;
use super::fleet::Endings;
use super::operator::Operator;
use super::schedule::Ending;
use super::watch::Watch;
use crate::bundle::{Bundle, Refused};
use crate::event::Event;
use crate::plan::{Aim, Refusal};
use crate::stack::{Mode, Stack, StackId, Stacks};

/// Bundles by their stacks, and what of each may be destroyed.
pub(super) struct Chosen<'b> {
    bundles: BTreeMap<&'b StackId, &'b Bundle>,
    allowed: BTreeMap<&'b StackId, BTreeSet<&'b str>>,
    /// Stacks whose plans were named with these, and are not applied.
    left_out: BTreeSet<&'b StackId>,
    /// What the plans are meant for.
    aim: Aim,
}

impl<'b> Chosen<'b> {
    /// Plans for what is meant, of which each is of another stack.
    pub(super) fn new(choice: &'b Choice, aim: Aim) -> Result<Self, ChoiceError> {
        let mut bundles: BTreeMap<&StackId, &Bundle> = BTreeMap::new();
        for bundle in &choice.bundles {
            let stack = &bundle.facts().stack;
            if let Some(other) = bundles.insert(stack, bundle)
                && other.digest() != bundle.digest()
            {
                return Err(ChoiceError::Twice {
                    stack: stack.clone(),
                    bundles: Box::new((other.digest(), bundle.digest())),
                });
            }
        }
        Ok(Self {
            allowed: by_stack(choice, &bundles)?,
            bundles,
            left_out: choice
                .left_out
                .iter()
                .map(|one| &one.facts().stack)
                .collect(),
            aim,
        })
    }

    /// Whether there is a bundle of a stack.
    pub(super) fn has(&self, stack: &Stack) -> bool {
        self.bundles.contains_key(&stack.id)
    }

    /// Refuses all of it where one plan is not what was meant, or destroys what nobody allowed: that is known before
    /// anything begins, and half of a fleet is no better than all of it.
    pub(super) fn refused<'s>(
        &self,
        stacks: &[&'s Stack],
        watch: &dyn Watch,
    ) -> Option<Endings<'s, Applied>> {
        let refusals: Vec<Option<StackError>> =
            stacks.iter().map(|stack| self.refusal(stack)).collect();
        if refusals.iter().all(Option::is_none) {
            return None;
        }
        let ending = |(stack, refusal): (&&'s Stack, Option<StackError>)| {
            let Some(error) = refusal else {
                return (*stack, Ending::Stopped);
            };
            watch.begun(stack);
            watch.ended(stack, Some(&error));
            (*stack, Ending::Failed(error))
        };
        Some(stacks.iter().zip(refusals).map(ending).collect())
    }

    /// Why the plan of a stack is not applied, whatever else is so.
    fn refusal(&self, stack: &Stack) -> Option<StackError> {
        let bundle = self.bundles.get(&stack.id)?;
        let aim = bundle.facts().aim;
        if aim != self.aim {
            return Some(StackError::Refused(vec![Refused::Aim(aim)]));
        }
        let refusals = dangers(bundle, stack, &self.allowed_of(stack));
        (!refusals.is_empty()).then_some(StackError::Dangerous(refusals))
    }

    /// By stack that does not begin, the one that it needs whose plan is left out.
    pub(super) fn waiting<'s>(&self, stacks: &'s Stacks) -> BTreeMap<&'s StackId, StackId> {
        if self.left_out.is_empty() {
            return BTreeMap::new();
        }
        let needs = stacks.all_needs().into_iter();
        needs
            .filter(|(stack, _)| self.bundles.contains_key(stack))
            .filter_map(|(stack, needs)| {
                let left_out = needs
                    .into_iter()
                    .find(|need| self.left_out.contains(need))?;
                Some((stack, left_out.clone()))
            })
            .collect()
    }

    /// Applies the bundle of a stack.
    pub(super) fn apply(
        &self,
        operator: &Operator<'_>,
        stack: &Stack,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Applied, StackError> {
        match self.bundles.get(&stack.id) {
            Some(bundle) => operator.apply(stack, bundle, &self.allowed_of(stack), event),
            None => Ok(Applied::default()),
        }
    }

    fn allowed_of(&self, stack: &Stack) -> BTreeSet<&'b str> {
        self.allowed.get(&stack.id).cloned().unwrap_or_default()
    }
}

/// Why a plan is not applied to a stack, for what it would do.
pub(super) fn dangers(bundle: &Bundle, stack: &Stack, allowed: &BTreeSet<&str>) -> Vec<Refusal> {
    let summary = &bundle.facts().summary;
    let mut refusals = summary.refusals(allowed);
    if stack.mode == Mode::Adopt {
        refusals.extend(summary.refusals_of_adoption());
        refusals.dedup();
    }
    refusals
}
