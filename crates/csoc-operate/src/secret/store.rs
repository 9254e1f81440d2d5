//! Where secrets are kept: what can be asked of a secret manager in one account and region.

use jiff::Timestamp;
use serde::Serialize;

use super::value::Value;

/// The stage of the version that readers get.
pub(super) const CURRENT: &str = "AWSCURRENT";
/// The stage of a version that is to be the current one.
pub(super) const PENDING: &str = "AWSPENDING";
/// The stage of the version that was the current one before.
pub(super) const PREVIOUS: &str = "AWSPREVIOUS";

/// A secret manager in one account and region.
pub trait Store {
    /// What is known of a secret without its values; none where there is no such secret.
    fn describe(&self, name: &str) -> Result<Option<Described>, StoreError>;

    /// The value of the version that has a stage; none where none has it.
    fn read(&self, name: &str, stage: &str) -> Result<Option<Value>, StoreError>;

    /// Makes a container with its first version, whose name the token is. One that is there already is [`StoreError::Exists`].
    fn create(&self, name: &str, value: &Value, key: &str, token: &str) -> Result<(), StoreError>;

    /// Adds a version, whose name the token is, with the stage of those to come. One of that name with another value is [`StoreError::Exists`].
    fn stage(&self, name: &str, value: &Value, token: &str) -> Result<(), StoreError>;

    /// Moves a stage from a version, where it must be, to a version; without the first only where no version has it.
    fn move_stage(
        &self,
        name: &str,
        stage: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(), StoreError>;

    /// Who asks, as the cloud knows them.
    fn actor(&self) -> Box<str>;
}

/// What is known of a secret without its values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Described {
    /// Its versions that have a stage.
    pub versions: Vec<Version>,
    /// When it was last changed, in whatever.
    pub changed: Option<Timestamp>,
    /// When it goes away, where somebody deleted it.
    pub deletion: Option<Timestamp>,
    /// Its copies in other regions.
    pub replicas: Vec<Replica>,
}

/// A copy of a secret in another region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// The region.
    pub region: String,
    /// How it is.
    pub state: ReplicaState,
}

/// How a copy of a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplicaState {
    /// As the secret is.
    Same,
    /// Not yet as the secret is, as far as is known.
    Behind,
    /// It could not be made as the secret is.
    Failed {
        /// Why, where the secret manager says so.
        reason: Option<Box<str>>,
    },
}

/// A version of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Its name.
    pub id: String,
    /// Its stages.
    pub stages: Vec<String>,
    /// When it was made.
    pub made: Option<Timestamp>,
}

impl Described {
    /// The version that has a stage.
    pub(super) fn at(&self, stage: &str) -> Option<&Version> {
        let mut versions = self.versions.iter();
        versions.find(|version| version.stages.iter().any(|it| it == stage))
    }
}

/// Takes the stage of those to come from a version; somebody else may have done so.
pub(super) fn unstage(store: &dyn Store, name: &str, id: &str) -> Result<(), StoreError> {
    let Err(error) = store.move_stage(name, PENDING, Some(id), None) else {
        return Ok(());
    };
    let described = store.describe(name)?.unwrap_or_default();
    match described.at(PENDING) {
        Some(version) if version.id == id => Err(error),
        _ => Ok(()),
    }
}

/// Why a secret manager does not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It is there already: somebody else was first.
    #[error("it is there already")]
    Exists,
    /// It is binary.
    #[error("it is binary, and must be text")]
    Binary,
    /// Somebody asked to stop before there was an answer.
    #[error("it was stopped while AWS was asked")]
    Stopped,
    /// It was refused, or there is no answer.
    #[error("{reason}")]
    Refused {
        /// Its code, where it answered.
        code: Option<Box<str>>,
        /// What it says.
        reason: Box<str>,
    },
}

impl StoreError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        let Self::Refused { code, .. } = self else {
            return None;
        };
        match code.as_deref()? {
            "AccessDeniedException" => Some(
                "values are for `gen3/csoc-secrets` of the account alone, which its layer `access` makes: take it with `--as roles`",
            ),
            "DecryptionFailure" | "EncryptionFailure" | "KMSAccessDeniedException" => {
                Some("whoever reads or writes it must be let use the key that encrypts it, too")
            }
            "InvalidRequestException" => {
                Some("where it is deleted, `aws secretsmanager restore-secret` brings it back")
            }
            "ThrottlingException" | "LimitExceededException" => {
                Some("wait a while, then run it again: it goes on where it stopped")
            }
            "ExpiredTokenException" => {
                Some("the credentials have expired: sign in again, then run it again")
            }
            _ => None,
        }
    }
}
