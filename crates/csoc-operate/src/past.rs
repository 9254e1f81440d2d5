//! What the journal says of runs: which there were, what each planned, when a stack was applied last.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::digest::Digest;
use crate::journal::{Entry, Outcome, Phase};
use crate::stack::StackId;

/// A run, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PastRun {
    /// Its name.
    pub run: Box<str>,
    /// When the first of it was recorded.
    pub began: Timestamp,
    /// Who ran it.
    pub by: Box<str>,
    /// How many stacks it planned something for.
    pub planned: usize,
    /// How many plans it applied.
    pub applied: usize,
    /// How many it began to apply, and did not bring to their end.
    pub not_done: usize,
}

/// The runs of a journal, the last one first.
pub fn past_runs(entries: &[Entry]) -> Vec<PastRun> {
    let mut runs: Vec<PastRun> = Vec::new();
    for entry in entries {
        let record = &entry.record;
        // What was last is most likely meant.
        let at = runs.iter().rposition(|run| run.run == record.run);
        let at = at.unwrap_or_else(|| {
            runs.push(PastRun {
                run: record.run.clone(),
                began: record.at,
                by: record.actor.clone(),
                planned: 0,
                applied: 0,
                not_done: 0,
            });
            runs.len() - 1
        });
        let Some(run) = runs.get_mut(at) else {
            continue;
        };
        match &record.phase {
            Phase::Planned { .. } => run.planned += 1,
            Phase::ApplyEnded {
                outcome: Outcome::Done,
                ..
            } => run.applied += 1,
            Phase::ApplyEnded { .. } => run.not_done += 1,
            _ => {}
        }
    }
    runs.reverse();
    runs
}

/// The bundles that a run planned, in the order in which they were.
pub fn planned_by(entries: &[Entry], run: &str) -> Vec<Digest> {
    let of_run = entries.iter().filter(|entry| *entry.record.run == *run);
    of_run
        .filter_map(|entry| match entry.record.phase {
            Phase::Planned { bundle, .. } => Some(bundle),
            _ => None,
        })
        .collect()
}

/// Those of some bundles that were applied to their end: what is left of a run goes on without them.
pub fn applied_of(entries: &[Entry], bundles: &[Digest]) -> BTreeSet<Digest> {
    let done = entries.iter().filter_map(|entry| match entry.record.phase {
        Phase::ApplyEnded {
            bundle,
            outcome: Outcome::Done,
        } => Some(bundle),
        _ => None,
    });
    done.filter(|bundle| bundles.contains(bundle)).collect()
}

/// When each stack was applied last, as far as the journal knows.
pub fn last_applied(entries: &[Entry]) -> BTreeMap<StackId, Timestamp> {
    let done = entries.iter().filter(|entry| {
        matches!(
            entry.record.phase,
            Phase::ApplyEnded {
                outcome: Outcome::Done,
                ..
            }
        )
    });
    done.map(|entry| (entry.record.stack.clone(), entry.record.at))
        .collect()
}

/// When each stack was seen last as its root says: a plan of it was applied to its end, or had nothing to do.
pub(crate) fn last_settled(entries: &[Entry]) -> BTreeMap<StackId, Timestamp> {
    let settled = entries.iter().filter(|entry| {
        matches!(
            entry.record.phase,
            Phase::PlanClean
                | Phase::ApplyEnded {
                    outcome: Outcome::Done,
                    ..
                }
        )
    });
    settled
        .map(|entry| (entry.record.stack.clone(), entry.record.at))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{applied_of, last_applied, past_runs, planned_by};
    use crate::digest::Digest;
    use crate::journal::{Journal, Outcome, Phase, Record};

    #[test]
    fn runs_are_counted_and_named_the_last_first() {
        let directory = tempfile::tempdir().expect("there is room");
        let path = directory.path().join("journal.jsonl");
        let mut journal = Journal::open(&path).expect("it opens");
        let stack: crate::StackId = "v1/111122223333/us-east-1/waf/cluster/main"
            .parse()
            .expect("it is one");
        let (one, other) = (Digest::of(b"one"), Digest::of(b"other"));
        let planned = |bundle| Phase::Planned {
            bundle,
            changes: Vec::new(),
        };
        let ended = |bundle, outcome| Phase::ApplyEnded { bundle, outcome };
        for (minute, run, phase) in [
            (1, "a", Phase::PlanStarted),
            (2, "a", planned(one)),
            (3, "b", planned(other)),
            (4, "b", ended(one, Outcome::Done)),
            (5, "b", ended(other, Outcome::Failed)),
            (6, "a", planned(other)),
        ] {
            let at = format!("2026-11-26T10:0{minute}:00Z");
            let record = Record {
                at: at.parse().expect("it is a time"),
                run: run.into(),
                actor: "ada".into(),
                stack: stack.clone(),
                phase,
            };
            journal.append(record).expect("it is written");
        }
        let entries = Journal::verify(&path).expect("it is whole");
        let runs = past_runs(&entries);
        let numbers: Vec<_> = runs
            .iter()
            .map(|run| (&*run.run, run.planned, run.applied, run.not_done))
            .collect();
        assert_eq!(numbers, [("b", 1, 1, 1), ("a", 2, 0, 0)]);
        assert_eq!(planned_by(&entries, "a"), [one, other]);
        assert_eq!(planned_by(&entries, "c"), []);
        assert_eq!(applied_of(&entries, &[one, other]), [one].into());
        let last = last_applied(&entries);
        assert_eq!(last[&stack].to_string(), "2026-11-26T10:04:00Z");
    }
}
