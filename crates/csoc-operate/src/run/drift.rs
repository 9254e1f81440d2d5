//! Whether what there is is what the state and the root say. Nothing is locked, changed or kept.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::error::{StackError, Step};
use super::operator::{Operator, Prepared};
use crate::event::{Change, Event};
use crate::journal::{Outcome, Phase};
use crate::stack::Stack;

/// How a stack differs from its root and its state.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// What is not as the state says: what somebody changed, and what the cloud fills in by itself after an apply.
    pub drifted: Vec<Change>,
    /// What a plan would change: the root is another one than was applied, or what drifted would be put back.
    pub planned: Vec<Change>,
    /// Whether outputs would change and nothing else.
    pub outputs_change: bool,
    /// When the stack was applied to its end last, by whichever machine, as far as that lies beside the state.
    pub applied: Option<Timestamp>,
}

impl Drift {
    /// Whether all is as the root says.
    ///
    /// What only the state says otherwise is not: every first apply leaves some of that, of which nothing comes.
    pub fn is_clean(&self) -> bool {
        self.planned.is_empty() && !self.outputs_change
    }

    /// What somebody changed that the root says something about: a plan would put it back.
    pub fn put_back(&self) -> Vec<&Change> {
        let planned: BTreeSet<&str> = self.planned.iter().map(|change| &*change.address).collect();
        let drifted = self.drifted.iter();
        drifted
            .filter(|change| planned.contains(&*change.address))
            .collect()
    }
}

impl Operator<'_> {
    /// Looks for what differs, with the rights of somebody who reads.
    pub fn drift(
        &self,
        stack: &Stack,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Drift, StackError> {
        let prepared = self.prepare_to_look(stack)?;
        self.is_as_seen(stack, &prepared)?;
        self.init(&prepared, event)?;
        let mut drift = Drift {
            applied: self.applied(&prepared),
            ..Drift::default()
        };
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

    /// When a stack was applied to its end last, as far as that lies beside its state; nothing where nobody can be asked.
    fn applied(&self, prepared: &Prepared) -> Option<Timestamp> {
        let ledger = self.ledger(prepared).ok()?.ok()?;
        let (head, _) = ledger.head().ok()??;
        let is_done = matches!(
            head.record.phase,
            Phase::ApplyEnded {
                outcome: Outcome::Done,
                ..
            }
        );
        is_done.then_some(head.record.at)
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Drift};

    fn change(address: &str) -> Change {
        Change {
            address: address.into(),
            action: "update".into(),
            reason: None,
            seconds: None,
        }
    }

    #[test]
    fn what_the_root_says_nothing_about_is_no_drift() {
        let mut drift = Drift {
            drifted: vec![change("aws_kms_key.data"), change("aws_s3_bucket.data")],
            ..Drift::default()
        };
        assert!(drift.is_clean() && drift.put_back().is_empty());
        drift.planned = vec![change("aws_s3_bucket.data"), change("aws_sqs_queue.new")];
        assert!(!drift.is_clean());
        assert_eq!(drift.put_back(), [&change("aws_s3_bucket.data")]);
    }
}
