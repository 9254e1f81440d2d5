//! What of a run may be half built, what of it was not begun, and how to go on.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use csoc_operate::{Aim, Bundle, Digest, Entry, Home, Outcome, Phase, StackId, unfinished};
use serde::Serialize;

use crate::command::operate::past_home;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::Place;

/// A stack that a run did not bring to a good end.
#[derive(Debug, Serialize)]
pub(super) struct Loose {
    stack: StackId,
    /// Whether something still works on it.
    goes_on: bool,
    /// Resources on which work began, and whose end nobody saw.
    half_built: Vec<Box<str>>,
    /// Resources that were not begun.
    not_begun: Vec<Box<str>>,
}

/// What is left of a run.
#[derive(Debug, Serialize)]
pub(super) struct Left {
    loose: Vec<Loose>,
    /// Stacks whose plan is used, and of which nothing was done.
    spent: Vec<StackId>,
    /// Stacks whose plan was not used, and may be applied.
    waiting: Vec<StackId>,
    /// What goes on with it, in this order.
    next: Vec<String>,
}

impl Left {
    /// What `all` lines of the journal say of a run.
    pub(super) fn of(run: &str, all: &[Entry], place: &Place) -> Result<Self, Failure> {
        let home = &past_home(place)?;
        let again = place.again();
        let mut left = Self {
            loose: Vec::new(),
            spent: Vec::new(),
            waiting: Vec::new(),
            next: Vec::new(),
        };
        let plans = plans(run, all);
        // A bundle of the run may have been applied by another one.
        let mut waiting: BTreeSet<String> = BTreeSet::new();
        let mut going: BTreeSet<&str> = BTreeSet::new();
        for Planned {
            planner,
            stack,
            bundle: digest,
        } in plans
        {
            match end(all, digest) {
                Some(End::Good | End::Later) => {}
                Some(End::Loose { by }) => {
                    let loose = Loose::of(stack, digest, home)?;
                    if loose.goes_on {
                        going.insert(by);
                    }
                    left.loose.push(loose);
                }
                Some(End::Spent) => left.spent.push(stack.clone()),
                None => {
                    let bundle = Bundle::find(&home.bundles(), &digest.to_string());
                    let Ok(bundle) = bundle else {
                        continue;
                    };
                    // What would have begun to apply it went away between the mark and the line that says so.
                    if bundle.is_used() {
                        if !is_applied_since(all, stack, digest) {
                            left.spent.push(stack.clone());
                        }
                        continue;
                    }
                    left.waiting.push(stack.clone());
                    let command = match bundle.facts().aim {
                        Aim::Destroy => "destroy",
                        _ => "apply",
                    };
                    waiting.insert(format!("csoc {command} --run {planner}{again}"));
                }
            }
        }
        let attach = going
            .into_iter()
            .map(|run| format!("csoc runs attach {run}{again}"));
        left.next.extend(attach);
        let over = left.loose.iter().filter(|loose| !loose.goes_on);
        let over: Vec<&str> = over
            .map(|loose| &loose.stack)
            .chain(&left.spent)
            .map(StackId::as_str)
            .collect();
        if !over.is_empty() {
            left.next.push(format!(
                "csoc plan --select 'id in ({})'{again}",
                over.join(", ")
            ));
        }
        left.next.extend(waiting);
        Ok(left)
    }

    /// As people read it; nothing where nothing is left.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for loose in &self.loose {
            let how = if loose.goes_on {
                "still goes on"
            } else {
                "did not come to a good end"
            };
            let _ = writeln!(text, "\n{} {how}", loose.stack);
            for (what, resources) in [
                ("may be half built", &loose.half_built),
                ("not begun", &loose.not_begun),
            ] {
                for resource in resources {
                    let _ = writeln!(text, "  {what}: {resource}");
                }
            }
        }
        if !self.spent.is_empty() {
            text += "\nnothing was done, and the plan is used:\n";
            for stack in &self.spent {
                let _ = writeln!(text, "  {stack}");
            }
        }
        if !self.waiting.is_empty() {
            text += "\nnot begun:\n";
            for stack in &self.waiting {
                let _ = writeln!(text, "  {stack}");
            }
        }
        if !self.next.is_empty() {
            text += "\n";
        }
        for next in &self.next {
            let _ = writeln!(text, "next: `{next}`");
        }
        text
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
    /// Not well, and its stack was applied again since.
    Later,
    /// Not well, or not yet; which run began it.
    Loose { by: &'e str },
}

/// Whether a stack was begun to be applied after a bundle of it was planned.
fn is_applied_since(all: &[Entry], stack: &StackId, bundle: Digest) -> bool {
    let lines = all.iter().filter(|entry| entry.record.stack == *stack);
    let mut since = lines.skip_while(
        |entry| !matches!(entry.record.phase, Phase::Planned { bundle: planned, .. } if planned == bundle),
    );
    since.any(|entry| matches!(entry.record.phase, Phase::ApplyStarted { .. }))
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
    let is_later = since().any(
        |entry| matches!(entry.record.phase, Phase::ApplyStarted { bundle: other } if other != bundle),
    );
    Some(match (outcome, is_later) {
        (Some(Outcome::Done), _) => End::Good,
        (_, true) => End::Later,
        (Some(Outcome::NotBegun), false) => End::Spent,
        (_, false) => End::Loose { by: &first.run },
    })
}

impl Loose {
    fn of(stack: &StackId, bundle: Digest, home: &Home) -> Result<Self, Failure> {
        let unusable = |error: &dyn std::error::Error| Failure::new(Exit::Unusable, error);
        let said = unfinished(home, stack).map_err(|error| unusable(&error))?;
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
            goes_on: home.is_held(stack).map_err(|error| unusable(&error))?,
            half_built: said.begun,
            not_begun,
        })
    }
}
