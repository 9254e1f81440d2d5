//! Taking away many stacks: each once nothing that needs it has anything left.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::Applied;
use super::choice::{Choice, ChoiceError};
use super::chosen::Chosen;
use super::error::StackError;
use super::fleet::{Endings, Pace, Said};
use super::kept::Kept;
use super::operator::Operator;
use super::plan::Planned;
use super::schedule::{Ending, Limits, OnFailure};
use super::watch::Watch;
use crate::event::Event;
use crate::plan::Aim;
use crate::stack::{Stack, StackId};

/// Why each stack that is kept by others is kept.
type KeptBy<'s> = BTreeMap<&'s StackId, Vec<Kept>>;

impl<'o> Operator<'o> {
    /// Plans to take away all that stacks have; those that are needed first come last, as they are taken away.
    ///
    /// A stack that one outside of these needs is kept for as long as that has resources.
    pub fn plan_destroy_all(
        &self,
        stacks: &[&'o Stack],
        limits: Limits,
        on_failure: OnFailure,
        watch: &dyn Watch,
    ) -> Endings<'o, Planned> {
        let stacks: Vec<&'o Stack> = stacks.iter().rev().copied().collect();
        self.see(&stacks);
        let kept = self.kept_by_others(&stacks, limits);
        let work = |stack: &Stack, event: &mut Said<'_>| {
            refuse(&kept, stack)?;
            self.plan_destroy(stack, event)
        };
        let pace = Pace::of_plans(limits, on_failure);
        self.all(&stacks, &BTreeMap::new(), pace, watch, &work)
    }

    /// Applies bundles that take stacks away, each after those of the stacks that need it.
    ///
    /// As [`Operator::apply_all`], otherwise.
    pub fn destroy_all(
        &self,
        choice: &Choice,
        limits: Limits,
        on_failure: OnFailure,
        watch: &dyn Watch,
    ) -> Result<Endings<'o, Applied>, ChoiceError> {
        let chosen = Chosen::new(choice, Aim::Destroy)?;
        let stacks = self.stacks.iter().rev();
        let stacks: Vec<&Stack> = stacks.filter(|stack| chosen.has(stack)).collect();
        if let Some(refused) = chosen.refused(&stacks, watch) {
            return Ok(refused);
        }
        self.approve(&choice.bundles, choice.approval)?;
        let kept = self.kept_by_others(&stacks, limits);
        let needs = turned(&self.stacks.needs(&stacks));
        let work = |stack: &Stack, event: &mut Said<'_>| {
            refuse(&kept, stack)?;
            chosen.apply(self, stack, event)
        };
        let pace = Pace::of_applies(limits, on_failure);
        Ok(self.all(&stacks, &needs, pace, watch, &work))
    }

    /// Of these stacks those that others need, which have resources or cannot be asked.
    fn kept_by_others(&self, stacks: &[&'o Stack], limits: Limits) -> KeptBy<'o> {
        let chosen: BTreeSet<&StackId> = stacks.iter().map(|stack| &stack.id).collect();
        let above = self.stacks.all_needs();
        let needing = |stack: &&'o Stack| {
            let needs = above.get(&stack.id).into_iter().flatten();
            !chosen.contains(&stack.id) && needs.into_iter().any(|id| chosen.contains(id))
        };
        let others: Vec<&'o Stack> = self.stacks.iter().filter(needing).collect();
        // Nobody is told: they are looked at, and are no part of the run. No provider is fetched for it.
        let silent = |_: &Stack, _: Event| {};
        let asked = self.each(&others, limits, &silent, &|stack, event| {
            self.has_resources(stack, event)
        });
        let mut kept: KeptBy<'o> = BTreeMap::new();
        for (other, ending) in asked {
            let why = match ending {
                Ending::Done(false) => continue,
                Ending::Done(true) => Kept::NeededBy(other.id.clone()),
                _ => Kept::PerhapsNeededBy(other.id.clone()),
            };
            for id in above.get(&other.id).into_iter().flatten() {
                if let Some(id) = chosen.get(id) {
                    kept.entry(id).or_default().push(why.clone());
                }
            }
        }
        kept
    }
}

fn refuse(kept: &KeptBy<'_>, stack: &Stack) -> Result<(), StackError> {
    match kept.get(&stack.id) {
        Some(kept) => Err(StackError::Kept(kept.clone())),
        None => Ok(()),
    }
}

/// Who waits for whom, the other way round.
fn turned<'s>(
    needs: &BTreeMap<&'s StackId, BTreeSet<&'s StackId>>,
) -> BTreeMap<&'s StackId, BTreeSet<&'s StackId>> {
    let mut turned: BTreeMap<&StackId, BTreeSet<&StackId>> = BTreeMap::new();
    for (stack, needs) in needs {
        for need in needs {
            turned.entry(need).or_default().insert(stack);
        }
    }
    turned
}
