//! What somebody chose to have applied, and why none of it is.

use super::allowed::Destruction;
use crate::bundle::Bundle;
use crate::digest::Digest;
use crate::journal::{Approval, JournalError};
use crate::stack::StackId;

/// Plans that are to be applied, what of them may be destroyed, and how somebody said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The plans.
    pub bundles: Vec<Bundle>,
    /// Plans that were named with them, and were applied before, or others of their stacks since.
    pub applied: Vec<Bundle>,
    /// Plans that were named with them, are left out, and were not applied: what needs their stacks does not begin.
    pub left_out: Vec<Bundle>,
    /// What may be destroyed although it cannot be made again.
    pub allowed: Vec<Destruction>,
    /// How somebody accepted the plans.
    pub approval: Approval,
}

/// Why nothing of a choice is applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChoiceError {
    /// None of the plans destroys what is allowed to be destroyed.
    #[error(
        "`--allow-destroy {0}` allows what no plan destroys; take it out, or look at which plans these are"
    )]
    NotPlanned(Destruction),
    /// Plans of several stacks do.
    #[error("`--allow-destroy {named}` is in the plans of {} stacks; say which: {}", .stacks.len(), choices(.stacks, .named))]
    Ambiguous {
        /// What was said.
        named: Destruction,
        /// The stacks.
        stacks: Vec<StackId>,
    },
    /// Two plans are of one stack, and only one of them can be what was meant.
    #[error("the plans `{}` and `{}` are both of the stack `{stack}`; name one of them", short(.bundles.0), short(.bundles.1))]
    Twice {
        /// The stack.
        stack: StackId,
        /// The plans.
        bundles: Box<(Digest, Digest)>,
    },
    /// That it was chosen cannot be recorded.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Choice {
    /// These plans, all of them.
    pub fn new(bundles: Vec<Bundle>, approval: Approval) -> Self {
        Self {
            bundles,
            applied: Vec::new(),
            left_out: Vec::new(),
            allowed: Vec::new(),
            approval,
        }
    }

    /// The same, where this may be destroyed although it cannot be made again.
    #[must_use]
    pub fn allow(mut self, allowed: &[Destruction]) -> Self {
        self.allowed.extend_from_slice(allowed);
        self
    }
}

fn choices(stacks: &[StackId], named: &Destruction) -> String {
    let choice = |stack: &StackId| format!("`{stack}:{}`", named.address());
    stacks.iter().map(choice).collect::<Vec<_>>().join(", ")
}

fn short(digest: Digest) -> String {
    digest.to_string().chars().take(12).collect()
}
