//! Applying a bundle: exactly that plan, at most once.

use std::collections::BTreeSet;

use super::chosen::dangers;
use super::error::{StackError, Step};
use super::living::refuse_living;
use super::operator::{LOCK, Operator};
use super::session::Purpose;
use crate::bundle::{Bundle, BundleError, Now};
use crate::event::{Event, Totals};
use crate::journal::Outcome;
use crate::removal::remove;
use crate::stack::Stack;

/// What applying a bundle did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Applied {
    /// As the program counted it.
    pub totals: Totals,
}

impl Operator<'_> {
    /// Applies a bundle. `allowed` are the addresses of what cannot be made again and may be destroyed all the same.
    ///
    /// Once something has begun, the bundle is used, however it ends; what is left to do is another plan.
    pub fn apply(
        &self,
        stack: &Stack,
        bundle: &Bundle,
        allowed: &BTreeSet<&str>,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Applied, StackError> {
        let refusals = dangers(bundle, stack, allowed);
        if !refusals.is_empty() {
            return Err(StackError::Dangerous(refusals));
        }
        let prepared = self.prepare(stack, Purpose::Apply)?;
        let refused = bundle.refused_here(
            (self.clock)(),
            prepared.workspace.digest(),
            self.program.version(),
        );
        if !refused.is_empty() {
            return Err(StackError::Refused(refused));
        }
        let directory = prepared.workspace.directory();
        let copy = |from: std::path::PathBuf, to: &str| {
            let copied = std::fs::copy(&from, directory.join(to));
            copied.map_err(|source| BundleError::Io { path: from, source })
        };
        if std::fs::metadata(bundle.lock()).is_ok_and(|lock| lock.len() > 0) {
            copy(bundle.lock(), LOCK)?;
        }
        self.init(&prepared, event)?;
        self.wait_for_lock(&prepared)?;
        let mut marks = self.look(&prepared, event)?;
        // Whoever took its lock away by hand did not end it.
        if let Some(head) = &marks.head
            && let Err(busy @ StackError::Busy { .. }) = refuse_living(head, self.home, &stack.id)
        {
            return Err(busy);
        }
        let state = self.state(&prepared)?;
        let refused = bundle.refused(&Now {
            at: (self.clock)(),
            root: prepared.workspace.digest(),
            program: self.program.version(),
            state: state.as_ref(),
            head: marks.head.as_ref(),
        });
        if !refused.is_empty() {
            return Err(StackError::Refused(refused));
        }
        // What is found there after a crash is to be of this apply.
        remove(&Self::log(&prepared, Step::Apply)).map_err(|error| self.home.error(error))?;
        self.begin(stack, bundle, &mut marks)?;
        let timeout = self.lock_timeout();
        let plan = bundle.plan();
        let path = plan.to_string_lossy();
        let arguments = [
            "apply",
            "-input=false",
            "-no-color",
            "-json",
            &timeout,
            &path,
        ];
        let mut applied = Applied::default();
        let done = self.ask(Step::Apply, &prepared, &arguments, &[0], &mut |said| {
            if let Event::Summary(totals) = &said {
                applied.totals = *totals;
            }
            event(said);
        });
        let outcome = match &done {
            Ok(_) => Outcome::Done,
            // It is still being applied. Who runs the stack once it has come to its end records that nobody saw it.
            Err(error) if error.is_detached() => return done.map(|_| applied),
            Err(StackError::Stopped(_)) => Outcome::Stopped,
            // How it ended was not seen.
            Err(StackError::Process(_)) => Outcome::Interrupted,
            Err(StackError::Locked { .. }) => Outcome::NotBegun,
            Err(_) => Outcome::Failed,
        };
        // Nobody reads the plan any more, unless what applies it is there still and was lost.
        if outcome != Outcome::Interrupted {
            self.spend(bundle.digest(), event);
        }
        self.end(stack, bundle, &mut marks, outcome, event)?;
        done?;
        Ok(applied)
    }
}
