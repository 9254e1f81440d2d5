//! AWS Secrets Manager, in one account and region, by whoever may look at secrets there.

use std::error::Error;

use aws_config::{Region, SdkConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::primitives::DateTime;
use aws_sdk_secretsmanager::types::{ReplicationStatusType, StatusType};
use jiff::Timestamp;

use super::store::{Described, PENDING, Replica, ReplicaState, Store, StoreError, Version};
use super::value::Value;
use crate::aws::{Asking, AssumedRoles, AwsError, Identity};
use crate::terraform::Until;

/// As whom secrets are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Taken {
    /// The role `gen3/csoc-secrets` of the account.
    Role,
    /// Whoever the surroundings say.
    Nothing,
}

/// AWS Secrets Manager in one account and region.
pub struct SecretsManager<'a> {
    asking: &'a Asking,
    client: Client,
    identity: Identity,
}

impl AssumedRoles {
    /// The secrets of an account in a region, once it is certain that we are in that account.
    ///
    /// # Errors
    ///
    /// The role cannot be taken, or whoever we are is of another account.
    pub fn secrets(
        &self,
        account: &str,
        region: &str,
        taken: Taken,
    ) -> Result<SecretsManager<'_>, AwsError> {
        let (config, identity) = match taken {
            Taken::Role => self.enter(account, Some(region), ROLE)?,
            Taken::Nothing => self.stay(account)?,
        };
        Ok(SecretsManager::new(
            self.asking(),
            &config,
            identity,
            region,
        ))
    }
}

/// The role that seeds, checks and rotates, which the layer `access` makes in every account.
pub(crate) const ROLE: &str = "gen3/csoc-secrets";

impl<'a> SecretsManager<'a> {
    fn new(asking: &'a Asking, config: &SdkConfig, identity: Identity, region: &str) -> Self {
        let config = config
            .to_builder()
            .region(Region::new(region.to_owned()))
            .build();
        Self {
            asking,
            client: Client::new(&config),
            identity,
        }
    }

    fn read_from<T>(
        &self,
        answer: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let answer = self.asking.ask(Until::Stopped, answer);
        answer.unwrap_or(Err(StoreError::Stopped))
    }

    /// Who asks to stop waits for what is being written; who asks twice does not.
    fn write_to<T, E, R>(
        &self,
        answer: impl Future<Output = Result<T, SdkError<E, R>>>,
    ) -> Result<(), StoreError>
    where
        E: Error + ProvideErrorMetadata + 'static,
        R: std::fmt::Debug,
    {
        match self.asking.ask(Until::Detached, answer) {
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(refused(&error)),
            None => Err(StoreError::Stopped),
        }
    }
}

impl Store for SecretsManager<'_> {
    fn describe(&self, name: &str) -> Result<Option<Described>, StoreError> {
        self.read_from(async {
            let answer = self.client.describe_secret().secret_id(name).send().await;
            let Some(answer) = unless_absent(answer)? else {
                return Ok(None);
            };
            let mut described = Described {
                changed: answer.last_changed_date().and_then(time),
                deletion: answer.deleted_date().and_then(time),
                ..Described::default()
            };
            described.replicas = answer.replication_status().iter().map(replica).collect();
            if described.deletion.is_some() {
                return Ok(Some(described));
            }
            let mut pages = self
                .client
                .list_secret_version_ids()
                .secret_id(name)
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                let Some(page) = unless_absent(page)? else {
                    return Ok(None);
                };
                let versions = page.versions().iter().map(|version| Version {
                    id: version.version_id().unwrap_or_default().to_owned(),
                    stages: version.version_stages().to_vec(),
                    made: version.created_date().and_then(time),
                });
                described.versions.extend(versions);
            }
            Ok(Some(described))
        })
    }

    fn read(&self, name: &str, stage: &str) -> Result<Option<Value>, StoreError> {
        self.read_from(async {
            let asked = self
                .client
                .get_secret_value()
                .secret_id(name)
                .version_stage(stage);
            let Some(mut answer) = unless_absent(asked.send().await)? else {
                return Ok(None);
            };
            match (answer.secret_string.take(), answer.secret_binary) {
                (Some(text), _) => Ok(Some(Value::new(text))),
                (None, Some(_)) => Err(StoreError::Binary),
                (None, None) => Ok(None),
            }
        })
    }

    fn create(&self, name: &str, value: &Value, key: &str, token: &str) -> Result<(), StoreError> {
        let asked = self
            .client
            .create_secret()
            .name(name)
            .description("Seeded by csoc")
            .kms_key_id(key)
            .client_request_token(token)
            .secret_string(value.expose());
        self.write_to(asked.send())
    }

    fn stage(&self, name: &str, value: &Value, token: &str) -> Result<(), StoreError> {
        let asked = self
            .client
            .put_secret_value()
            .secret_id(name)
            .client_request_token(token)
            .secret_string(value.expose())
            .version_stages(PENDING);
        self.write_to(asked.send())
    }

    fn move_stage(
        &self,
        name: &str,
        stage: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(), StoreError> {
        let asked = self
            .client
            .update_secret_version_stage()
            .secret_id(name)
            .version_stage(stage)
            .set_remove_from_version_id(from.map(ToOwned::to_owned))
            .set_move_to_version_id(to.map(ToOwned::to_owned));
        self.write_to(asked.send())
    }

    fn actor(&self) -> Box<str> {
        self.identity.arn.clone().into()
    }
}

/// A copy, as AWS says that it is.
fn replica(said: &ReplicationStatusType) -> Replica {
    let state = match said.status() {
        Some(StatusType::InSync) => ReplicaState::Same,
        Some(StatusType::Failed) => ReplicaState::Failed {
            reason: said.status_message().map(Into::into),
        },
        _ => ReplicaState::Behind,
    };
    Replica {
        region: said.region().unwrap_or_default().to_owned(),
        state,
    }
}

fn time(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), 0).ok()
}

/// What it answers, or that there is no such thing.
fn unless_absent<T, E, R>(answer: Result<T, SdkError<E, R>>) -> Result<Option<T>, StoreError>
where
    E: Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(None),
        Err(error) => Err(refused(&error)),
    }
}

/// What it says, or what kept it from answering. Requests and answers hold values: they are no part of it.
fn refused<E, R>(error: &SdkError<E, R>) -> StoreError
where
    E: Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    let code = error.code();
    if code == Some("ResourceExistsException") {
        return StoreError::Exists;
    }
    let reason = match (code, error.message()) {
        (Some(code), Some(message)) => format!("{message} ({code})"),
        (Some(code), None) => code.to_owned(),
        _ => match error {
            SdkError::TimeoutError(_) => "AWS did not answer in time".to_owned(),
            SdkError::DispatchFailure(_) => "AWS cannot be reached".to_owned(),
            SdkError::ResponseError(_) => "AWS answered what nobody can read".to_owned(),
            _ => "it cannot be asked for".to_owned(),
        },
    };
    StoreError::Refused {
        code: code.map(Into::into),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests;
