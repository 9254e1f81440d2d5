//! Runs what `csoc render` writes: Terraform over many accounts, planned, reviewed, and applied exactly once.
//!
//! The only crate of the product with processes and clocks. It reads a rendered tree and knows nothing of fleets: what
//! is to be run stands in `terraform/stacks.json` ([`Stacks`]), which part of it is meant says a [`Selection`], what
//! Terraform says while it works is an [`Event`], what a plan would do and how dangerous that is a [`PlanSummary`], and
//! what was done, by whom, stands in a [`Journal`], each of whose lines holds the digest of the one before.

mod bundle;
mod digest;
mod event;
mod journal;
mod plan;
mod run;
mod stack;
mod terraform;

pub use bundle::{Bundle, BundleError, Facts, Now, Refused, StateMark};
pub use digest::{Digest, NoDigest};
pub use event::{Change, Diagnostic, Event, Level, Span, Totals};
pub use journal::{Broken, Entry, Journal, JournalError, Outcome, Phase, Record};
pub use plan::{Action, PlanError, PlanSummary, PlannedChange, Refusal};
pub use run::{
    Ambient, Applied, Ending, Home, HomeError, Limits, OnFailure, Operator, Planned, Purpose,
    SessionError, Sessions, StackError, Step, Variables, schedule,
};
pub use stack::{
    Input, InputState, Mode, Selection, SelectionError, Stack, StackId, Stacks, StacksError, Status,
};
pub use terraform::{
    Finished, Flavor, Interrupt, ProcessError, Program, ProgramError, Version, Workspace,
    WorkspaceError,
};
