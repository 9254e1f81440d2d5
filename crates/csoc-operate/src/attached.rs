//! What a run left to itself: found in the journal, followed until it ends, and told.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;

use jiff::Timestamp;

use crate::digest::Digest;
use crate::event::Event;
use crate::journal::{Journal, JournalError, OpenApply, Outcome, Phase};
use crate::run::{Ambient, Attached, Home, Sessions, StackError, attach};
use crate::stack::StackId;
use crate::told::Told;

/// How following a stack ended: how its apply did, or nothing where somebody did not want to wait any longer.
pub type Followed = Result<Option<Attached>, StackError>;

/// The applies of a run that did not come to their end, by stack. People know a run by the name that its plans have, too.
///
/// # Errors
///
/// The journal cannot be read, or somebody changed it.
pub fn left_open(home: &Home, run: &str) -> Result<BTreeMap<StackId, OpenApply>, JournalError> {
    let path = home.journal();
    let mut journal = Journal::open(&path)?;
    let planned: BTreeSet<Digest> = Journal::verify(&path)?
        .into_iter()
        .filter(|entry| *entry.record.run == *run)
        .filter_map(|entry| match entry.record.phase {
            Phase::Planned { bundle, .. } => Some(bundle),
            _ => None,
        })
        .collect();
    let mut open = journal.open_applies()?;
    open.retain(|_, apply| *apply.run == *run || planned.contains(&apply.bundle));
    Ok(open)
}

/// Follows applies side by side until all of them ended, or `is_stopped` says that it is enough.
pub fn attach_all(
    home: &Home,
    open: &BTreeMap<StackId, OpenApply>,
    is_stopped: &(dyn Fn() -> bool + Sync),
    said: &(dyn Fn(&StackId, Event) + Sync),
    ended: &(dyn Fn(&StackId, &Followed) + Sync),
) -> BTreeMap<StackId, Followed> {
    let actor = Ambient.actor();
    let follow = |stack: &StackId, apply: &OpenApply| {
        let mut tell = |event| said(stack, event);
        let end = attach(
            home,
            stack,
            apply,
            &actor,
            &Timestamp::now,
            &is_stopped,
            &mut tell,
        );
        ended(stack, &end);
        end
    };
    std::thread::scope(|scope| {
        let follow = &follow;
        let running: Vec<_> = open
            .iter()
            .map(|(stack, apply)| (stack.clone(), scope.spawn(move || follow(stack, apply))))
            .collect();
        let ends = running.into_iter().map(|(stack, thread)| {
            let end = thread.join();
            (stack, end.unwrap_or_else(|panic| resume_unwind(panic)))
        });
        ends.collect()
    })
}

impl Told {
    /// How following an apply ended.
    pub fn followed(end: &Followed) -> Self {
        let (outcome, remark) = match end {
            Ok(Some(attached)) if attached.outcome == Outcome::Done => {
                let totals = attached.totals;
                let counts = format!(
                    "{} added, {} changed, {} destroyed",
                    totals.add, totals.change, totals.remove
                );
                ("applied", counts)
            }
            Ok(Some(attached)) if attached.outcome == Outcome::Failed => {
                ("failed", "plan again".to_owned())
            }
            Ok(Some(_)) => (
                "nobody saw its end",
                "plan again: some of it may be half built".to_owned(),
            ),
            Ok(None) => ("goes on", "left to itself".to_owned()),
            Err(error) => ("error", error.to_string()),
        };
        Self { outcome, remark }
    }
}
