//! Taking away what is left of plans that nobody applies any more: each holds secrets in the clear.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::home::{Home, HomeError};
use super::operator::Operator;
use super::plan::PLAN;
use crate::bundle::{Bundle, Stale, is_file};
use crate::digest::Digest;
use crate::event::Event;
use crate::removal::remove;
use crate::stack::StackId;
use crate::terraform::Workspace;

/// How many directories below each other are looked into: more than any stack's name has parts.
const DEEP: usize = 16;

impl Operator<'_> {
    /// Takes away, the first time, what earlier runs left of plans. That it cannot be done keeps nobody, and is told.
    pub(super) fn sweep(&self, event: &mut (dyn FnMut(Event) + Send)) {
        let is_alone = |copy: &Path| self.is_alone(copy).is_ok();
        self.swept.call_once(|| {
            if let Err(error) = self.home.sweep((self.clock)(), &is_alone) {
                let message = format!(
                    "what is left of earlier plans, which is secret, cannot be taken away: {}",
                    crate::told::with_causes(&error)
                );
                event(Event::Note {
                    message: message.into(),
                });
            }
        });
    }

    /// Takes the plan out of a bundle that was used and that nothing reads any more.
    pub(super) fn spend(&self, bundle: Digest, event: &mut (dyn FnMut(Event) + Send)) {
        if let Err(error) = Bundle::spend(&self.home.bundles(), bundle) {
            let message = format!("its plan, which is secret, cannot be taken away: {error}");
            event(Event::Note {
                message: message.into(),
            });
        }
    }
}

impl Home {
    /// Takes the plans out of bundles that were used or are too old, and away what was begun and is nobody's any more:
    /// bundles that were not written to their end, and plans in working copies.
    ///
    /// What belongs to a stack on which somebody works stays. `is_alone` says whether no container works in a copy. Links
    /// are not followed. What cannot be taken away keeps nothing else; the first of it is told.
    fn sweep(&self, now: Timestamp, is_alone: &dyn Fn(&Path) -> bool) -> Result<(), HomeError> {
        let bundles = self.bundles();
        let mut failed = Bundle::clear_unwritten(&bundles).map_err(|source| self.error(source));
        let mut note = |done: Result<(), HomeError>| {
            if failed.is_ok() {
                failed = done;
            }
        };
        match Stale::all(&bundles, now) {
            Ok(all) => {
                for Stale { digest, stack } in all {
                    note(self.unless_held(&stack, is_alone, || Bundle::spend(&bundles, digest)));
                }
            }
            Err(source) => note(Err(self.error(source))),
        }
        let mut plans = Vec::new();
        if let Err(source) = gather(&self.workspaces(), Path::new(""), DEEP, &mut plans) {
            note(Err(self.error(source)));
        }
        for (stack, plan) in plans {
            note(self.unless_held(&stack, is_alone, || remove(&plan)));
        }
        failed
    }

    /// Does something unless somebody works on a stack: a csoc, a Terraform that was left to itself, a container, a Job.
    fn unless_held(
        &self,
        stack: &StackId,
        is_alone: &dyn Fn(&Path) -> bool,
        work: impl FnOnce() -> io::Result<()>,
    ) -> Result<(), HomeError> {
        // Asked before it is held, which is for a moment alone.
        if !is_alone(&Workspace::place(&self.workspaces(), stack)) {
            return Ok(());
        }
        let Some(_held) = self.hold(stack)? else {
            return Ok(());
        };
        match self.left(stack)? {
            Some(_) => Ok(()),
            None => work().map_err(|source| self.error(source)),
        }
    }
}

/// The plans in working copies below `all`, with their stacks.
fn gather(
    all: &Path,
    below: &Path,
    deep: usize,
    plans: &mut Vec<(StackId, PathBuf)>,
) -> io::Result<()> {
    let directory = all.join(below);
    if deep == 0 || !fs::symlink_metadata(&directory)?.is_dir() {
        return Ok(());
    }
    let plan = directory.join(PLAN);
    if let Some(stack) = below.to_str().and_then(|text| text.parse().ok())
        && is_file(&plan)?
    {
        plans.push((stack, plan));
    }
    for entry in fs::read_dir(&directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_own = name.as_encoded_bytes().starts_with(b".");
        if !is_own && entry.file_type()?.is_dir() {
            gather(all, &below.join(name), deep - 1, plans)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
