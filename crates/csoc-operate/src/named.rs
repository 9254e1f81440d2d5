//! Plans by the names that people give them: which of them are to be applied, and which are not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::bundle::{Bundle, BundleError};
use crate::digest::Digest;
use crate::journal::{Approval, Entry, Journal, JournalError, Phase, Record};
use crate::past::{applied_of, last_settled, planned_by};
use crate::run::Choice;
use crate::stack::{NoValue, Selection, StackId};
use crate::workshop::{Workshop, is_selected};

/// Plans by their names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Named<'n> {
    /// All of this run.
    pub run: Option<&'n str>,
    /// These.
    pub plans: &'n [PlanName],
}

/// The name of a plan, or of a file with plans.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanName {
    /// The digest of one, or twelve or more of its first digits.
    Digest(Box<str>),
    /// A file that `csoc plan --out` wrote.
    File(PathBuf),
}

/// Why names are not those of plans that can be applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NamedError {
    /// The journal cannot be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A plan cannot be read.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// No plan of the run is known here.
    #[error("no plan of a run `{run}` is in the journal")]
    NoRun {
        /// The run.
        run: Box<str>,
    },
    /// A stack is none any more.
    #[error("the stack `{0}` is not rendered any more")]
    NotRendered(StackId),
    /// Nothing has what a selection says.
    #[error(transparent)]
    NoValue(#[from] NoValue),
    /// None of the plans is of a stack that was selected.
    #[error("none of the {count} plans is of a stack that was selected")]
    NotSelected {
        /// How many there are.
        count: usize,
    },
}

impl Named<'_> {
    /// Whether none is named.
    pub const fn is_none(&self) -> bool {
        self.run.is_none() && self.plans.is_empty()
    }
}

impl PlanName {
    /// What text names: a digest by its digits, and a file by everything else. `./0123456789ab` is a file, too.
    pub fn new(text: &str) -> Self {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if (12..=64).contains(&text.len()) && text.bytes().all(is_digit) {
            Self::Digest(text.into())
        } else {
            Self::File(text.into())
        }
    }
}

impl std::str::FromStr for PlanName {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

impl NamedError {
    /// How to mend it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NoRun { .. } => Some("`csoc runs list` lists runs".to_owned()),
            Self::NotRendered(_) => Some("plan again, with the fleet as it is now".to_owned()),
            Self::NoValue(error) => error.help(),
            Self::NotSelected { .. } => {
                Some("leave `--select` away, or plan what it says".to_owned())
            }
            Self::Bundle(error) => error.help().map(ToOwned::to_owned),
            Self::Journal(_) => None,
        }
    }
}

/// Plans of one name, and those of them that go on where somebody left off.
#[derive(Default)]
struct Found {
    bundles: Vec<Bundle>,
    applied: Vec<Bundle>,
}

