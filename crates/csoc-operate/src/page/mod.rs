//! One page for the whole fleet: what each stack's plan would do, for people to read before they say yes.

mod html;
mod markdown;
mod row;

use jiff::Timestamp;
use serde::Serialize;

pub use row::{Row, RowState};

use crate::digest::Digest;
use crate::plan::{Action, Aim, PlannedChange};
use crate::run::{Ending, Endings, Planned};

/// What the plans of a run would do, stack by stack, without a value of anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlanPage {
    /// The run.
    pub run: Box<str>,
    /// What its plans are for.
    pub aim: Aim,
    /// When its first plan expires; none where there is nothing to apply.
    pub expires: Option<Timestamp>,
    /// A row for each stack, in the order in which they are applied.
    pub rows: Vec<Row>,
    /// The arguments that name the fleet or tree and the home that it is of, for whoever goes on.
    #[serde(skip)]
    place: Box<str>,
}

/// How many stacks came out how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Tally {
    /// Something is to be done.
    pub changed: usize,
    /// Nothing is.
    pub clean: usize,
    /// What they need is not recorded.
    pub blocked: usize,
    /// They could not be planned.
    pub failed: usize,
    /// They were not begun.
    pub skipped: usize,
}

/// Something that goes away, in a stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Danger<'p> {
    /// The stack.
    pub stack: &'p str,
    /// What happens to what.
    pub change: &'p PlannedChange,
    /// Whether it cannot be made again: it must be allowed by its address.
    pub is_stateful: bool,
}

impl PlanPage {
    /// The page of a run's plans.
    pub fn new(run: &str, endings: &Endings<'_, Planned>) -> Self {
        let facts = || {
            endings.iter().filter_map(|(_, ending)| match ending {
                Ending::Done(Planned::Changes(bundle)) => Some(bundle.facts()),
                _ => None,
            })
        };
        Self {
            run: run.into(),
            aim: facts().map(|facts| facts.aim).max().unwrap_or_default(),
            expires: facts().map(|facts| facts.expires).min(),
            rows: endings
                .iter()
                .map(|(stack, ending)| Row::new(stack, ending))
                .collect(),
            place: Box::default(),
        }
    }

    /// The same, with the arguments by which [`Self::command`] finds these plans again: ` --home DIR`.
    #[must_use]
    pub fn at(mut self, place: &str) -> Self {
        self.place = place.into();
        self
    }

    /// How many stacks came out how.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for row in &self.rows {
            *match row.state {
                RowState::Changes { .. } => &mut tally.changed,
                RowState::Clean => &mut tally.clean,
                RowState::Blocked { .. } => &mut tally.blocked,
                RowState::Failed { .. } => &mut tally.failed,
                RowState::Skipped => &mut tally.skipped,
            } += 1;
        }
        tally
    }

    /// How many resources would undergo something, over all stacks.
    pub fn count(&self, action: Action) -> usize {
        let changes = self.rows.iter().flat_map(Row::changes);
        changes.filter(|change| change.action == action).count()
    }

    /// What would go away: what cannot be made again first.
    pub fn dangers(&self) -> Vec<Danger<'_>> {
        let mut dangers: Vec<Danger<'_>> = self
            .rows
            .iter()
            .flat_map(|row| row.changes().iter().map(move |change| (row, change)))
            .filter(|(_, change)| change.action.destroys())
            .map(|(row, change)| Danger {
                stack: row.stack.as_str(),
                change,
                is_stateful: change.is_stateful(),
            })
            .collect();
        dangers.sort_by_key(|danger| !danger.is_stateful);
        dangers
    }

    /// The bundles, in the order in which they are applied.
    pub fn bundles(&self) -> impl Iterator<Item = Digest> {
        self.rows.iter().filter_map(|row| match row.state {
            RowState::Changes { bundle, .. } => Some(bundle),
            _ => None,
        })
    }

    /// The digest of all that would be applied: whoever names it has seen this page, or one of the same plans.
    pub fn digest(&self) -> Digest {
        Digest::of_all(self.bundles())
    }

    /// What it is headed by: `Plan of RUN`.
    pub fn title(&self) -> String {
        match self.aim {
            Aim::Change => format!("Plan of {}", self.run),
            Aim::Destroy => format!("Destruction, as {} planned it", self.run),
        }
    }

    /// The command that applies exactly this.
    pub fn command(&self) -> String {
        format!("{} --run {}{}", self.aim.command(), self.run, self.place)
    }

    /// The page in a sentence: `3 stacks: 1 would change, 2 are clean`.
    pub fn headline(&self) -> String {
        let tally = self.tally();
        let parts = [
            (tally.changed, "would change"),
            (tally.clean, "clean"),
            (tally.blocked, "blocked"),
            (tally.failed, "failed"),
            (tally.skipped, "not begun"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let stacks = match self.rows.len() {
            1 => "1 stack".to_owned(),
            count => format!("{count} stacks"),
        };
        if parts.is_empty() {
            return stacks;
        }
        format!("{stacks}: {}", parts.join(", "))
    }
}

/// `+2 ~1 -1` of counted actions: what is made, changed, replaced, destroyed, taken in, forgotten.
pub(crate) fn signs(count: impl Fn(Action) -> usize) -> String {
    let signs = [
        (Action::Import, "<"),
        (Action::Create, "+"),
        (Action::Update, "~"),
        (Action::Replace, "±"),
        (Action::Destroy, "-"),
        (Action::Forget, "."),
    ];
    let parts: Vec<String> = signs
        .iter()
        .map(|(action, sign)| (count(*action), sign))
        .filter(|(count, _)| *count > 0)
        .map(|(count, sign)| format!("{sign}{count}"))
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests;
