//! The bundles that somebody named, of which each is applied to its stack.

use std::collections::{BTreeMap, BTreeSet};

use super::allowed::{AllowedError, Destruction, by_stack};
use super::apply::Applied;
use super::error::StackError;
use super::operator::Operator;
use crate::bundle::{Bundle, Refused};
use crate::event::Event;
use crate::plan::Aim;
use crate::stack::{Stack, StackId};

/// Bundles by their stacks, and what of each may be destroyed.
pub(super) struct Chosen<'b> {
    bundles: BTreeMap<&'b StackId, &'b Bundle>,
    allowed: BTreeMap<&'b StackId, BTreeSet<&'b str>>,
}

impl<'b> Chosen<'b> {
    /// Of several bundles for one stack the last counts.
    pub(super) fn new(
        bundles: &'b [Bundle],
        allowed: &'b [Destruction],
    ) -> Result<Self, AllowedError> {
        let bundles: BTreeMap<&StackId, &Bundle> = bundles
            .iter()
            .map(|bundle| (&bundle.facts().stack, bundle))
            .collect();
        let allowed = by_stack(allowed, &bundles)?;
        Ok(Self { bundles, allowed })
    }

    /// Whether there is a bundle of a stack.
    pub(super) fn has(&self, stack: &Stack) -> bool {
        self.bundles.contains_key(&stack.id)
    }

    /// Applies the bundle of a stack, where it is for what is meant.
    pub(super) fn apply(
        &self,
        operator: &Operator<'_>,
        stack: &Stack,
        aim: Aim,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Applied, StackError> {
        let none = BTreeSet::new();
        match self.bundles.get(&stack.id) {
            Some(bundle) if bundle.facts().aim == aim => {
                let allowed = self.allowed.get(&stack.id).unwrap_or(&none);
                operator.apply(stack, bundle, allowed, event)
            }
            Some(bundle) => Err(StackError::Refused(vec![Refused::Aim(bundle.facts().aim)])),
            None => Ok(Applied::default()),
        }
    }
}
