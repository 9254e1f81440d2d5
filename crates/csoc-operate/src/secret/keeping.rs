//! What seeding, checking and rotating share: which secrets of an object are meant, and the journal of what is done to them.

use std::cell::RefCell;
use std::path::Path;

use jiff::Timestamp;

use super::wanted::Wanted;
use crate::journal::{Journal, JournalError, Phase, Record, SecretStep};
use crate::stack::StackId;

/// Why nobody knows which secrets are meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoSecret {
    /// The object has none, or there is no such object.
    #[error("there is no secret of `{0}`")]
    Object(String),
    /// The object has none of that name.
    #[error("`{object}` has no secret `{name}`")]
    Name {
        /// The object.
        object: String,
        /// The name.
        name: String,
    },
}

impl NoSecret {
    /// What to do about it.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Object(_) => {
                "name an environment as COMMONS/NAME, a cluster as `clusters.NAME`, or `hub`: `csoc secrets list` lists them"
            }
            Self::Name { .. } => "`csoc secrets list` lists them",
        }
    }
}

impl Wanted {
    /// Whether it is called so: by its name, or by what it is for.
    pub fn is_named(&self, name: &str) -> bool {
        name == self.name || name == self.purpose
    }

    /// Of the secrets of a fleet those of an object, or those of them that are named.
    ///
    /// # Errors
    ///
    /// There is none of the object, or none of a name.
    pub fn chosen(all: Vec<Self>, object: &str, only: &[String]) -> Result<Vec<Self>, NoSecret> {
        let path = match object.split_once('/') {
            Some((commons, name)) => format!("commons.{commons}.environments.{name}"),
            None => object.to_owned(),
        };
        let mut own = all;
        own.retain(|one| one.object == path);
        if own.is_empty() {
            return Err(NoSecret::Object(object.to_owned()));
        }
        for name in only {
            if !own.iter().any(|secret| secret.is_named(name)) {
                return Err(NoSecret::Name {
                    object: object.to_owned(),
                    name: name.clone(),
                });
            }
        }
        let is_meant =
            |secret: &Self| only.is_empty() || only.iter().any(|name| secret.is_named(name));
        own.retain(is_meant);
        Ok(own)
    }
}

/// The journal of what is done to secrets: names and versions.
#[derive(Debug)]
pub struct Notes {
    journal: RefCell<Journal>,
    run: Box<str>,
    actor: Box<str>,
}

impl Notes {
    /// Opens the journal for what somebody does in a run.
    ///
    /// # Errors
    ///
    /// It cannot be used: what cannot be recorded is not done.
    pub fn open(journal: &Path, run: &str, actor: Box<str>) -> Result<Self, JournalError> {
        Ok(Self {
            journal: RefCell::new(Journal::open(journal)?),
            run: run.into(),
            actor,
        })
    }

    /// Notes what is about to be done, or that it is.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn note(
        &self,
        wanted: &Wanted,
        step: SecretStep,
        version: &str,
        is_done: bool,
    ) -> Result<(), JournalError> {
        let (secret, version) = (wanted.name.as_str().into(), version.into());
        let phase = if is_done {
            Phase::SecretDone {
                step,
                secret,
                version,
            }
        } else {
            Phase::SecretStarted {
                step,
                secret,
                version,
            }
        };
        let Ok(stack) = wanted.layer.parse::<StackId>() else {
            return Err(JournalError::Layer {
                layer: wanted.layer.clone(),
            });
        };
        let record = Record {
            at: Timestamp::now(),
            run: self.run.clone(),
            actor: self.actor.clone(),
            stack,
            phase,
        };
        self.journal.borrow_mut().append(record).map(|_| ())
    }
}
