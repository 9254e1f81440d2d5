//! What `seed`, `check` and `rotate` share: the secrets of an object, who looks at them, and the journal.

use csoc_core::Secret;
use csoc_operate::secret::{Notes, SecretsManager, Store, Taken, Wanted};
use csoc_operate::{AssumedRoles, Interrupt, RunId};
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
    let handed = secrets.iter().map(|secret| {
        serde_json::to_value(secret)
            .and_then(serde_json::from_value)
            .map_err(|error| Failure::unusable(error.to_string()))
    });
    let handed: Vec<Wanted> = handed.collect::<Result<_, _>>()?;
    Wanted::chosen(handed, object, only)
        .map_err(|error| Failure::new(Exit::Unusable, &error).help(error.help().to_owned()))
}

/// Opens the journal of what is done to secrets.
pub(super) fn notes(
    keeper: &Keeper,
    store: &SecretsManager<'_>,
    keeping: &Keeping,
    fleet: &FleetArgument,
) -> Result<Notes, Failure> {
    let place = Place {
        fleet: fleet.clone(),
        rendered: None,
        home: keeping.home.clone(),
    };
    let notes = Notes::open(&home(&place)?.journal(), keeper.run.as_str(), store.actor());
    notes.map_err(|error| Failure::new(Exit::Unusable, &error))
}