impl Workshop {
    /// The plans that are named, of the stacks that are selected.
    ///
    /// Of a run, and of a file, those that were applied to their end are left out: what is left goes on without them. A plan
    /// by its own name is not: it is refused.
    pub fn choose(
        &self,
        named: &Named<'_>,
        select: &[Selection],
        approval: Approval,
    ) -> Result<Choice, NamedError> {
        self.stacks.have(select)?;
        let entries = self.entries()?;
        let settled = last_settled(&entries);
        let mut found = Found::default();
        if let Some(run) = named.run {
            let planned = planned_by(&entries, run);
            if planned.is_empty() {
                return Err(NamedError::NoRun { run: run.into() });
            }
            let find = |digest: &Digest| Bundle::find(&self.home.bundles(), &digest.to_string());
            let done = applied_of(&entries, &planned);
            let mut bundles = Vec::new();
            for digest in &planned {
                match find(digest) {
                    Ok(bundle) => bundles.push(bundle),
                    // It is not applied again: nobody needs to read it.
                    Err(_) if done.contains(digest) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            found.go_on(bundles, &done, &settled);
        }
        for name in named.plans {
            match name {
                PlanName::Digest(name) => {
                    let bundle = Bundle::find(&self.home.bundles(), name)?;
                    found.take(bundle, false);
                }
                PlanName::File(path) => {
                    let bundles = self.bring(path, &entries)?;
                    let digests: Vec<Digest> = bundles.iter().map(Bundle::digest).collect();
                    found.go_on(bundles, &applied_of(&entries, &digests), &settled);
                }
            }
        }
        self.chosen(found, select, approval, &settled)
    }

    fn chosen(
        &self,
        found: Found,
        select: &[Selection],
        approval: Approval,
        settled: &BTreeMap<StackId, Timestamp>,
    ) -> Result<Choice, NamedError> {
        // A stack that is not rendered any more is told of, whatever is selected.
        let is_meant = |bundle: &Bundle| {
            let stack = self.stack_of(bundle);
            stack.is_none_or(|stack| is_selected(select, stack))
        };
        let count = found.bundles.len() + found.applied.len();
        let is_any = found.bundles.iter().chain(&found.applied).any(is_meant);
        if count > 0 && !is_any {
            return Err(NamedError::NotSelected { count });
        }
        let (bundles, mut left_out): (Vec<_>, Vec<_>) =
            found.bundles.into_iter().partition(is_meant);
        if let Some(gone) = bundles
            .iter()
            .find(|bundle| self.stack_of(bundle).is_none())
        {
            return Err(NamedError::NotRendered(gone.facts().stack.clone()));
        }
        // What is left out may have been applied since, by another plan.
        left_out.retain(|bundle| !is_since(settled, bundle));
        Ok(Choice {
            applied: found.applied,
            left_out,
            ..Choice::new(bundles, approval)
        })
    }

    /// All that was recorded here; nothing where nothing was run yet.
    fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        let path = self.home.journal();
        if path.exists() {
            Journal::verify(&path)
        } else {
            Ok(Vec::new())
        }
    }

    /// Takes the plans of a file into the home, as if they had been made here.
    fn bring(&self, path: &Path, entries: &[Entry]) -> Result<Vec<Bundle>, NamedError> {
        let bundles = Bundle::unpack(path, &self.home.bundles())?;
        let mut journal = Journal::open(&self.home.journal())?;
        let new = |bundle: &&Bundle| {
            let run = &bundle.facts().run;
            !planned_by(entries, run).contains(&bundle.digest())
        };
        let record = |bundle: &Bundle| {
            let facts = bundle.facts();
            Record {
                // As it was there: what was done to the stack since is news here.
                at: facts.created,
                run: facts.run.clone(),
                actor: facts.actor.clone(),
                stack: facts.stack.clone(),
                phase: Phase::Planned {
                    bundle: bundle.digest(),
                    changes: facts.changes(),
                },
            }
        };
        let records = bundles.iter().filter(new).map(record).collect();
        journal.append_all(records)?;
        Ok(bundles)
    }
}

/// Whether the stack of a plan was as its root says after the plan was made.
fn is_since(settled: &BTreeMap<StackId, Timestamp>, bundle: &Bundle) -> bool {
    let facts = bundle.facts();
    settled
        .get(&facts.stack)
        .is_some_and(|at| *at >= facts.created)
}

impl Found {
    /// Takes plans of a run or of a file, which go on where somebody left off: what was applied to its end, and what was begun and
    /// whose stack another plan brought there since, is behind them.
    fn go_on(
        &mut self,
        bundles: Vec<Bundle>,
        done: &BTreeSet<Digest>,
        settled: &BTreeMap<StackId, Timestamp>,
    ) {
        for bundle in bundles {
            let is_behind =
                done.contains(&bundle.digest()) || (bundle.is_used() && is_since(settled, &bundle));
            self.take(bundle, is_behind);
        }
    }

    /// Takes a plan once, however often it is named.
    fn take(&mut self, bundle: Bundle, is_behind: bool) {
        let known = self.bundles.iter().chain(&self.applied);
        if known
            .into_iter()
            .any(|known| known.digest() == bundle.digest())
        {
            return;
        }
        if is_behind {
            self.applied.push(bundle);
        } else {
            self.bundles.push(bundle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PlanName;

    #[test]
    fn a_plan_is_named_by_digits_and_a_file_by_everything_else() {
        for digest in ["0123456789ab", &"f".repeat(64)] {
            assert_eq!(PlanName::new(digest), PlanName::Digest(digest.into()));
        }
        for file in [
            "plans.tar",
            "./0123456789ab",
            "0123456789a",
            "0123456789AB",
            "",
        ] {
            assert_eq!(PlanName::new(file), PlanName::File(file.into()));
        }
    }
}
