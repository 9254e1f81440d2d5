//! A new value in place of one that is there, with an overlap in which readers may have either.
//!
//! How far it went is in the stages of versions: a new one is pending, then current, and the one before is previous until
//! somebody takes that stage away. Whoever runs it again goes on from there, on whichever machine.

use jiff::{SignedDuration, Timestamp};

use crate::digest::Digest;
use crate::journal::{JournalError, SecretStep};

use super::ask::Ask;
use super::assemble::{AssembleError, assemble};
use super::seed::{Note, Unseeded, token, value};
use super::store::{CURRENT, Described, PENDING, PREVIOUS, Store, StoreError, Version, unstage};
use super::value::NotThis;
use super::wanted::{Means, Seeder, Wanted};

/// How many names a version that follows another one can have.
const CHAIN: usize = 16;

/// How a rotation is to go.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// Whether a pending version becomes current, although somebody must be told first: they were.
    pub promote: bool,
    /// How long the one before stays.
    pub overlap: SignedDuration,
    /// What time it is.
    pub now: Timestamp,
}

/// How far a rotation went.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rotated {
    /// A new version is pending: somebody must be told of it.
    Staged(String),
    /// A new version is current.
    Current(String),
    /// There is nothing new to be put into it.
    Same(String),
    /// The version before has no stage any more, and goes away.
    Retired(String),
    /// There was none before.
    Alone(String),
}

/// Why a rotation does not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RotationError {
    /// It is not ours.
    #[error("it is not rotated here: {}", .0.words())]
    Others(Seeder),
    /// What was encrypted with it would be lost.
    #[error("it is never rotated: what was encrypted with it would be lost")]
    Never,
    /// It has no value.
    #[error("it has no value yet: `csoc secrets seed` gives it its first one")]
    Unseeded,
    /// It was deleted.
    #[error("it is deleted, and goes away at {0}")]
    Deleted(Timestamp),
    /// The overlap is not over.
    #[error("readers may have the version before until {0}")]
    Overlap(Timestamp),
    /// A new version is pending.
    #[error("a new version is pending, and not current yet")]
    Pending,
    /// Nothing is pending that could become current.
    #[error("nothing is pending, of which somebody could have been told")]
    NothingPending,
    /// What is pending was not staged here.
    #[error("the pending version `{0}` is not one that csoc stages")]
    Foreign(String),
    /// What is pending is not what the secret holds.
    #[error("the pending version `{id}` is not what it holds: {problem}")]
    Unfit {
        /// Its name.
        id: String,
        /// What is wrong with it.
        problem: NotThis,
    },
    /// A value is given, and another one is pending.
    #[error("a value is given, and the version `{0}` is pending")]
    Given(String),
    /// Every name that a new version can have is taken.
    #[error("it was rotated and rolled back {CHAIN} times from this version")]
    Often,
    /// Somebody else does it.
    #[error("somebody else is rotating it right now")]
    SomebodyElse,
    /// There is no value for it.
    #[error(transparent)]
    Value(#[from] Unseeded),
    /// The secret manager does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be recorded, so it is not done.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl RotationError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Others(Seeder::Terraform) => {
                Some("a new number in `passwordVersion` of the database, and its stack applied")
            }
            Self::Overlap(_) => Some(
                "run it again then; or with a shorter `--overlap`, where no reader has that version any more",
            ),
            Self::Pending => Some("run `csoc secrets rotate` again without `--finish`: it goes on"),
            Self::NothingPending => {
                Some("run it without `--promote`: it stages a new version, and says whom to tell")
            }
            Self::Foreign(_) | Self::Unfit { .. } => Some(
                "ask who put it there; `aws secretsmanager update-secret-version-stage --version-stage AWSPENDING --remove-from-version-id` takes the stage from it",
            ),
            Self::Given(_) => Some("run it without a value: what was begun is ended"),
            Self::SomebodyElse => Some("run it again: it goes on where they are"),
            Self::Value(error) => error.help(),
            Self::Store(error) => error.help(),
            _ => None,
        }
    }
}

/// The secret as it is, and the version that readers get.
fn described(wanted: &Wanted, store: &dyn Store) -> Result<(Described, Version), RotationError> {
    if wanted.seeder.comes_later() || wanted.seeder == Seeder::Terraform {
        return Err(RotationError::Others(wanted.seeder));
    }
    let described = store.describe(&wanted.name)?;
    let described = described.ok_or(RotationError::Unseeded)?;
    if let Some(at) = described.deletion {
        return Err(RotationError::Deleted(at));
    }
    let current = described.at(CURRENT).cloned();
    let current = current.ok_or(RotationError::Unseeded)?;
    Ok((described, current))
}

/// Makes a new version and has readers get it, or goes on with what was begun.
pub fn rotate(
    wanted: &Wanted,
    store: &dyn Store,
    ask: &dyn Ask,
    how: Rotation,
    note: Note<'_>,
) -> Result<Rotated, RotationError> {
    let (described, current) = described(wanted, store)?;
    match wanted.rotation.means {
        Means::Never => return Err(RotationError::Never),
        Means::Terraform => return Err(RotationError::Others(Seeder::Terraform)),
        _ => {}
    }
    let name = &wanted.name;
    let mut pending = described.at(PENDING).map(|version| version.id.clone());
    if pending.as_ref() == Some(&current.id) {
        // It became current, and then something went away: a rotation, or its first seeding.
        unstage(store, name, &current.id)?;
        if current.id != token(wanted) {
            note(wanted, SecretStep::Promote, &current.id, true)?;
            return Ok(Rotated::Current(current.id));
        }
        pending = None;
    }
    let waits = wanted.rotation.means == Means::Told && !wanted.rotation.before.is_empty();
    let pending = if let Some(pending) = pending {
        if ask.is_given() {
            return Err(RotationError::Given(pending));
        }
        ours(wanted, store, &current, &pending)?;
        pending
    } else {
        if waits && how.promote {
            return Err(RotationError::NothingPending);
        }
        if let Some(until) = overlap(&described, &current, how) {
            return Err(RotationError::Overlap(until));
        }
        let Some(id) = stage(wanted, store, ask, &current, &mut *note)? else {
            return Ok(Rotated::Same(current.id));
        };
        id
    };
    if waits && !how.promote {
        return Ok(Rotated::Staged(pending));
    }
    note(wanted, SecretStep::Promote, &pending, false)?;
    store.move_stage(name, CURRENT, Some(&current.id), Some(&pending))?;
    unstage(store, name, &pending)?;
    note(wanted, SecretStep::Promote, &pending, true)?;
    Ok(Rotated::Current(pending))
}

