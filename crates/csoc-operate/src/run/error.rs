//! Why a stack was not planned or applied.

use std::fmt;

use super::home::HomeError;
use super::kept::Kept;
use super::session::SessionError;
use crate::beside::{Holder, LedgerError};
use crate::bundle::{BundleError, Refused};
use crate::event::Diagnostic;
use crate::journal::JournalError;
use crate::plan::{PlanError, Refusal};
use crate::stack::StackId;
use crate::terraform::{Complaints, Finished, ProcessError, WorkspaceError};

/// What Terraform was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// To fetch its providers and look at the state's place.
    Init,
    /// To plan.
    Plan,
    /// To say what a plan would do.
    Show,
    /// To look at what there is.
    Refresh,
    /// To say which state there is.
    State,
    /// To say what it gives.
    Output,
    /// To apply.
    Apply,
    /// To take a lock away.
    Unlock,
}

/// Why a stack was not planned or applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StackError {
    /// What it needs is not recorded.
    #[error("it is blocked: {} must be recorded first", .0.join(", "))]
    Blocked(Vec<String>),
    /// Another process of this machine runs it.
    #[error("another run on this machine works on it")]
    Held,
    /// The directory of runs cannot be used.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// Nobody may run it.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Its root cannot be copied.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The program cannot be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The program failed.
    #[error("{step} failed{}", first(*.step, .diagnostics, .complaints.lines()))]
    Failed {
        /// What it was asked to do.
        step: Step,
        /// What it said of it.
        diagnostics: Vec<Diagnostic>,
        /// The last lines that it wrote where errors go.
        complaints: Complaints,
    },
    /// Somebody else holds its state.
    #[error(
        "{step} was not begun: the lock of its state is held by {holder}; wait for that, or if it is gone: `csoc unlock {stack}`"
    )]
    Locked {
        /// What the program was asked to do.
        step: Step,
        /// The stack.
        stack: StackId,
        /// Who.
        holder: Box<Holder>,
    },
    /// Who holds a lock cannot be asked.
    #[error(
        "who holds the lock of a state in `{backend}` is not known to csoc; `terraform force-unlock` takes it away, once you know"
    )]
    Unknown {
        /// The backend.
        backend: Box<str>,
    },
    /// A lock is held by a process that runs.
    #[error("a process that runs holds the lock, and lets go of it when it ends: {0}")]
    Running(Box<Holder>),
    /// What began to apply the stack still runs on this machine.
    #[error(
        "process {process} of this machine began to apply the stack, in the run {run}, and still runs"
    )]
    Alive {
        /// The process.
        process: u32,
        /// The run.
        run: Box<str>,
    },
    /// What began to apply the stack still holds it, in another directory of runs.
    #[error(
        "the run {run} began to apply the stack, and it or a Terraform that it left to itself still works on it, in the directory of runs `{home}`: wait for that, or see `csoc runs show {run} --home {home}`"
    )]
    Busy {
        /// The directory of runs.
        home: Box<str>,
        /// The run.
        run: Box<str>,
    },
    /// Whether what began to apply the stack still holds it cannot be asked.
    #[error(
        "the run {run} began to apply the stack on this machine, and whether it still works on it is not to be seen from here: the directory of runs `{home}` cannot be read; do this as {actor}, whose it is: {source}"
    )]
    Hidden {
        /// The directory of runs.
        home: Box<str>,
        /// The run.
        run: Box<str>,
        /// Who ran it.
        actor: Box<str>,
        /// Why it cannot be read.
        #[source]
        source: std::io::Error,
    },
    /// What lies beside the state cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Somebody asked it to stop.
    #[error("{0} was stopped")]
    Stopped(Step),
    /// The program speaks in a way that this version does not understand.
    #[error(
        "the program speaks version {0} of its interface, and this csoc understands version 1: take a newer csoc"
    )]
    Foreign(Box<str>),
    /// Its plan cannot be read.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Its bundle cannot be read or written.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// Its bundle is not applied.
    #[error("the plan is not applied: {}", shown(.0))]
    Refused(Vec<Refused>),
    /// Its plan is not applied.
    #[error("the plan is not applied: {}", shown(.0))]
    Dangerous(Vec<Refusal>),
    /// A state that an apply made is on this machine alone.
    #[error(
        "the last apply could not write its state, which is in `{path}`: write it there with `terraform state push errored.tfstate`, then take the file away; without it, what was made would be made again"
    )]
    Unwritten {
        /// Where it is.
        path: std::path::PathBuf,
    },
    /// The plans of one run are of one tree, and this root is of another.
    #[error(
        "the fleet was rendered anew since the run began, and this root is another one by now: run it again"
    )]
    RenderedAnew,
    /// It is not destroyed.
    #[error("it is not destroyed: {}", shown(.0))]
    Kept(Vec<Kept>),
    /// Its state is not one.
    #[error("its state is not what `terraform state pull` prints")]
    Unreadable,
    /// Nothing can be recorded, so nothing is done.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Step {
    /// The file that what the program prints goes into.
    pub(super) const fn log(self) -> &'static str {
        match self {
            Self::Init => "init.jsonl",
            Self::Plan => "plan.jsonl",
            Self::Show => "show.jsonl",
            Self::Refresh => "refresh.jsonl",
            Self::State => "state.jsonl",
            Self::Output => "output.jsonl",
            Self::Apply => "apply.jsonl",
            Self::Unlock => "unlock.jsonl",
        }
    }
}

impl StackError {
    /// Whether nobody waited for the end: the program goes on by itself.
    pub const fn is_detached(&self) -> bool {
        matches!(self, Self::Process(ProcessError::Detached { .. }))
    }

    /// The failure of a program; that it was stopped, if it was.
    pub(super) fn of(step: Step, finished: Finished, diagnostics: Vec<Diagnostic>) -> Self {
        if finished.was_interrupted {
            return Self::Stopped(step);
        }
        Self::Failed {
            step,
            diagnostics,
            complaints: finished.complaints,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Init => "init",
            Self::Plan => "plan",
            Self::Show => "show",
            Self::Refresh => "refresh",
            Self::State => "state pull",
            Self::Output => "output",
            Self::Apply => "apply",
            Self::Unlock => "force-unlock",
        })
    }
}

fn first(step: Step, diagnostics: &[Diagnostic], complaints: &[Box<str>]) -> String {
    let error = diagnostics
        .iter()
        .find(|diagnostic| &*diagnostic.severity == "error");
    // What it writes where errors go may be anything but for the line that says what the error is.
    let complaint = complaints
        .iter()
        .find_map(|line| Some(line.split_once("Error: ")?.1));
    match (error, complaint) {
        (Some(error), _) => {
            // Newer resources of providers say in the summary what they did, and here why it failed.
            let mut lines = error.detail.lines().map(str::trim);
            let why = lines.find(|line| !line.is_empty());
            let why = why.map_or_else(String::new, |line| format!(": {line}"));
            format!(": {}{why}", error.summary)
        }
        (None, Some(complaint)) => format!(": {complaint}"),
        (None, None) => match step {
            Step::Init | Step::Plan | Step::Refresh | Step::Apply => {
                "; its log says why".to_owned()
            }
            Step::Show | Step::State | Step::Output | Step::Unlock => String::new(),
        },
    }
}

fn shown(reasons: &[impl fmt::Display]) -> String {
    let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    reasons.join("; ")
}
