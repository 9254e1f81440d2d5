//! Runs what `csoc render` writes: Terraform over many accounts, planned, reviewed, and applied exactly once.
//!
//! The only crate of the product with processes and clocks. It reads a rendered tree and knows nothing of fleets: what
//! is to be run stands in `terraform/stacks.json` ([`Stacks`]), which part of it is meant says a [`Selection`], what
//! Terraform says while it works is an [`Event`], what a plan would do and how dangerous that is a [`PlanSummary`], and
//! what was done, by whom, stands in a [`Journal`], each of whose lines holds the digest of the one before.

mod digest;
mod event;
mod journal;
mod plan;
mod run;
mod stack;

pub use digest::Digest;
pub use event::{Change, Diagnostic, Event, Level, Span, Totals};
pub use journal::{Broken, Entry, Journal, JournalError, Outcome, Phase, Record};
pub use plan::{Action, PlanError, PlanSummary, PlannedChange, Refusal};
pub use run::{Ending, Limits, OnFailure, schedule};
pub use stack::{
    Input, InputState, Mode, Selection, SelectionError, Stack, StackId, Stacks, StacksError, Status,
};
