//! What `seed`, `check` and `rotate` share: the secrets of an object, who looks at them, and the journal.

use std::cell::RefCell;

use csoc_core::Secret;
use csoc_operate::secret::{SecretsManager, Store, Taken, Wanted};
use csoc_operate::{
    AssumedRoles, Interrupt, Journal, JournalError, Phase, Record, RunId, SecretStep, StackId,
};
use jiff::Timestamp;

use crate::args::FleetArgument;
use crate::command::operate::{home, roles};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::{Place, Who};
use crate::secrets_args::Keeping;
use crate::session::Session;
use crate::terminal::interrupt;

/// The secrets of an object.
pub(super) struct Keeper {
    pub(super) wanted: Vec<Wanted>,
    pub(super) run: RunId,
    roles: AssumedRoles,
    taken: Taken,
}

impl Keeper {
    /// Finds the secrets of an object in the fleet, and says who we are.
    pub(super) fn open(
        keeping: &Keeping,
        fleet: &FleetArgument,
        only: &[String],
        session: &Session,
    ) -> Result<Self, Failure> {
        let secrets = session.fleet(fleet)?.secrets();
        let wanted = wanted(&secrets, &keeping.object, only)?;
        let run = RunId::new(Timestamp::now());
        let stop = Interrupt::default();
        interrupt::stops(&stop);
        Ok(Self {
            wanted,
            roles: roles(run.as_str(), &stop)?,
            run,
            taken: match keeping.r#as {
                Who::Surroundings => Taken::Nothing,
                Who::Roles => Taken::Role,
            },
        })
    }

    /// The secret manager that they are in: all of an object are in one account and region.
    pub(super) fn store(&self) -> Result<SecretsManager<'_>, Failure> {
        let first = self.wanted.first();
        let (account, region) = first.map_or(("", ""), |one| (&*one.account, &*one.region));
        let store = self.roles.secrets(account, region, self.taken);
        store.map_err(|error| {
            if interrupt::happened() {
                return Failure::silent(Exit::Interrupted);
            }
            Failure::new(Exit::Unusable, &error).help(error.help().map(ToOwned::to_owned))
        })
    }
}

/// The secrets of an object, or those of them that are named.
fn wanted(secrets: &[Secret], object: &str, only: &[String]) -> Result<Vec<Wanted>, Failure> {
    let path = match object.split_once('/') {
        Some((commons, name)) => format!("commons.{commons}.environments.{name}"),
        None => object.to_owned(),
    };
    let mut own: Vec<&Secret> = secrets.iter().filter(|one| one.object == path).collect();
    if own.is_empty() {
        return Err(
            Failure::unusable(format!("there is no secret of `{object}`")).help(
                "name an environment as COMMONS/NAME, a cluster as `clusters.NAME`, or `hub`: `csoc secrets list` lists them".to_owned(),
            ),
        );
    }
    let is_named = |secret: &Secret, name: &String| *name == secret.name || *name == secret.purpose;
    for name in only {
        if !own.iter().any(|secret| is_named(secret, name)) {
            return Err(
                Failure::unusable(format!("`{object}` has no secret `{name}`"))
                    .help("`csoc secrets list` lists them".to_owned()),
            );
        }
    }
    own.retain(|secret| only.is_empty() || only.iter().any(|name| is_named(secret, name)));
    let handed = own.into_iter().map(|secret| {
        serde_json::to_value(secret)
            .and_then(serde_json::from_value)
            .map_err(|error| Failure::unusable(error.to_string()))
    });
    handed.collect()
}

/// The journal of what is done to secrets: names and versions.
pub(super) struct Notes {
    journal: RefCell<Journal>,
    run: RunId,
    actor: Box<str>,
}

impl Notes {
    pub(super) fn open(
        keeper: &Keeper,
        store: &SecretsManager<'_>,
        keeping: &Keeping,
        fleet: &FleetArgument,
    ) -> Result<Self, Failure> {
        let place = Place {
            fleet: fleet.clone(),
            rendered: None,
            home: keeping.home.clone(),
        };
        let journal = Journal::open(&home(&place)?.journal())
            .map_err(|error| Failure::new(Exit::Unusable, &error))?;
        Ok(Self {
            journal: RefCell::new(journal),
            run: keeper.run.clone(),
            actor: store.actor(),
        })
    }

    /// Notes what is about to be done, or that it is.
    pub(super) fn note(
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
            run: self.run.as_str().into(),
            actor: self.actor.clone(),
            stack,
            phase,
        };
        self.journal.borrow_mut().append(record).map(|_| ())
    }
}
