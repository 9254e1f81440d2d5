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
    let pending = if let Some(pending) = pending {
        pending
    } else {
        if let Some(until) = overlap(&described, &current, how) {
            return Err(RotationError::Overlap(until));
        }
        let Some(id) = stage(wanted, store, ask, &current, &mut *note)? else {
            return Ok(Rotated::Same(current.id));
        };
        id
    };
    if wanted.rotation.means == Means::Told && !wanted.rotation.before.is_empty() && !how.promote {
        return Ok(Rotated::Staged(pending));
    }
    note(wanted, SecretStep::Promote, &pending, false)?;
    store.move_stage(name, CURRENT, Some(&current.id), Some(&pending))?;
    unstage(store, name, &pending)?;
    note(wanted, SecretStep::Promote, &pending, true)?;
    Ok(Rotated::Current(pending))
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
    let new = match wanted.content.as_ref().filter(|_| is_ours) {
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
    let parts = [
        "rotate",
        &wanted.account,
        &wanted.region,
        &wanted.name,
        &current.id,
    ];
    let id = Digest::of_parts(parts.map(str::as_bytes)).to_string();
    note(wanted, SecretStep::Stage, &id, false)?;
    match store.stage(&wanted.name, &new, &id) {
        Ok(()) => {}
        Err(StoreError::Exists) => return Err(RotationError::SomebodyElse),
        Err(error) => return Err(error.into()),
    }
    note(wanted, SecretStep::Stage, &id, true)?;
    Ok(Some(id))
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