/// Whether a pending version is one that we stage, and holds what it must: readers get nothing else.
fn ours(
    wanted: &Wanted,
    store: &dyn Store,
    current: &Version,
    pending: &str,
) -> Result<(), RotationError> {
    if !chain(wanted, &current.id).any(|id| id == pending) {
        return Err(RotationError::Foreign(pending.to_owned()));
    }
    let unfit = |problem| RotationError::Unfit {
        id: pending.to_owned(),
        problem,
    };
    let value = match store.read(&wanted.name, PENDING) {
        Err(StoreError::Binary) => return Err(unfit(NotThis::Binary)),
        value => value?.ok_or_else(|| unfit(NotThis::Empty))?,
    };
    let keys: Vec<String> = wanted.keys.iter().map(|key| key.name.clone()).collect();
    value.fits(wanted.shape, &keys).map_err(unfit)
}

/// Names of the versions that may follow a version: the first, and others for when the one before was rolled back.
fn chain(wanted: &Wanted, current: &str) -> impl Iterator<Item = String> {
    let parts = [
        "rotate",
        &wanted.account,
        &wanted.region,
        &wanted.name,
        current,
    ];
    let digest =
        |parts: &[&str]| Digest::of_parts(parts.iter().map(|it| it.as_bytes())).to_string();
    std::iter::successors(Some(digest(&parts)), move |id| Some(digest(&["again", id]))).take(CHAIN)
}

/// Puts a new value beside the one that there is; nothing where it would be the same.
fn stage(
    wanted: &Wanted,
    store: &dyn Store,
    ask: &dyn Ask,
    current: &Version,
    note: Note<'_>,
) -> Result<Option<String>, RotationError> {
    let is_ours = matches!(wanted.seeder, Seeder::Generated | Seeder::Assembled);
    let new = match wanted
        .content
        .as_ref()
        .filter(|_| is_ours && !ask.is_given())
    {
        Some(content) => {
            let old = store.read(&wanted.name, CURRENT)?;
            let new = assemble(wanted, content, store, old.as_ref());
            let new = new.map_err(Unseeded::Assemble)?;
            let keys: Vec<String> = wanted.keys.iter().map(|key| key.name.clone()).collect();
            let fits = new.fits(wanted.shape, &keys);
            fits.map_err(|problem: NotThis| Unseeded::NotThis(problem))?;
            if old.is_some_and(|old| old.expose() == new.expose()) {
                return Ok(None);
            }
            new
        }
        None => value(wanted, store, ask)?,
    };
    for id in chain(wanted, &current.id) {
        note(wanted, SecretStep::Stage, &id, false)?;
        match store.stage(&wanted.name, &new, &id) {
            Ok(()) => {
                note(wanted, SecretStep::Stage, &id, true)?;
                return Ok(Some(id));
            }
            // One of that name is there for ever: it is somebody's right now, or was current and was rolled back.
            Err(StoreError::Exists) => {
                let now = store.describe(&wanted.name)?.unwrap_or_default();
                let is_current = now.at(CURRENT).is_some_and(|it| it.id == current.id);
                if now.at(PENDING).is_some() || !is_current {
                    return Err(RotationError::SomebodyElse);
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(RotationError::Often)
}

/// Takes the version before away, once the overlap is over.
pub fn finish(
    wanted: &Wanted,
    store: &dyn Store,
    how: Rotation,
    note: Note<'_>,
) -> Result<Rotated, RotationError> {
    let (described, current) = described(wanted, store)?;
    if described.at(PENDING).is_some() {
        return Err(RotationError::Pending);
    }
    let Some(previous) = described.at(PREVIOUS) else {
        return Ok(Rotated::Alone(current.id));
    };
    if let Some(until) = overlap(&described, &current, how) {
        return Err(RotationError::Overlap(until));
    }
    note(wanted, SecretStep::Retire, &previous.id, false)?;
    store.move_stage(&wanted.name, PREVIOUS, Some(&previous.id), None)?;
    note(wanted, SecretStep::Retire, &previous.id, true)?;
    Ok(Rotated::Retired(previous.id.clone()))
}

/// Until when readers may have the version before, where that is not over.
fn overlap(described: &Described, current: &Version, how: Rotation) -> Option<Timestamp> {
    described.at(PREVIOUS)?;
    // It became current when the secret was last changed, or before.
    let since = described.changed.max(current.made).unwrap_or(how.now);
    let until = since.checked_add(how.overlap).unwrap_or(Timestamp::MAX);
    (how.now < until).then_some(until)
}

impl From<AssembleError> for RotationError {
    fn from(error: AssembleError) -> Self {
        Self::Value(Unseeded::Assemble(error))
    }
}
