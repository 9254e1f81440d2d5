//! Who runs stacks, with what, and where.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;

use super::error::{StackError, Step};
use super::home::{Held, Home};
use super::session::{Purpose, Sessions, Variables};
use crate::beside::{Head, Places};
use crate::bundle::StateMark;
use crate::digest::Digest;
use crate::event::{Diagnostic, Event};
use crate::journal::{Journal, JournalError, Outcome, Phase, Record};
use crate::runner::Left;
#[cfg(feature = "kubernetes")]
use crate::runner::Within;
use crate::stack::{InputState, Stack, StackId, Stacks};
use crate::terraform::{
    Cache, Interrupt, Log, ProcessError, Program, Workspace, WorkspaceError, make_private,
};

/// For how many seconds the program waits for the lock of a state that somebody else holds, where nobody says it.
pub const LOCK_TIMEOUT: u32 = 60;

/// Runs stacks: plans them into bundles, and applies bundles.
pub struct Operator<'o> {
    /// The stacks, as they are rendered.
    pub stacks: &'o Stacks,
    /// Terraform or OpenTofu.
    pub program: &'o Program,
    /// Where working copies, bundles and the journal are.
    pub home: &'o Home,
    /// As whom.
    pub sessions: &'o dyn Sessions,
    /// How it is asked to stop.
    pub interrupt: &'o Interrupt,
    /// The name of the run, in the journal and in the names of sessions.
    pub run: &'o str,
    /// The time.
    pub clock: &'o (dyn Fn() -> Timestamp + Sync),
    /// What was done, to be written before it is done.
    journal: Mutex<Journal>,
    /// The roots of the stacks that are planned together, as they were when the first began.
    roots: Mutex<BTreeMap<StackId, Digest>>,
    /// What lies beside states.
    pub(super) places: Places,
    /// For how many seconds Terraform waits for the lock of a state.
    patience: u32,
    /// Whether what is left of earlier plans was taken away.
    pub(super) swept: Once,
    /// Where providers are fetched to.
    pub(super) cache: Cache,
    /// Where that is one place that somebody named: one at a time.
    pub(super) fetching: Mutex<()>,
}

/// A stack that is held, with its working copy, ready for the program.
pub(super) struct Prepared {
    stack: StackId,
    pub(super) workspace: Workspace,
    pub(super) variables: Variables,
    /// As long as somebody is in it, what the program left in a cluster can be asked.
    #[cfg(feature = "kubernetes")]
    _within: Option<Within>,
    held: Held,
    /// Where what the program prints is kept.
    logs: PathBuf,
}

impl Prepared {
    /// Which one.
    pub(super) fn stack(&self) -> &StackId {
        &self.stack
    }

    /// Leaves of the root nothing but where its state is: no provider is fetched for a look at that.
    pub(super) fn reduce_to_backend(&self) -> Result<(), WorkspaceError> {
        self.workspace
            .reduce_to_backend()
            .map_err(|source| WorkspaceError::Io {
                root: self.workspace.directory().to_owned(),
                source,
            })
    }
}

impl<'o> Operator<'o> {
    /// One with a journal in its home.
    pub fn new(
        stacks: &'o Stacks,
        program: &'o Program,
        home: &'o Home,
        sessions: &'o dyn Sessions,
        interrupt: &'o Interrupt,
        run: &'o str,
        clock: &'o (dyn Fn() -> Timestamp + Sync),
    ) -> Result<Self, JournalError> {
        Ok(Self {
            stacks,
            program,
            home,
            sessions,
            interrupt,
            run,
            clock,
            journal: Mutex::new(Journal::open(&home.journal())?),
            roots: Mutex::default(),
            places: Places::new(interrupt.clone()),
            patience: LOCK_TIMEOUT,
            swept: Once::new(),
            cache: Cache::find(program.is_here().then_some(&*home.plugins())),
            fetching: Mutex::default(),
        })
    }

    /// The same, with how many seconds Terraform waits for the lock of a state that somebody else holds; a minute if not.
    #[must_use]
    pub fn wait_for_locks(mut self, seconds: u32) -> Self {
        self.patience = seconds;
        self
    }

