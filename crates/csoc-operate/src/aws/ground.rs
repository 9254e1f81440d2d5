//! What the surroundings say of credentials and regions, and what asks AWS.

use std::error::Error as _;
use std::time::Duration;

use aws_config::imds::client::error::ImdsError;
use aws_config::meta::region::RegionProviderChain;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;

use super::asking::Asking;
use super::error::AwsError;
use super::identity::Identity;
use crate::terraform::{Interrupt, Until};

/// How long AWS may take to answer, with what is tried again.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where it is asked who somebody is, when nothing says a region.
const REGION: &str = "us-east-1";

/// What the surroundings say, and what asks.
pub(super) struct Ground {
    asking: Asking,
    pub(super) base: SdkConfig,
}

impl Ground {
    /// Whoever the surroundings say: a profile, a single sign-on, the role of a machine or a pipeline.
    pub(super) fn new(interrupt: Interrupt) -> Result<Self, AwsError> {
        let asking = Asking::new(interrupt).map_err(AwsError::Runtime)?;
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(PATIENCE)
            .connect_timeout(Duration::from_secs(10))
            .build();
        let load = aws_config::defaults(BehaviorVersion::latest())
            .retry_config(RetryConfig::standard().with_max_attempts(5))
            .timeout_config(timeouts)
            // Who somebody is says any region, a profile that takes a role included; stacks have their own.
            .region(RegionProviderChain::default_provider().or_else(REGION))
            .load();
        let base = asking.ask(Until::Stopped, load).ok_or(AwsError::Stopped)?;
        Ok(Self { asking, base })
    }

    /// Who they are, as AWS knows them.
    pub(super) fn identity(&self) -> Result<Identity, AwsError> {
        self.ask(Identity::of(&self.base))?
    }

    /// An answer; that it was stopped, where somebody asked to stop before it came.
    pub(super) fn ask<T>(&self, answer: impl Future<Output = T>) -> Result<T, AwsError> {
        let answer = self.asking.ask(Until::Stopped, answer);
        answer.ok_or(AwsError::Stopped)
    }

    /// What asks.
    pub(super) const fn asking(&self) -> &Asking {
        &self.asking
    }

    /// The same; nobody where there are no credentials at all.
    pub(super) fn identity_if_any(&self) -> Result<Option<Identity>, AwsError> {
        if self.has_none()? {
            return Ok(None);
        }
        self.identity().map(Some)
    }

    /// Whether nothing that could give credentials has any. What has some and fails is asked again, and says why.
    fn has_none(&self) -> Result<bool, AwsError> {
        let Some(provider) = self.base.credentials_provider() else {
            return Ok(true);
        };
        Ok(match self.ask(provider.provide_credentials())? {
            Err(CredentialsError::CredentialsNotLoaded(_)) => true,
            // A machine is asked last, when nothing else has any: one that does not let us ask has none for us.
            Err(error) => error.source().is_some_and(|source| {
                matches!(
                    source.downcast_ref::<ImdsError>(),
                    Some(ImdsError::FailedToLoadToken(_))
                )
            }),
            Ok(_) => false,
        })
    }
}
