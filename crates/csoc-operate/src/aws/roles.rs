//! Roles of accounts, taken by whoever the surroundings say: each is taken when it is first needed, and again before it ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::types::Tag;
use tokio::sync::Mutex as Slot;

use super::error::AwsError;
use super::identity::Identity;

/// How long a session lasts: what a role that was itself assumed may give.
const LASTS: Duration = Duration::from_hours(1);

/// How much of a session must be left for who asks while it works: more than the five minutes before the end at which
/// those who hold one ask for the next.
pub(super) const ON_THE_WAY: Duration = Duration::from_mins(15);

/// Roles, taken by whoever the surroundings say.
pub(super) struct Roles {
    base: SdkConfig,
    run: Box<str>,
    external_id: Option<Box<str>>,
    sessions: Mutex<BTreeMap<Role, Arc<Slot<Option<Session>>>>>,
}

/// A role of an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Role {
    account: Box<str>,
    arn: Box<str>,
}

/// A session in a role, as whom AWS knows it.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) credentials: Credentials,
    pub(super) identity: Identity,
    /// When it ends.
    pub(super) ends: SystemTime,
}

impl Role {
    /// A role by its account, a region that says the partition, and its path and name.
    pub(super) fn new(account: &str, region: Option<&str>, name: &str) -> Self {
        Self {
            account: account.into(),
            arn: format!("arn:{}:iam::{account}:role/{name}", partition(region)).into(),
        }
    }

    /// Its ARN.
    pub(super) fn arn(&self) -> &str {
        &self.arn
    }
}

impl Session {
    /// Whether so much of it is left.
    fn has_left(&self, left: Duration) -> bool {
        let rest = self.ends.duration_since(SystemTime::now());
        rest.is_ok_and(|rest| rest > left)
    }
}

impl Roles {
    /// Roles that are taken by `base`. `run` is in the name of every session, and its source identity: trails name it for
    /// all that is done. `external_id` is shown to roles that ask for one.
    pub(super) fn new(base: SdkConfig, run: &str, external_id: Option<&str>) -> Self {
        Self {
            base,
            run: run.into(),
            external_id: external_id.map(Into::into),
            sessions: Mutex::default(),
        }
    }

    /// A session in a role of which so much is left. A role that is taken for less than that is taken for each who asks.
    pub(super) async fn session(&self, role: &Role, left: Duration) -> Result<Session, AwsError> {
        let slot = {
            let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.entry(role.clone()).or_default().clone()
        };
        // Others wait for the session in this role and not for those in other ones.
        let mut slot = slot.lock().await;
        if let Some(session) = slot.as_ref().filter(|session| session.has_left(left)) {
            return Ok(session.clone());
        }
        let session = self.take(role).await?;
        *slot = Some(session.clone());
        Ok(session)
    }

    async fn take(&self, role: &Role) -> Result<Session, AwsError> {
        let arn = role.arn();
        let tag = Tag::builder().key("gen3-run").value(&*self.run).build();
        let answer = aws_sdk_sts::Client::new(&self.base)
            .assume_role()
            .role_arn(arn)
            .role_session_name(name(&self.run))
            .duration_seconds(i32::try_from(LASTS.as_secs()).unwrap_or(3600))
            .source_identity(name(&self.run))
            .set_external_id(self.external_id.as_deref().map(ToOwned::to_owned))
            .tags(tag.map_err(AwsError::of_request)?)
            .send()
            .await
            .map_err(|error| AwsError::assume(arn, &error))?;
        let given = answer.credentials().ok_or_else(|| AwsError::Empty {
            role: arn.to_owned(),
        })?;
        // What ends before all time has ended.
        let ends = SystemTime::try_from(*given.expiration()).unwrap_or(SystemTime::UNIX_EPOCH);
        let credentials = Credentials::new(
            given.access_key_id(),
            given.secret_access_key(),
            Some(given.session_token().to_owned()),
            Some(ends),
            "csoc",
        );
        let own = config(
            &self.base,
            SharedCredentialsProvider::new(credentials.clone()),
        );
        let identity = Identity::of(&own).await?;
        identity.must_be_of(&role.account)?;
        Ok(Session {
            credentials,
            identity,
            ends,
        })
    }

    /// What speaks to AWS in a role, for as long as it is asked to.
    pub(super) fn config(self: &Arc<Self>, role: &Role) -> SdkConfig {
        config(&self.base, self.provider(role))
    }

    /// What gives a session in a role to whoever asks, and another one before that ends.
    pub(super) fn provider(self: &Arc<Self>, role: &Role) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(Taker {
            roles: Arc::clone(self),
            role: role.clone(),
        })
    }
}

/// The same surroundings, as somebody else.
fn config(base: &SdkConfig, provider: SharedCredentialsProvider) -> SdkConfig {
    base.to_builder().credentials_provider(provider).build()
}

/// Takes a role whenever it is asked for.
struct Taker {
    roles: Arc<Roles>,
    role: Role,
}

impl ProvideCredentials for Taker {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let session = self.roles.session(&self.role, ON_THE_WAY).await;
            let given: provider::Result = match session {
                Ok(session) => Ok(session.credentials),
                Err(error) => Err(CredentialsError::provider_error(error)),
            };
            given
        })
    }
}

impl std::fmt::Debug for Taker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Taker({})", self.role.arn)
    }
}

/// The partition that a region is of.
fn partition(region: Option<&str>) -> &'static str {
    match region {
        Some(region) if region.starts_with("cn-") => "aws-cn",
        Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// A name of a session: what AWS allows of it, 64 characters at most.
fn name(run: &str) -> String {
    let allowed = |character: char| match character {
        'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_' | '.' | '=' | ',' | '@' | '+' => character,
        _ => '-',
    };
    format!("csoc-{run}")
        .chars()
        .map(allowed)
        .take(64)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use aws_credential_types::Credentials;

    use super::{Session, name, partition};
    use crate::aws::Identity;
    use crate::debug_tests::{PLANTED, assert_silent};

    #[test]
    fn a_session_shows_none_of_its_keys() {
        let credentials = Credentials::new("AKIA", PLANTED, Some(PLANTED.to_owned()), None, "csoc");
        let session = Session {
            credentials,
            identity: Identity {
                account: "111122223333".to_owned(),
                arn: "arn:aws:iam::111122223333:role/gen3/csoc-plan".to_owned(),
            },
            ends: SystemTime::UNIX_EPOCH,
        };
        assert_silent(&session);
        assert_silent(&Some(session));
    }

    #[test]
    fn names_of_sessions_are_what_aws_allows() {
        assert_eq!(
            name("20261126T134207Z-1a2b3c"),
            "csoc-20261126T134207Z-1a2b3c"
        );
        assert_eq!(name("a b/ü"), "csoc-a-b--");
        assert_eq!(name(&"x".repeat(100)).len(), 64);
    }

    #[test]
    fn a_partition_follows_from_its_region() {
        assert_eq!(partition(Some("us-gov-west-1")), "aws-us-gov");
        assert_eq!(partition(Some("ap-southeast-2")), "aws");
        assert_eq!(partition(None), "aws");
    }
}
