//! What does what a portal asks for.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::bundle::{Bundle, Facts};
use crate::digest::Digest;
use crate::event::{Event, Totals};
use crate::journal::Approval;
use crate::run::{Home, Operator, Planned, SessionError, Sessions};
use crate::stack::{Stack, Stacks};
use crate::terraform::{Interrupt, Program};
use crate::told::with_causes;

/// One execution, as an engine sees it.
pub struct PortalTask<'t> {
    /// Its name, in the journal and in the names of sessions.
    pub run: &'t str,
    /// All stacks.
    pub stacks: &'t Stacks,
    /// The one that is meant.
    pub stack: &'t Stack,
    /// How it is asked to stop.
    pub interrupt: &'t Interrupt,
}

/// Does what a portal asks for. What goes wrong is said in words, with nothing secret in them.
pub trait PortalEngine: Send + Sync {
    /// The stacks, as they are rendered now.
    fn stacks(&self) -> Result<Stacks, String>;

    /// Plans; none where nothing is to be done.
    fn plan(
        &self,
        task: &PortalTask<'_>,
        said: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Option<(Digest, Facts)>, String>;

    /// Why a plan would not be applied whatever its stack looks like: it was, or it has expired.
    fn is_over(&self, bundle: &Digest) -> Option<String>;

    /// Applies a plan.
    fn apply(
        &self,
        task: &PortalTask<'_>,
        bundle: &Digest,
        said: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Totals, String>;

    /// The names of what the stack gives.
    fn outputs(
        &self,
        task: &PortalTask<'_>,
        said: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Vec<String>, String>;
}

/// Makes sessions for a run.
pub type MakeSessions = dyn Fn(&str) -> Result<Box<dyn Sessions>, SessionError> + Send + Sync;

/// Runs Terraform over a rendered tree.
pub struct TerraformEngine {
    /// The tree.
    pub tree: PathBuf,
    /// Terraform or OpenTofu.
    pub program: Program,
    /// Where working copies, bundles and the journal are.
    pub home: Home,
    /// As whom.
    pub sessions: Box<MakeSessions>,
    /// For how many seconds Terraform waits for the lock of a state that somebody else holds.
    pub lock_timeout: u32,
}

impl TerraformEngine {
    fn with<T>(
        &self,
        task: &PortalTask<'_>,
        work: impl FnOnce(&Operator<'_>) -> Result<T, crate::run::StackError>,
    ) -> Result<T, String> {
        let sessions = (self.sessions)(task.run).map_err(|error| error.to_string())?;
        let operator = Operator::new(
            task.stacks,
            &self.program,
            &self.home,
            &*sessions,
            task.interrupt,
            task.run,
            &Timestamp::now,
        )
        .map_err(|error| with_causes(&error))?
        .wait_for_locks(self.lock_timeout);
        work(&operator).map_err(|error| with_causes(&error))
    }

    fn bundle(&self, digest: &Digest) -> Result<Bundle, String> {
        Bundle::find(&self.home.bundles(), &digest.to_string()).map_err(|error| with_causes(&error))
    }
}

impl PortalEngine for TerraformEngine {
    fn stacks(&self) -> Result<Stacks, String> {
        Stacks::load(&self.tree).map_err(|error| with_causes(&error))
    }

    fn plan(
        &self,
        task: &PortalTask<'_>,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Option<(Digest, Facts)>, String> {
        let planned = self.with(task, |operator| operator.plan(task.stack, event))?;
        Ok(match planned {
            Planned::Clean => None,
            Planned::Changes(bundle) => Some((bundle.digest(), bundle.facts().clone())),
        })
    }

    fn is_over(&self, bundle: &Digest) -> Option<String> {
        match self.bundle(bundle) {
            Err(error) => Some(error),
            Ok(bundle) if bundle.is_used() => Some("it was applied already".to_owned()),
            Ok(bundle) if bundle.facts().expires <= Timestamp::now() => {
                Some(format!("it expired at {}", bundle.facts().expires))
            }
            Ok(_) => None,
        }
    }

    fn apply(
        &self,
        task: &PortalTask<'_>,
        bundle: &Digest,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Totals, String> {
        let bundle = self.bundle(bundle)?;
        // What cannot be made again goes away for people at a terminal only.
        let none = BTreeSet::new();
        let applied = self.with(task, |operator| {
            operator.approve(std::slice::from_ref(&bundle), Approval::Portal)?;
            operator.apply(task.stack, &bundle, &none, event)
        })?;
        Ok(applied.totals)
    }

    fn outputs(
        &self,
        task: &PortalTask<'_>,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Vec<String>, String> {
        let outputs = self.with(task, |operator| operator.outputs(task.stack, event))?;
        let names: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(outputs.expose()).unwrap_or_default();
        Ok(names.into_iter().map(|(name, _)| name).collect())
    }
}
