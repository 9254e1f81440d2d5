//! Sessions in accounts of AWS: whoever the surroundings say takes a role in each account, and gives it to the child.
//!
//! It blocks: a runtime of its own is inside, and callers need none.

mod asking;
mod endpoint;
mod error;
mod ground;
mod identity;
mod roles;
mod surroundings;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::SdkConfig;

pub(crate) use asking::Asking;
pub use error::AwsError;
pub(crate) use error::said;
pub use identity::Identity;
pub use surroundings::Surroundings;

use endpoint::Endpoint;
use ground::Ground;
use roles::{Role, Roles, Session};

use crate::run::{OwnSession, Purpose, Renewal, SessionError, Sessions, Variables};
use crate::stack::{RunBy, Stack};
use crate::terraform::Interrupt;

/// The roles of an account that the layer `access` makes.
const PLAN: &str = "gen3/csoc-plan";
const DEPLOY: &str = "gen3/csoc-deploy";

/// How much of a session must be left for a stack to begin with it. A child that works elsewhere is given it once, and one
/// that outlives us goes on with what it has: an apply begins with nearly all of one.
const fn left(purpose: Purpose) -> Duration {
    Duration::from_mins(match purpose {
        Purpose::State | Purpose::Plan => 30,
        Purpose::Apply => 50,
    })
}

/// Sessions by assumed roles, one for each account and purpose, made when they are first needed and again before they end.
pub struct AssumedRoles {
    // Before what it answers by: it is dropped first.
    endpoint: OnceLock<Endpoint>,
    ground: Ground,
    identity: Identity,
    roles: Arc<Roles>,
}

impl AssumedRoles {
    /// Whoever the surroundings say: a profile, a single sign-on, the role of a machine or a pipeline.
    ///
    /// `run` is in the name of every session, and its source identity: trails name it for all that is done. `external_id` is shown to roles that ask for one; its value is nowhere else. An empty one is none.
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
        let external_id = external_id.filter(|id| !id.is_empty());
        let roles = Arc::new(Roles::new(ground.base.clone(), run, external_id));
        Ok(Self {
            endpoint: OnceLock::new(),
            ground,
            identity,
            roles,
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
        let session = self.take(&Role::new(account, region, role(purpose)), left(purpose))?;
        Ok(session.identity)
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
        let role = Role::new(account, region, role);
        let session = self.take(&role, roles::ON_THE_WAY)?;
        Ok((self.roles.config(&role), session.identity))
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

    fn take(&self, role: &Role, left: Duration) -> Result<Session, AwsError> {
        self.ground.ask(self.roles.session(role, left))?
    }

    /// Where children ask who they are; it is opened for the first that does.
    fn endpoint(&self) -> Result<&Endpoint, AwsError> {
        if let Some(endpoint) = self.endpoint.get() {
            return Ok(endpoint);
        }
        let opened = self.ground.ask(Endpoint::open(Arc::clone(&self.roles)))?;
        let opened = opened.map_err(AwsError::Endpoint)?;
        Ok(self.endpoint.get_or_init(|| opened))
    }

    /// What a child sees of the session that it works in.
    fn lent(&self, role: &Role, purpose: Purpose, renewal: Renewal) -> Result<Variables, AwsError> {
        let session = self.take(role, left(purpose))?;
        let mut variables = Variables::default();
        // What else the surroundings say would be somebody else.
        for other in WHO {
            variables.hide(other);
        }
        match renewal {
            Renewal::WhileItWorks => self.endpoint()?.tell(role, &mut variables)?,
            Renewal::Never => {
                let given = &session.credentials;
                variables.set("AWS_ACCESS_KEY_ID", given.access_key_id());
                variables.set("AWS_SECRET_ACCESS_KEY", given.secret_access_key());
                variables.set(
                    "AWS_SESSION_TOKEN",
                    given.session_token().unwrap_or_default(),
                );
            }
        }
        variables.is(OwnSession {
            name: role.arn().into(),
            provider: self.roles.provider(role),
        });
        Ok(variables)
    }
}

/// Variables by which a child would find credentials: those of its session, and no other ones.
const WHO: [&str; 11] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

impl Sessions for AssumedRoles {
    fn variables(
        &self,
        stack: &Stack,
        purpose: Purpose,
        renewal: Renewal,
    ) -> Result<Variables, SessionError> {
        let given = match (stack.run_by, purpose) {
            (RunBy::People, Purpose::State) => Ok(Variables::default()),
            (RunBy::People, _) => {
                // It makes the roles: they cannot be taken for it, and whoever runs it must be in its account.
                let is_of = self.identity.must_be_of(&stack.account);
                is_of.map(|()| Variables::default())
            }
            _ => {
                let role = Role::new(&stack.account, stack.region.as_deref(), role(purpose));
                self.lent(&role, purpose, renewal)
            }
        };
        given.map_err(|error| SessionError(error.said().into()))
    }

    fn actor(&self) -> Box<str> {
        self.identity.arn.clone().into()
    }
}

/// The role of an account for a purpose.
const fn role(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::State | Purpose::Plan => PLAN,
        Purpose::Apply => DEPLOY,
    }
}
