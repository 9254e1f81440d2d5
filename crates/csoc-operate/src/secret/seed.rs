//! Secrets that are missing are made: once, and never in place of one that is there.

use crate::digest::Digest;

use super::ask::{Ask, AskError};
use super::assemble::{AssembleError, assemble};
use super::store::{CURRENT, Described, PENDING, Store, StoreError, unstage};
use super::value::{NotThis, Value};
use super::wanted::{Encryption, Seeder, Wanted};
use crate::journal::{JournalError, SecretStep};

/// How a secret came to have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seeded {
    /// We made it: its version.
    Made(String),
    /// It had one: its version.
    Was(String),
    /// Somebody else made it while we did: its version.
    SomebodyElse(String),
    /// It would be made, or asked for.
    Would,
}

/// Why a secret has none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unseeded {
    /// Somebody else fills it.
    #[error("{}", .0.words())]
    Others(Seeder),
    /// Its container is not there.
    #[error("its container is not there: the stack `{0}` makes it")]
    Container(String),
    /// It was deleted, and goes away.
    #[error("it is deleted, and goes away at {0}")]
    Deleted(jiff::Timestamp),
    /// Nobody gave it.
    #[error("a person must give it, and nobody did")]
    Ungiven,
    /// We do not know what is in it.
    #[error("what is in it is not known here: a person must give it")]
    Unknown,
    /// What was given is not what it holds.
    #[error("what was given is not what it holds: {0}")]
    NotThis(#[from] NotThis),
    /// Another value was begun.
    #[error("another value than the one given was begun")]
    Begun,
    /// Nobody could be asked.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// It cannot be put together.
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    /// The secret manager does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be recorded, so it is not done.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Unseeded {
    /// Whether it is as it should be: somebody else fills it, and later.
    pub const fn is_fine(&self) -> bool {
        matches!(self, Self::Others(seeder) if seeder.comes_later())
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Store(error) | Self::Assemble(AssembleError::Store(error)) => error.help(),
            Self::Begun => Some("run it again without a value: what was begun is ended"),
            Self::Container(_) => Some("apply that stack, then run it again"),
            Self::Ungiven | Self::Unknown => Some(
                "run it on a terminal, or with `--only NAME --from-file FILE` or `--from-fd N`; never on the command line, where others see it",
            ),
            Self::Assemble(AssembleError::Lost(_) | AssembleError::Unknown(_)) => {
                Some("say it in the fleet, or give the whole new value with `--from-file FILE`")
            }
            Self::Assemble(AssembleError::Waits(_)) => {
                Some("`csoc outputs pull` records what stacks gave")
            }
            Self::Deleted(_) => {
                Some("`aws secretsmanager restore-secret` brings it back as it was")
            }
            _ => None,
        }
    }
}

/// Notes what is about to be done to a secret, and that it was: the step, its version, and whether it is done.
pub type Note<'n> = &'n mut dyn FnMut(&Wanted, SecretStep, &str, bool) -> Result<(), JournalError>;

/// Seeds what has no value, what others are put together from first. `each` hears of each as it is done; before each it is asked
/// whether to stop, and what was not come to has no result.
pub fn seed<'w>(
    wanted: &[&'w Wanted],
    store: &dyn Store,
    ask: &dyn Ask,
    dry_run: bool,
    note: Note<'_>,
    each: &mut dyn FnMut(&'w Wanted, &Result<Seeded, Unseeded>),
    is_stopped: &dyn Fn() -> bool,
) -> Vec<(&'w Wanted, Result<Seeded, Unseeded>)> {
    let mut results = Vec::new();
    for one in ordered(wanted) {
        if is_stopped() {
            break;
        }
        let result = seed_one(one, store, ask, dry_run, &mut *note);
        each(one, &result);
        results.push((one, result));
    }
    results
}

/// What others are put together from first, otherwise in the given order.
fn ordered<'w>(wanted: &[&'w Wanted]) -> Vec<&'w Wanted> {
    let mut left = wanted.to_vec();
    let mut sorted: Vec<&Wanted> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_left = |name: &str| left.iter().any(|one| one.name == name);
        let free = left
            .iter()
            .position(|one| !one.sources().into_iter().any(is_left));
        // Nothing is put together from itself; were it so, it would say that it needs it.
        sorted.push(left.remove(free.unwrap_or(0)));
    }
    sorted
}

