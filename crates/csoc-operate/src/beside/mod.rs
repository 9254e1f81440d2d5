//! What lies beside the state: which bundles are used, and what was done to the stack last.
//!
//! A journal is of one machine, and a state of all that work on it. So a bundle is marked as used where the state is
//! ([`Mark`]), and so is the last line of whichever journal applied the stack ([`Head`]); both by a write that fails if
//! somebody came first. A bundle that was copied to another machine is applied by one of them, and a machine sees that
//! another one was there. Marks are never taken away.

mod backend;
mod error;
mod file;
mod holder;
mod machine;
#[cfg(feature = "aws")]
mod objects;
mod places;
#[cfg(all(test, feature = "aws"))]
mod pretended;
mod store;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use backend::Backend;
pub use error::LedgerError;
pub use holder::Holder;
pub(crate) use machine::{is_alive, machine};
pub(crate) use places::Places;
use store::Store;
pub(crate) use store::Version;

use crate::digest::Digest;
use crate::journal::{Outcome, Phase, Record};
use crate::run::Home;

/// The format that this version writes and reads.
const FORMAT: u32 = 1;

/// The name of the head.
const HEAD: &str = "head.json";

/// Which machine began to apply a bundle, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Mark {
    /// The format of the mark.
    pub format: u32,
    /// The bundle.
    pub bundle: Digest,
    /// When.
    pub at: Timestamp,
    /// The run.
    pub run: Box<str>,
    /// Who ran it.
    pub actor: Box<str>,
    /// The machine, as it calls itself.
    pub machine: Box<str>,
    /// The process of csoc on it.
    pub process: u32,
}

/// What was done to a stack last, by whichever machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Head {
    /// The format of the head.
    pub format: u32,
    /// The digest of the line in the journal of that machine.
    pub entry: Digest,
    /// The machine, as it calls itself.
    pub machine: Box<str>,
    /// The process of csoc on it.
    pub process: u32,
    /// The directory of runs that the journal is in: who holds the stack there works on it, whatever became of csoc.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Box<str>>,
    /// What that line says.
    #[serde(flatten)]
    pub record: Record,
}

/// What became of who asked for a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It is theirs, and nobody else's for good.
    Given,
    /// Somebody came first; which one, if the mark says it.
    Taken(Option<Box<Mark>>),
}

/// What lies beside the state of one stack.
pub(crate) struct Ledger(Box<dyn Store>);

impl Mark {
    /// One of this process.
    pub(crate) fn new(bundle: Digest, at: Timestamp, run: &str, actor: Box<str>) -> Self {
        Self {
            format: FORMAT,
            bundle,
            at,
            run: run.into(),
            actor,
            machine: machine(),
            process: std::process::id(),
        }
    }
}

impl Head {
    /// One of a line that this process wrote into the journal of a home.
    pub(crate) fn new(entry: Digest, record: Record, home: &Home) -> Self {
        Self {
            format: FORMAT,
            entry,
            machine: machine(),
            process: std::process::id(),
            home: home.directory().to_str().map(Into::into),
            record,
        }
    }

    /// Where what a head says was done, as seen from a home whose journal does not have its line.
    pub(crate) fn elsewhere(&self, home: &Home) -> &'static str {
        match (&self.home, home.directory().to_str()) {
            _ if self.machine != machine() => "another machine was here",
            (Some(there), Some(here)) if **there == *here => {
                "the journal of this home has lost what was done last, or somebody took it away"
            }
            _ => "another home of this machine was here",
        }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match &self.record.phase {
            Phase::ApplyEnded { outcome, .. } => match outcome {
                Outcome::Done => "was applied",
                Outcome::NotBegun => "was about to be applied, and was not,",
                _ => "was applied part-way",
            },
            _ => "was begun to be applied, and no end is recorded,",
        };
        let Record { at, run, actor, .. } = &self.record;
        write!(
            f,
            "the stack {what} at {at} by {actor} on the machine {}, in the run {run}",
            self.machine
        )
    }
}

impl Ledger {
    pub(crate) fn new(store: impl Store + 'static) -> Self {
        Self(Box::new(store))
    }

    /// Marks a bundle as used, for good: given to exactly one of all who ask, on whichever machine.
    pub(crate) fn claim(&self, mark: &Mark) -> Result<Claim, LedgerError> {
        let name = name(mark.bundle);
        let bytes = self.bytes(mark)?;
        if self.0.put(&name, &bytes, None)?.is_none() {
            let found = self.0.read(&name)?;
            // An answer that was lost on the way is asked for again: the mark that is in the way is ours.
            let is_ours = found.as_ref().is_some_and(|(found, _)| *found == bytes);
            if !is_ours {
                let mark = found.and_then(|(bytes, _)| serde_json::from_slice(&bytes).ok());
                return Ok(Claim::Taken(mark));
            }
        }
        // What takes a condition and does not heed it would give one bundle to two.
        if self.0.put(&name, &bytes, None)?.is_some() {
            return Err(LedgerError::Heedless {
                place: self.0.place(),
            });
        }
        Ok(Claim::Given)
    }

    /// What was done last, and the version of that record.
    pub(crate) fn head(&self) -> Result<Option<(Head, Version)>, LedgerError> {
        #[derive(Deserialize)]
        struct Header {
            format: u32,
        }
        let Some((bytes, version)) = self.0.read(HEAD)? else {
            return Ok(None);
        };
        let place = || format!("{}/{HEAD}", self.0.place());
        let unreadable = |_| LedgerError::Unreadable { place: place() };
        let header: Header = serde_json::from_slice(&bytes).map_err(unreadable)?;
        if header.format > FORMAT {
            return Err(LedgerError::Newer {
                place: place(),
                found: header.format,
            });
        }
        let mut head: Head = serde_json::from_slice(&bytes).map_err(unreadable)?;
        // Whoever may write there may write anything: it is shown on a terminal.
        for text in [
            &mut head.machine,
            &mut head.record.run,
            &mut head.record.actor,
        ]
        .into_iter()
        .chain(&mut head.home)
        {
            *text = text.chars().filter(|one| !one.is_control()).collect();
        }
        Ok(Some((head, version)))
    }

    /// Puts a head in the place of the one that was read; nothing where another machine did so meanwhile.
    pub(crate) fn advance(
        &self,
        from: Option<&Version>,
        to: &Head,
    ) -> Result<Option<Version>, LedgerError> {
        let bytes = self.bytes(to)?;
        if let Some(version) = self.0.put(HEAD, &bytes, from)? {
            return Ok(Some(version));
        }
        // As with marks: it may be ours, whose answer was lost.
        let found = self.0.read(HEAD)?;
        Ok(found.and_then(|(found, version)| (found == bytes).then_some(version)))
    }

    /// Who holds the lock of the state, if somebody does.
    pub(crate) fn holder(&self) -> Result<Option<Holder>, LedgerError> {
        Ok(self.0.lock()?.map(|bytes| Holder::read(&bytes)))
    }

    fn bytes(&self, value: &impl Serialize) -> Result<Vec<u8>, LedgerError> {
        let mut bytes = serde_json::to_vec(value).map_err(|_| LedgerError::Unreadable {
            place: self.0.place(),
        })?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// The name of the mark of a bundle.
fn name(bundle: Digest) -> String {
    format!("used/{bundle}.json")
}

#[cfg(test)]
mod tests;
