//! What of a run may be half built, what of it was not begun, and how to go on.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use csoc_operate::{Entry, Loose, RunLeft, StackId};
use serde::Serialize;

use crate::command::operate::past_home;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::Place;

/// What is left of a run, and what goes on with it.
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
        let again = place.again();
        let left = RunLeft::of(run, all, &past_home(place)?)
            .map_err(|error| Failure::new(Exit::Unusable, &error))?;
        let going = left.going.iter();
        let mut next: Vec<String> = going
            .map(|run| format!("csoc runs attach {run}{again}"))
            .collect();
        let over = left.loose.iter().filter(|loose| !loose.goes_on);
        let over: Vec<&str> = over
            .map(|loose| &loose.stack)
            .chain(&left.spent)
            .map(StackId::as_str)
            .collect();
        if !over.is_empty() {
            next.push(format!(
                "csoc plan --select 'id in ({})'{again}",
                over.join(", ")
            ));
        }
        let waiting: BTreeSet<String> = left
            .unused
            .iter()
            .map(|unused| format!("{} --run {}{again}", unused.aim.command(), unused.planner))
            .collect();
        next.extend(waiting);
        Ok(Self {
            loose: left.loose,
            spent: left.spent,
            waiting: left.unused.into_iter().map(|unused| unused.stack).collect(),
            next,
        })
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
