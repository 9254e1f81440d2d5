//! Sessions in accounts of AWS: whoever the surroundings say takes a role in each account, and gives it to the child.
//!
//! The only code with sockets. It blocks: a runtime of its own is inside, and callers need none.

mod asking;
mod error;
mod ground;
mod identity;
mod surroundings;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sts::types::Tag;
use jiff::{SignedDuration, Timestamp};

pub(crate) use asking::Asking;
pub use error::AwsError;
pub(crate) use error::said;
pub use identity::Identity;
pub use surroundings::Surroundings;

use ground::Ground;

use crate::run::{Purpose, SessionError, Sessions, Variables};
use crate::stack::{RunBy, Stack};
use crate::terraform::Interrupt;

/// The roles of an account that the layer `access` makes.
const PLAN: &str = "gen3/csoc-plan";
const DEPLOY: &str = "gen3/csoc-deploy";

/// How long a session lasts: what a role that was itself assumed may give.
const LASTS: Duration = Duration::from_hours(1);

/// How much of a session must be left for a stack to begin with it. The child is given it once: an apply that takes longer
/// than what is left cannot go on, so that it begins with nearly all of one.
const fn left(purpose: Purpose) -> SignedDuration {
    SignedDuration::from_mins(match purpose {
        Purpose::Plan => 30,
        Purpose::Apply => 50,
    })
}

/// Sessions by assumed roles, one for each account and purpose, made when they are first needed and again when they end.
pub struct AssumedRoles {
    ground: Ground,
    identity: Identity,
    run: Box<str>,
    external_id: Option<Box<str>>,
    sessions: Mutex<BTreeMap<Key, Arc<Mutex<Option<Session>>>>>,
}

