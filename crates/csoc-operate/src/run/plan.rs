//! Planning a stack into a bundle.

use jiff::SignedDuration;

use super::error::{StackError, Step};
use super::operator::{LOCK, Operator, Prepared};
use super::session::Purpose;
use crate::bundle::{Bundle, BundleError, Facts};
use crate::digest::Digest;
use crate::event::Event;
use crate::journal::Phase;
use crate::plan::{Aim, PlanSummary};
use crate::removal::remove;
use crate::stack::Stack;

/// How long a plan may be applied.
const VALID: SignedDuration = SignedDuration::from_hours(24);

/// The plan within the working copy.
pub(super) const PLAN: &str = "plan.tfplan";

/// How planning a stack came out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Planned {
    /// Nothing is to be done.
    Clean,
    /// This is to be done.
    Changes(Box<Bundle>),
}

impl Operator<'_> {
    /// Plans a stack. What is to be done is in the bundle, which is on disk when this returns.
    pub fn plan(
        &self,
        stack: &Stack,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Planned, StackError> {
        self.sweep(event);
        let prepared = self.prepare(stack, Purpose::Plan)?;
        self.is_as_seen(stack, &prepared)?;
        self.record(stack, Phase::PlanStarted)?;
        self.init(&prepared, event)?;
        // Before the state is read: what is done after this is seen when the plan is to be applied.
        let head = self.look(&prepared, event)?.entry();
        let planned = self.bundled(stack, &prepared, head, Aim::Change, event)?;
        if planned == Planned::Clean {
            self.record(stack, Phase::PlanClean)?;
        }
        Ok(planned)
    }

    /// Plans in a working copy that is ready, and puts what is to be done into a bundle.
    pub(super) fn bundled(
        &self,
        stack: &Stack,
        prepared: &Prepared,
        head: Option<Digest>,
        aim: Aim,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Planned, StackError> {
        let bundle = self.put(stack, prepared, head, aim, event);
        // It is in the bundle now, or of no use, and secret in any case. Who goes on by itself may read it still.
        if !bundle.as_ref().is_err_and(StackError::is_detached) {
            let path = prepared.workspace.directory().join(PLAN);
            let removed = remove(&path).map_err(|source| BundleError::Io { path, source });
            // Why there is no bundle is the error that counts.
            if bundle.is_ok() {
                removed?;
            }
        }
        let Some(bundle) = bundle? else {
            return Ok(Planned::Clean);
        };
        self.record(
            stack,
            Phase::Planned {
                bundle: bundle.digest(),
                changes: bundle.facts().changes(),
            },
        )?;
        Ok(Planned::Changes(Box::new(bundle)))
    }

    /// The same, and leaves the plan in the working copy; no bundle where nothing is to be done.
    fn put(
        &self,
        stack: &Stack,
        prepared: &Prepared,
        head: Option<Digest>,
        aim: Aim,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Option<Bundle>, StackError> {
        let timeout = self.lock_timeout();
        let mut arguments = vec![
            "plan",
            "-input=false",
            "-no-color",
            "-json",
            &timeout,
            "-detailed-exitcode",
            "-out=plan.tfplan",
        ];
        if aim == Aim::Destroy {
            arguments.push("-destroy");
        }
        let code = self.ask(Step::Plan, prepared, &arguments, &[0, 2], event)?;
        if code == 0 {
            return Ok(None);
        }
        let shown = self.document(Step::Show, prepared, &["show", "-no-color", "-json", PLAN])?;
        let summary = PlanSummary::read(shown.as_bytes())?;
        drop(shown);
        let state = self.state(prepared)?;
        let at = |name: &str| prepared.workspace.directory().join(name);
        let error = |source| BundleError::Io {
            path: at(PLAN),
            source,
        };
        let plan = std::fs::read(at(PLAN)).map_err(error)?;
        // Roots whose providers are all built in have no lock file.
        let lock = std::fs::read(at(LOCK)).unwrap_or_default();
        let created = (self.clock)();
        let facts = Facts {
            format: 0,
            aim,
            stack: stack.id.clone(),
            root: prepared.workspace.digest(),
            plan: Digest::of(&plan),
            lock: Digest::of(&lock),
            program: self.program.version().clone(),
            state,
            head,
            run: self.run.into(),
            actor: self.sessions.actor(),
            created,
            expires: created.checked_add(VALID).unwrap_or(created),
            summary,
        };
        let bundle = Bundle::write(&self.home.bundles(), facts, &plan, &lock)?;
        Ok(Some(bundle))
    }
}
