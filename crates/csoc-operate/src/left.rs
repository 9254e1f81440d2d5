//! What of a run may be half built, and what of it was not begun.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::bundle::Bundle;
use crate::digest::Digest;
use crate::journal::{Entry, Outcome, Phase};
use crate::plan::Aim;
use crate::run::{Home, StackError, unfinished};
use crate::stack::StackId;

/// A stack that a run did not bring to a good end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Loose {
    /// The stack.
    pub stack: StackId,
    /// Whether something still works on it.
    pub goes_on: bool,
    /// Resources on which work began, and whose end nobody saw.
    pub half_built: Vec<Box<str>>,
    /// Resources that were not begun.
    pub not_begun: Vec<Box<str>>,
}

/// A plan that was not used, and may be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unused {
    /// The stack.
    pub stack: StackId,
    /// The run that planned it.
    pub planner: Box<str>,
    /// What it is for.
    pub aim: Aim,
}

/// What is left of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RunLeft {
    /// Stacks that it did not bring to a good end.
    pub loose: Vec<Loose>,
    /// Stacks whose plan is used, and of which nothing was done.
    pub spent: Vec<StackId>,
    /// Stacks whose plan was not used.
    pub unused: Vec<Unused>,
    /// Runs of which something still goes on.
    pub going: BTreeSet<Box<str>>,
}

impl RunLeft {
    /// What `all` lines of the journal of a home say of a run.
    ///
    /// # Errors
    ///
    /// What is left of it cannot be read.
    pub fn of(run: &str, all: &[Entry], home: &Home) -> Result<Self, StackError> {
        let mut left = Self::default();
        // A bundle of the run may have been applied by another one.
        for Planned {
            planner,
            stack,
            bundle: digest,
        } in plans(run, all)
        {
            match end(all, digest) {
                Some(End::Good | End::Later) => {}
                Some(End::Loose { by }) => {
                    let loose = Loose::of(stack, digest, home)?;
                    if loose.goes_on {
                        left.going.insert(by.into());
                    }
                    left.loose.push(loose);
                }
                Some(End::Spent) => left.spent.push(stack.clone()),
                None => {
                    let Ok(bundle) = Bundle::find(&home.bundles(), &digest.to_string()) else {
                        continue;
                    };
                    // What would have begun to apply it went away between the mark and the line that says so.
                    if bundle.is_used() {
                        if !is_applied_since(all, stack, digest) {
                            left.spent.push(stack.clone());
                        }
                        continue;
                    }
                    left.unused.push(Unused {
                        stack: stack.clone(),
                        planner: planner.into(),
                        aim: bundle.facts().aim,
                    });
                }
            }
        }
        Ok(left)
    }
}

impl Loose {
    fn of(stack: &StackId, bundle: Digest, home: &Home) -> Result<Self, StackError> {
        let said = unfinished(home, stack)?;
        let planned = Bundle::find(&home.bundles(), &bundle.to_string());
        let changes = planned.map(|bundle| bundle.facts().summary.changes.clone());
        let not_begun = changes
            .unwrap_or_default()
            .into_iter()
            .map(|change| change.address)
            .filter(|address| !said.begun.contains(address) && !said.done.contains(address))
            .collect();
        Ok(Self {
            stack: stack.clone(),
            goes_on: home.is_held(stack)?,
            half_built: said.begun,
            not_begun,
        })
    }
}

/// A plan of a stack.
struct Planned<'e> {
    /// The run that made it.
    planner: &'e str,
    stack: &'e StackId,
    bundle: Digest,
}

/// The plans that a run made, and those of the runs whose plans it applied.
fn plans<'e>(run: &'e str, all: &'e [Entry]) -> Vec<Planned<'e>> {
    let begun: BTreeSet<Digest> = all
        .iter()
        .filter(|entry| *entry.record.run == *run)
        .filter_map(|entry| match entry.record.phase {
            Phase::ApplyStarted { bundle } => Some(bundle),
            _ => None,
        })
        .collect();
    let planned = |entry: &'e Entry| match entry.record.phase {
        Phase::Planned { bundle, .. } => Some(Planned {
            planner: &entry.record.run,
            stack: &entry.record.stack,
            bundle,
        }),
        _ => None,
    };
    let mut planners: BTreeSet<&str> = all
        .iter()
        .filter_map(planned)
        .filter(|plan| begun.contains(&plan.bundle))
        .map(|plan| plan.planner)
        .collect();
    planners.insert(run);
    let plans = all.iter().filter_map(planned);
    plans
        .filter(|plan| planners.contains(plan.planner))
        .collect()
}

/// How applying a bundle ended.
enum End<'e> {
    /// Well.
    Good,
    /// Nothing of it was done.
    Spent,
    /// Not well, and its stack was applied again or found clean since.
    Later,
    /// Not well, or not yet; which run began it.
    Loose { by: &'e str },
}

/// Whether a stack was begun to be applied, or found clean, after a bundle of it was planned.
fn is_applied_since(all: &[Entry], stack: &StackId, bundle: Digest) -> bool {
    let lines = all.iter().filter(|entry| entry.record.stack == *stack);
    let mut since = lines.skip_while(
        |entry| !matches!(entry.record.phase, Phase::Planned { bundle: planned, .. } if planned == bundle),
    );
    since.any(|entry| {
        matches!(
            entry.record.phase,
            Phase::ApplyStarted { .. } | Phase::PlanClean
        )
    })
}

/// How applying a bundle ended; none where it was not begun.
fn end(all: &[Entry], bundle: Digest) -> Option<End<'_>> {
    // What cannot even be recorded as begun has an end alone.
    let begun = all.iter().position(|entry| match entry.record.phase {
        Phase::ApplyStarted { bundle: begun } => begun == bundle,
        Phase::ApplyEnded { bundle: ended, .. } => ended == bundle,
        _ => false,
    })?;
    let first = &all.get(begun)?.record;
    let stack = &first.stack;
    let since = all.iter().skip(begun);
    let since = || {
        let since = since.clone();
        since.filter(|entry| entry.record.stack == *stack)
    };
    let outcome = since().find_map(|entry| match entry.record.phase {
        Phase::ApplyEnded {
            bundle: ended,
            outcome,
        } if ended == bundle => Some(outcome),
        _ => None,
    });
    let is_later = since().any(|entry| match entry.record.phase {
        Phase::ApplyStarted { bundle: other } => other != bundle,
        Phase::PlanClean => true,
        _ => false,
    });
    Some(match (outcome, is_later) {
        (Some(Outcome::Done), _) => End::Good,
        (_, true) => End::Later,
        (Some(Outcome::NotBegun), false) => End::Spent,
        (_, false) => End::Loose { by: &first.run },
    })
}