fn seed_one(
    wanted: &Wanted,
    store: &dyn Store,
    ask: &dyn Ask,
    dry_run: bool,
    note: Note<'_>,
) -> Result<Seeded, Unseeded> {
    let described = store.describe(&wanted.name)?;
    let token = token(wanted);
    if let Some(described) = &described {
        if let Some(current) = described.at(CURRENT) {
            if !dry_run && current.id == token && described.at(PENDING) == Some(current) {
                // It became current at once, and then something went away.
                unstage(store, &wanted.name, &token)?;
            }
            return Ok(Seeded::Was(current.id.clone()));
        }
        if let Some(deletion) = described.deletion {
            return Err(Unseeded::Deleted(deletion));
        }
    }
    match wanted.seeder {
        Seeder::Generated | Seeder::Assembled | Seeder::Asked => {}
        other => return Err(Unseeded::Others(other)),
    }
    if let (None, Some(stack)) = (&described, &wanted.stack) {
        return Err(Unseeded::Container(stack.clone()));
    }
    let is_begun = |described: &Described| described.at(PENDING).is_some_and(|it| it.id == token);
    let is_begun = described.as_ref().is_some_and(is_begun);
    if is_begun && !ask.is_given() {
        // What was begun is ended: its value is there, and was never current.
        return if dry_run {
            Ok(Seeded::Would)
        } else {
            let seeded = become_current(wanted, store, &token)?;
            note(wanted, SecretStep::Seed, &token, true)?;
            Ok(seeded)
        };
    }
    if dry_run {
        let waits = if ask.is_given() {
            value(wanted, store, ask)?;
            Vec::new()
        } else {
            wanted.waits()
        };
        return if waits.is_empty() {
            Ok(Seeded::Would)
        } else {
            Err(AssembleError::Waits(waits).into())
        };
    }
    let value = value(wanted, store, ask)?;
    let seeded = if described.is_some() {
        note(wanted, SecretStep::Seed, &token, false)?;
        match store.stage(&wanted.name, &value, &token) {
            Ok(()) => become_current(wanted, store, &token)?,
            Err(StoreError::Exists) if is_begun => return Err(Unseeded::Begun),
            Err(StoreError::Exists) => somebody_else(wanted, store)?,
            Err(error) => return Err(error.into()),
        }
    } else {
        let key = match &wanted.encryption {
            Encryption::Key { arn } => arn,
            Encryption::Waits { output } => {
                return Err(AssembleError::Waits(vec![output.clone()]).into());
            }
        };
        note(wanted, SecretStep::Seed, &token, false)?;
        match store.create(&wanted.name, &value, key, &token) {
            Ok(()) => Seeded::Made(token.clone()),
            Err(StoreError::Exists) => somebody_else(wanted, store)?,
            Err(error) => return Err(error.into()),
        }
    };
    if matches!(seeded, Seeded::Made(_)) {
        note(wanted, SecretStep::Seed, &token, true)?;
    }
    Ok(seeded)
}

/// What is to be put into it.
pub(super) fn value(wanted: &Wanted, store: &dyn Store, ask: &dyn Ask) -> Result<Value, Unseeded> {
    let value = match (&wanted.content, wanted.seeder) {
        (Some(content), Seeder::Generated | Seeder::Assembled) if !ask.is_given() => {
            assemble(wanted, content, store, None)?
        }
        (_, seeder) => {
            let given = ask.ask(wanted)?.ok_or(match seeder {
                Seeder::Asked => Unseeded::Ungiven,
                _ => Unseeded::Unknown,
            })?;
            return Ok(given.value(wanted)?);
        }
    };
    let keys: Vec<String> = wanted.keys.iter().map(|key| key.name.clone()).collect();
    value.fits(wanted.shape, &keys)?;
    Ok(value)
}

/// Makes a staged version the current one, if there is no other by now.
fn become_current(wanted: &Wanted, store: &dyn Store, token: &str) -> Result<Seeded, Unseeded> {
    let name = &wanted.name;
    let current = |store: &dyn Store| -> Result<Option<String>, StoreError> {
        let described = store.describe(name)?.unwrap_or_default();
        Ok(described.at(CURRENT).map(|version| version.id.clone()))
    };
    let mut now = current(store)?;
    if now.is_none() {
        // Where somebody else's is the current one by now the move is refused, and says so below.
        let moved = store.move_stage(name, CURRENT, None, Some(token));
        now = current(store)?;
        if now.is_none() {
            moved?;
        }
    }
    let is_pending = |described: &Described| described.at(PENDING).is_some_and(|it| it.id == token);
    if store.describe(name)?.as_ref().is_some_and(is_pending) {
        unstage(store, name, token)?;
    }
    match now {
        Some(id) if id == token => Ok(Seeded::Made(id)),
        Some(id) => Ok(Seeded::SomebodyElse(id)),
        None => Err(StoreError::Refused {
            code: None,
            reason: "it has no current version yet".into(),
        }
        .into()),
    }
}

fn somebody_else(wanted: &Wanted, store: &dyn Store) -> Result<Seeded, Unseeded> {
    let described = store.describe(&wanted.name)?.unwrap_or_default();
    match described.at(CURRENT) {
        Some(version) => Ok(Seeded::SomebodyElse(version.id.clone())),
        None => Err(StoreError::Refused {
            code: None,
            reason: "somebody else is making it right now: run it again".into(),
        }
        .into()),
    }
}

/// The name of the first version: the same for whoever seeds it, so that of two only one comes first.
pub(super) fn token(wanted: &Wanted) -> String {
    let parts = ["seed", &wanted.account, &wanted.region, &wanted.name];
    Digest::of_parts(parts.map(str::as_bytes)).to_string()
}