    /// For how long.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs(self.patience.into())
    }

    /// How Terraform is told so.
    pub(super) fn lock_timeout(&self) -> String {
        format!("-lock-timeout={}s", self.patience)
    }

    /// Looks at the roots of stacks that are planned together: all of their plans are of one rendered tree.
    pub(super) fn see(&self, stacks: &[&Stack]) {
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        for stack in stacks {
            // What cannot be read is told of when it is to be copied.
            if let Ok(root) = Workspace::look(&self.stacks.directory(stack)) {
                roots.insert(stack.id.clone(), root);
            }
        }
    }

    /// Refuses a root that is not as it was when the first of the stacks began, or when the stacks were read: all that a
    /// run looks at is of one render, and no root is partly of another.
    pub(super) fn is_as_seen(&self, stack: &Stack, prepared: &Prepared) -> Result<(), StackError> {
        if !self.stacks.is_of_one_render(stack) {
            return Err(StackError::RenderedAnew);
        }
        let roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        match roots.get(&prepared.stack) {
            Some(seen) if *seen != prepared.workspace.digest() => Err(StackError::RenderedAnew),
            _ => Ok(()),
        }
    }

    /// Writes what is about to be done, or was, to disk, and gives it as it may stand beside the state.
    pub(super) fn record(&self, stack: &Stack, phase: Phase) -> Result<Head, JournalError> {
        let record = Record {
            at: (self.clock)(),
            run: self.run.into(),
            actor: self.sessions.actor(),
            stack: stack.id.clone(),
            phase,
        };
        let entry = self.journal().append(record.clone())?;
        Ok(Head::new(entry, record, self.home))
    }

    pub(super) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds a stack whose inputs are known, says so if an earlier run left it half done, and copies its root.
    pub(super) fn prepare(&self, stack: &Stack, purpose: Purpose) -> Result<Prepared, StackError> {
        Self::is_known(stack)?;
        self.prepare_blocked(stack, purpose)
    }

    /// The same for who only looks: where somebody works on the stack, in another copy than that one's.
    pub(super) fn prepare_to_look(&self, stack: &Stack) -> Result<Prepared, StackError> {
        Self::is_known(stack)?;
        match self.prepare_blocked(stack, Purpose::Plan) {
            Err(StackError::Held | StackError::Process(ProcessError::Left { .. })) => {
                let held = self.home.hold_to_look(&stack.id)?;
                let logs = self.home.logs().join(stack.id.as_str()).join("look");
                let held = held.ok_or(StackError::Held)?;
                let copies = self.home.looks();
                self.is_alone(&Workspace::place(&copies, &stack.id))?;
                self.copied(stack, Purpose::Plan, held, &copies, logs)
            }
            prepared => prepared,
        }
    }

    /// Refuses a stack of which inputs are not known.
    fn is_known(stack: &Stack) -> Result<(), StackError> {
        let missing = stack
            .inputs
            .iter()
            .filter(|input| input.state == InputState::Missing);
        let missing: Vec<String> = missing
            .map(|input| input.from.clone().unwrap_or_else(|| input.name.clone()))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(StackError::Blocked(missing))
        }
    }

    /// The same, whatever is known: enough to look at its state.
    pub(super) fn prepare_blocked(
        &self,
        stack: &Stack,
        purpose: Purpose,
    ) -> Result<Prepared, StackError> {
        let prepared = self.hold(stack, purpose)?;
        match prepared.workspace.unwritten() {
            Some(path) => Err(StackError::Unwritten { path }),
            None => Ok(prepared),
        }
    }

    /// The same, whatever an earlier apply left: enough to look at the lock of its state.
    pub(super) fn hold(&self, stack: &Stack, purpose: Purpose) -> Result<Prepared, StackError> {
        let held = self.home.hold_to_work(&stack.id)?;
        let held = held.ok_or(StackError::Held)?;
        // A Job holds no lock of ours; how it ended is to be seen before anything else is done.
        if let Some(Left { job, .. }) = self.home.left(&stack.id)? {
            return Err(ProcessError::Left { job }.into());
        }
        let copies = self.home.workspaces();
        // A container outlives whoever made it, and works in the copy that is about to be made anew.
        self.is_alone(&Workspace::place(&copies, &stack.id))?;
        self.close_interrupted(stack)?;
        let logs = self.home.logs().join(stack.id.as_str());
        self.copied(stack, purpose, held, &copies, logs)
    }

    /// Makes sure that no container works in a working copy, which is asked for until somebody asks to stop.
    pub(super) fn is_alone(&self, copy: &Path) -> Result<(), StackError> {
        let alone = self.program.is_alone(copy, self.interrupt);
        alone.map_err(|error| Self::not_done(Step::Init, error))
    }

    /// Why a step was not done; that it was stopped, where what is asked before it was not waited for.
    fn not_done(step: Step, error: ProcessError) -> StackError {
        match error {
            ProcessError::Stopped { .. } => StackError::Stopped(step),
            error => error.into(),
        }
    }

    /// The working copy of a stack that is held, among those of its kind.
    fn copied(
        &self,
        stack: &Stack,
        purpose: Purpose,
        held: Held,
        copies: &Path,
        logs: PathBuf,
    ) -> Result<Prepared, StackError> {
        let workspace = Workspace::prepare(copies, &stack.id, &self.stacks.directory(stack))?;
        make_private(&logs).map_err(|source| self.home.error(source))?;
        Ok(Prepared {
            stack: stack.id.clone(),
            workspace,
            variables: self.variables(stack, purpose)?,
            #[cfg(feature = "kubernetes")]
            _within: self.program.enter(&stack.id),
            held,
            logs,
        })
    }

    /// The variables of a stack's session; that it was stopped, where nobody waits for those who give it.
    fn variables(&self, stack: &Stack, purpose: Purpose) -> Result<Variables, StackError> {
        match self
            .sessions
            .variables(stack, purpose, self.program.renewal())
        {
            Ok(variables) => Ok(variables),
            Err(_) if self.interrupt.is_stopped() => Err(StackError::Stopped(Step::Init)),
            Err(error) => Err(error.into()),
        }
    }

    /// Records that an apply of an earlier run, which nobody runs any more, never came to its end.
    fn close_interrupted(&self, stack: &Stack) -> Result<(), JournalError> {
        let open = self.journal().open_apply(&stack.id)?;
        match open {
            Some(open) => {
                let (bundle, outcome) = (open.bundle, Outcome::Interrupted);
                self.record(stack, Phase::ApplyEnded { bundle, outcome })?;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Lets the program do something; which exit statuses are good depends on what.
    pub(super) fn ask(
        &self,
        step: Step,
        prepared: &Prepared,
        arguments: &[&str],
        good: &[i32],
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<i32, StackError> {
        self.ask_with(step, prepared, arguments, &[], good, event)
    }

    /// The same, with variables besides those of the stack's session.
    pub(super) fn ask_with(
        &self,
        step: Step,
        prepared: &Prepared,
        arguments: &[&str],
        variables: &[(&str, Option<&str>)],
        good: &[i32],
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<i32, StackError> {
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        let mut foreign = None;
        let path = Self::log(prepared, step);
        let log = Log {
            path: &path,
            held: prepared.held.file(),
        };
        let ran = self.program.run(
            &prepared.workspace,
            arguments,
            &[&prepared.variables.pairs(), variables].concat(),
            &log,
            self.interrupt,
            &mut |said| {
                match &said {
                    Event::Diagnostic(diagnostic) if diagnostics.len() < DIAGNOSTICS => {
                        diagnostics.push(diagnostic.clone());
                    }
                    Event::Version { interface, .. } if said.is_foreign() => {
                        foreign = Some(interface.clone());
                    }
                    _ => {}
                }
                event(said);
            },
        );
        let finished = ran.map_err(|error| Self::not_done(step, error))?;
        if let Some(interface) = foreign {
            return Err(StackError::Foreign(interface));
        }
        match finished.status.code().filter(|code| good.contains(code)) {
            Some(code) => Ok(code),
            None => Err(self.locked(prepared, StackError::of(step, finished, diagnostics))),
        }
    }

    /// A failure, or who holds the state if that is why.
    fn locked(&self, prepared: &Prepared, error: StackError) -> StackError {
        let StackError::Failed {
            step, diagnostics, ..
        } = &error
        else {
            return error;
        };
        if !diagnostics.iter().any(|said| &*said.summary == LOCKED) {
            return error;
        }
        // Where nobody can be asked, or nobody holds it any more, it stays what Terraform said.
        let Ok(Ok(ledger)) = self.ledger(prepared) else {
            return error;
        };
        match ledger.holder() {
            Ok(Some(holder)) => StackError::Locked {
                step: *step,
                stack: prepared.stack.clone(),
                holder: Box::new(holder),
            },
            _ => error,
        }
    }

    /// Where what the program says while it applies a stack is kept.
    pub(super) fn log(prepared: &Prepared, step: Step) -> PathBuf {
        prepared.logs.join(step.log())
    }

    /// Which state there is, of which the content is not kept.
    pub(super) fn state(&self, prepared: &Prepared) -> Result<Option<StateMark>, StackError> {
        #[derive(Deserialize)]
        struct State {
            lineage: Box<str>,
            serial: u64,
        }
        let text = self.document(Step::State, prepared, &["state", "pull", "-no-color"])?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        // What cannot be read could be any version: it is not taken for none.
        let State { lineage, serial } =
            serde_json::from_str(&text).map_err(|_| StackError::Unreadable)?;
        Ok((!lineage.is_empty()).then_some(StateMark { lineage, serial }))
    }

    /// What the program prints as one document.
    pub(super) fn document(
        &self,
        step: Step,
        prepared: &Prepared,
        arguments: &[&str],
    ) -> Result<String, StackError> {
        let variables = prepared.variables.pairs();
        let (finished, text) =
            self.program
                .read(&prepared.workspace, arguments, &variables, self.interrupt)?;
        if finished.status.success() {
            Ok(text)
        } else {
            Err(StackError::of(step, finished, Vec::new()))
        }
    }
}

/// What Terraform and OpenTofu say where somebody else holds the state.
const LOCKED: &str = "Error acquiring the state lock";

/// How many diagnostics of a step are kept; all of them are in its log.
const DIAGNOSTICS: usize = 100;

/// Where Terraform keeps which providers it took.
pub(super) const LOCK: &str = ".terraform.lock.hcl";
