//! What the surroundings say of credentials and regions, and what asks AWS.

use std::error::Error as _;
use std::time::Duration;

use aws_config::imds::client::error::ImdsError;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use tokio::runtime::Runtime;

use super::error::AwsError;
use super::identity::Identity;

/// How long AWS may take to answer, with what is tried again.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the surroundings say, and a runtime to ask with.
pub(super) struct Ground {
    pub(super) runtime: Runtime,
    pub(super) base: SdkConfig,
}

impl Ground {
    /// Whoever the surroundings say: a profile, a single sign-on, the role of a machine or a pipeline.
    pub(super) fn new() -> Result<Self, AwsError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(AwsError::Runtime)?;
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(PATIENCE)
            .connect_timeout(Duration::from_secs(10))
            .build();
        let load = aws_config::defaults(BehaviorVersion::latest())
            .retry_config(RetryConfig::standard().with_max_attempts(5))
            .timeout_config(timeouts)
            .load();
        let base = runtime.block_on(load);
        let base = match base.region() {
            Some(_) => base,
            // Who somebody is says any region; stacks have their own.
            None => base
                .into_builder()
                .region(aws_config::Region::new("us-east-1"))
                .build(),
        };
        Ok(Self { runtime, base })
    }

    /// Who they are, as AWS knows them.
    pub(super) fn identity(&self) -> Result<Identity, AwsError> {
        self.runtime.block_on(Identity::of(&self.base))
    }

    /// The same; nobody where there are no credentials at all.
    pub(super) fn identity_if_any(&self) -> Result<Option<Identity>, AwsError> {
        if self.has_none() {
            return Ok(None);
        }
        self.identity().map(Some)
    }

    /// Whether nothing that could give credentials has any. What has some and fails is asked again, and says why.
    fn has_none(&self) -> bool {
        let Some(provider) = self.base.credentials_provider() else {
            return true;
        };
        match self.runtime.block_on(provider.provide_credentials()) {
            Err(CredentialsError::CredentialsNotLoaded(_)) => true,
            // A machine is asked last, when nothing else has any: one that does not let us ask has none for us.
            Err(error) => error.source().is_some_and(|source| {
                matches!(
                    source.downcast_ref::<ImdsError>(),
                    Some(ImdsError::FailedToLoadToken(_))
                )
            }),
            Ok(_) => false,
        }
    }
}
