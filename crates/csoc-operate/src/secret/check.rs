//! What there is, against what there must be. Of values only the names of keys are looked at.

use jiff::Timestamp;
use serde::Serialize;

use super::store::{CURRENT, PENDING, PREVIOUS, Replica, ReplicaState, Store, StoreError};
use super::value::NotThis;
use super::wanted::{Seeder, Wanted};

/// How a secret is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SecretState {
    /// As it must be.
    Fine,
    /// As far as can be told without its value.
    Exists,
    /// Somebody else makes it later.
    Later,
    /// There is no container.
    Missing,
    /// It has no value.
    Empty,
    /// Its value is not what it must be.
    Wrong {
        /// What is wrong with it.
        problem: String,
    },
    /// It is deleted, and goes away.
    Deleted {
        /// When.
        at: Timestamp,
    },
    /// It cannot be looked at.
    Unseen {
        /// Why.
        problem: String,
        /// What to do about it.
        help: Option<&'static str>,
    },
}

/// What was seen of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Its name.
    pub name: String,
    /// How it is.
    #[serde(flatten)]
    pub state: SecretState,
    /// Its current version.
    pub version: Option<String>,
    /// The days since that was made.
    pub days: Option<i64>,
    /// Whether a new one is due.
    pub is_due: bool,
    /// A version that is to be the current one.
    pub pending: Option<String>,
    /// The version before, which readers may still have.
    pub previous: Option<String>,
    /// Regions whose copy is not yet as it is.
    pub behind: Vec<String>,
    /// Copies that could not be made as it is.
    pub failed: Vec<FailedReplica>,
}

/// A copy in another region that could not be made as the secret is: it is as it was before, or is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedReplica {
    /// The region.
    pub region: String,
    /// Why, where the secret manager says so.
    pub reason: Option<Box<str>>,
}

impl Checked {
    /// Whether something that is needed is missing, or is not as it must be.
    pub const fn is_bad(&self) -> bool {
        !matches!(
            self.state,
            SecretState::Fine | SecretState::Exists | SecretState::Later
        )
    }
}

/// Looks at a secret.
pub fn check(wanted: &Wanted, store: &dyn Store, now: Timestamp) -> Checked {
    let mut checked = Checked {
        name: wanted.name.clone(),
        state: SecretState::Missing,
        version: None,
        days: None,
        is_due: false,
        pending: None,
        previous: None,
        behind: Vec::new(),
        failed: Vec::new(),
    };
    checked.state =
        look(wanted, store, now, &mut checked).unwrap_or_else(|error| SecretState::Unseen {
            help: error.help(),
            problem: error.to_string(),
        });
    let is_absent = matches!(checked.state, SecretState::Missing | SecretState::Empty);
    if is_absent && wanted.seeder.comes_later() {
        checked.state = SecretState::Later;
    }
    checked
}

fn look(
    wanted: &Wanted,
    store: &dyn Store,
    now: Timestamp,
    checked: &mut Checked,
) -> Result<SecretState, StoreError> {
    let Some(described) = store.describe(&wanted.name)? else {
        return Ok(SecretState::Missing);
    };
    for Replica { region, state } in &described.replicas {
        let region = region.clone();
        match state {
            ReplicaState::Same => {}
            ReplicaState::Behind => checked.behind.push(region),
            ReplicaState::Failed { reason } => {
                let reason = reason.clone();
                checked.failed.push(FailedReplica { region, reason });
            }
        }
    }
    if let Some(at) = described.deletion {
        return Ok(SecretState::Deleted { at });
    }
    let Some(current) = described.at(CURRENT) else {
        return Ok(SecretState::Empty);
    };
    checked.version = Some(current.id.clone());
    let other = |stage| {
        let version = described.at(stage).filter(|it| it.id != current.id);
        version.map(|version| version.id.clone())
    };
    checked.pending = other(PENDING);
    checked.previous = other(PREVIOUS);
    checked.days = current
        .made
        .map(|made| now.duration_since(made).as_secs() / 86_400);
    checked.is_due = match (checked.days, wanted.rotation.days) {
        (Some(days), Some(limit)) => days >= i64::from(limit),
        _ => false,
    };
    // Those of Terraform are for who applies it, and not for us.
    if wanted.seeder == Seeder::Terraform {
        return Ok(SecretState::Exists);
    }
    let keys: Vec<String> = wanted.keys.iter().map(|key| key.name.clone()).collect();
    let problem = match store.read(&wanted.name, CURRENT) {
        Ok(Some(value)) => value.fits(wanted.shape, &keys).err(),
        Ok(None) => return Ok(SecretState::Empty),
        Err(StoreError::Binary) => Some(NotThis::Binary),
        Err(error) => return Err(error),
    };
    Ok(
        problem.map_or(SecretState::Fine, |problem| SecretState::Wrong {
            problem: problem.to_string(),
        }),
    )
}