/// The account and the role.
type Key = (String, &'static str);

/// A session as the child gets it.
struct Session {
    variables: Variables,
    expires: Timestamp,
}

impl AssumedRoles {
    /// Whoever the surroundings say: a profile, a single sign-on, the role of a machine or a pipeline.
    ///
    /// `run` is in the name of every session, and its source identity: trails name it for all that is done. `external_id` is shown to roles that ask for one; its value is nowhere else.
    ///
    /// AWS is waited for until `interrupt` asks to stop.
    ///
    /// # Errors
    ///
    /// The surroundings say nobody, or AWS does not know them.
    pub fn new(
        run: &str,
        external_id: Option<&str>,
        interrupt: Interrupt,
    ) -> Result<Self, AwsError> {
        let ground = Ground::new(interrupt)?;
        let identity = ground.identity()?;
        Ok(Self {
            ground,
            identity,
            run: run.into(),
            external_id: external_id.map(Into::into),
            sessions: Mutex::default(),
        })
    }

    /// Who the surroundings say we are.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Takes the role of an account that plans or applies, and says who we are then.
    ///
    /// # Errors
    ///
    /// The role cannot be taken, or is of another account.
    pub fn assume(
        &self,
        account: &str,
        region: Option<&str>,
        purpose: Purpose,
    ) -> Result<Identity, AwsError> {
        let (_, identity) = self.take(account, region, purpose)?;
        Ok(identity)
    }

    /// Takes a role of an account by its path and name, and says who we are then. Whoever is that role already stays it.
    pub(crate) fn enter(
        &self,
        account: &str,
        region: Option<&str>,
        role: &str,
    ) -> Result<(SdkConfig, Identity), AwsError> {
        let name = role.rsplit('/').next().unwrap_or(role);
        let is_it = self
            .identity
            .arn
            .contains(&format!(":assumed-role/{name}/"));
        if is_it && self.identity.account == account {
            return self.stay(account);
        }
        let (_, config, identity) = self.assume_role(account, region, role)?;
        Ok((config, identity))
    }

    /// Whoever the surroundings say, if they are of an account.
    pub(crate) fn stay(&self, account: &str) -> Result<(SdkConfig, Identity), AwsError> {
        self.identity.must_be_of(account)?;
        Ok((self.ground.base.clone(), self.identity.clone()))
    }

    /// What asks.
    pub(crate) const fn asking(&self) -> &Asking {
        self.ground.asking()
    }

    fn take(
        &self,
        account: &str,
        region: Option<&str>,
        purpose: Purpose,
    ) -> Result<(Session, Identity), AwsError> {
        let (session, _, identity) = self.assume_role(account, region, role(purpose))?;
        Ok((session, identity))
    }

    fn assume_role(
        &self,
        account: &str,
        region: Option<&str>,
        role: &str,
    ) -> Result<(Session, SdkConfig, Identity), AwsError> {
        let arn = format!("arn:{}:iam::{account}:role/{role}", partition(region));
        self.ground.ask(async {
            let client = aws_sdk_sts::Client::new(&self.ground.base);
            let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
            let ask = client
                .assume_role()
                .role_arn(&arn)
                .role_session_name(name(&self.run))
                .duration_seconds(i32::try_from(LASTS.as_secs()).unwrap_or(3600))
                .source_identity(name(&self.run))
                .set_external_id(self.external_id.as_deref().map(ToOwned::to_owned))
                .tags(tag("gen3-run", &self.run).map_err(AwsError::of_request)?);
            let answer = ask
                .send()
                .await
                .map_err(|error| AwsError::assume(&arn, &error))?;
            let credentials = answer
                .credentials()
                .ok_or_else(|| AwsError::Empty { role: arn.clone() })?;
            let provider = aws_sdk_sts::config::Credentials::new(
                credentials.access_key_id(),
                credentials.secret_access_key(),
                Some(credentials.session_token().to_owned()),
                None,
                "csoc",
            );
            let own = self
                .ground
                .base
                .to_builder()
                .credentials_provider(aws_sdk_sts::config::SharedCredentialsProvider::new(
                    provider,
                ))
                .build();
            let identity = Identity::of(&own).await?;
            identity.must_be_of(account)?;
            let mut variables = Variables::default();
            variables.set("AWS_ACCESS_KEY_ID", credentials.access_key_id());
            variables.set("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key());
            variables.set("AWS_SESSION_TOKEN", credentials.session_token());
            // What else the surroundings say would be somebody else.
            for other in OTHERS {
                variables.hide(other);
            }
            let expires =
                Timestamp::from_second(credentials.expiration().secs()).unwrap_or(Timestamp::MIN);
            Ok((Session { variables, expires }, own, identity))
        })?
    }
}

/// Variables that would give a child other credentials than those of its session.
const OTHERS: [&str; 6] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
];

impl Sessions for AssumedRoles {
    fn variables(&self, stack: &Stack, purpose: Purpose) -> Result<Variables, SessionError> {
        if stack.run_by == RunBy::People {
            // It makes the roles: they cannot be taken for it, and whoever runs it must be in its account.
            return match self.identity.must_be_of(&stack.account) {
                Err(error) => Err(SessionError(error.said().into())),
                Ok(()) => Ok(Variables::default()),
            };
        }
        let key = (stack.account.clone(), role(purpose));
        let slot = {
            let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.entry(key).or_default().clone()
        };
        // Others wait for the session of this account and not for those of other ones.
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Timestamp::now();
        if let Some(session) = slot
            .as_ref()
            .filter(|session| session.expires.duration_since(now) > left(purpose))
        {
            return Ok(session.variables.clone());
        }
        let taken = self.take(&stack.account, stack.region.as_deref(), purpose);
        let (session, _) = taken.map_err(|error| SessionError(error.said().into()))?;
        let variables = session.variables.clone();
        *slot = Some(session);
        Ok(variables)
    }

    fn actor(&self) -> Box<str> {
        self.identity.arn.clone().into()
    }
}

/// The role of an account for a purpose.
const fn role(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Plan => PLAN,
        Purpose::Apply => DEPLOY,
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
    use super::{name, partition};

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
