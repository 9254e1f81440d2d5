//! Whether what there is is what the state and the root say. Nothing is locked, changed or kept.

use super::error::{StackError, Step};
use super::operator::Operator;
use super::session::Purpose;
use crate::event::{Change, Event};
use crate::stack::Stack;

/// How a stack differs from its root and its state.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// What somebody changed outside of Terraform.
    pub drifted: Vec<Change>,
    /// What a plan would change: the root is another one than was applied, or what drifted would be put back.
    pub planned: Vec<Change>,
    /// Whether outputs would change and nothing else.
    pub outputs_change: bool,
}

impl Drift {
    /// Whether all is as it should be.
    pub fn is_clean(&self) -> bool {
        self.drifted.is_empty() && self.planned.is_empty() && !self.outputs_change
    }
}

impl Operator<'_> {
    /// Looks for what differs, with the rights of somebody who reads.
    pub fn drift(
        &self,
        stack: &Stack,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Drift, StackError> {
        let prepared = self.prepare(stack, Purpose::Plan)?;
        self.init(&prepared, event)?;
        let mut drift = Drift::default();
        let mut outputs = false;
        // Both look at what there is: the first says what moved, the second what would be done about it.
        for (refresh_only, step) in [(true, Step::Refresh), (false, Step::Plan)] {
            let mut arguments = vec![
                "plan",
                "-input=false",
                "-no-color",
                "-json",
                "-lock=false",
                "-detailed-exitcode",
            ];
            if refresh_only {
                arguments.push("-refresh-only");
            }
            let mut planned = Vec::new();
            let mut hear = |said: Event| {
                match &said {
                    Event::Drifted(change) if refresh_only => drift.drifted.push(change.clone()),
                    Event::Planned(change)
                        if !refresh_only && !matches!(&*change.action, "no-op" | "read") =>
                    {
                        planned.push(change.clone());
                    }
                    _ => {}
                }
                event(said);
            };
            let code = self.ask(step, &prepared, &arguments, &[0, 2], &mut hear)?;
            outputs = code == 2;
            drift.planned = planned;
        }
        drift.outputs_change = outputs && drift.planned.is_empty();
        Ok(drift)
    }
}
