//! Who somebody is, as AWS knows them.

use aws_config::SdkConfig;
use serde::Serialize;

use super::error::AwsError;

/// Who somebody is, as AWS knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Identity {
    /// The account, twelve digits.
    pub account: String,
    /// The user or the assumed role.
    pub arn: String,
}

impl Identity {
    pub(super) async fn of(config: &SdkConfig) -> Result<Self, AwsError> {
        let answer = aws_sdk_sts::Client::new(config)
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| AwsError::identity(&error))?;
        Ok(Self {
            account: answer.account().unwrap_or_default().to_owned(),
            arn: answer.arn().unwrap_or_default().to_owned(),
        })
    }

    /// Refuses whoever is not of an account.
    pub(super) fn must_be_of(&self, account: &str) -> Result<(), AwsError> {
        if self.account == account {
            return Ok(());
        }
        Err(AwsError::OtherAccount {
            wanted: account.to_owned(),
            found: self.account.clone(),
        })
    }
}
