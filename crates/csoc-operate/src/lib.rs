#![doc = include_str!("../README.md")]
//!
//! What is to be run stands in `terraform/stacks.json` of a rendered tree ([`Stacks`]); which part of it is meant says a
//! [`Selection`]; what Terraform says while it works is an [`Event`]; what a plan would do is a [`PlanSummary`].

mod accounts;
mod advance;
mod attached;
#[cfg(feature = "aws")]
mod aws;
mod beside;
mod bundle;
mod cluster;
#[cfg(test)]
mod debug_tests;
mod digest;
mod event;
mod handle;
mod journal;
mod left;
#[cfg(any(feature = "aws", feature = "serve"))]
mod listen;
mod named;
mod own;
mod page;
mod past;
mod patience;
mod plan;
#[cfg(feature = "serve")]
mod portal;
#[cfg(any(feature = "aws", feature = "serve"))]
mod random;
mod removal;
mod run;
mod runner;
#[cfg(feature = "aws")]
pub mod secret;
mod stack;
mod terraform;
mod told;
mod workshop;

pub use accounts::{AccountRoles, Accounts, Here, accounts};
pub use advance::{Advance, Advanced, Unasked, Waiting, Wave, advance, bundles};
pub use attached::{Followed, attach_all, left_open};
#[cfg(feature = "aws")]
pub use aws::{AssumedRoles, AwsError, Identity, Surroundings};
pub use beside::{Head, Holder, LedgerError, Mark};
pub use bundle::{Bundle, BundleError, Facts, Now, Refused, StateMark};
pub use cluster::{
    Application, ChartRevision, ClusterRow, Clusters, Commit, Condition, Contexts, Deployed,
    Expectation, ExpectedApplication, ExpectedCluster, ExpectedSource, Health, ImageCount,
    ImageDifference, KubeconfigError, Malformed, NoCommit, ObjectRow, Operation,
    Phase as SyncPhase, Problem, Reach, Rounds, Scope, Seen, Snapshot, Source, StatusPage,
    StatusTally, Sync as SyncState, Trouble, Unexpected, Unread, age,
};
pub use digest::{Digest, NoDigest};
pub use event::{Change, Diagnostic, Event, Level, Span, Totals};
pub use handle::{
    Asked, Ended, Follow, Handle, Happened, Moment, RunProgress, Since, StackProgress, Standing,
};
pub use journal::{
    Approval, Broken, Entry, Journal, JournalError, OpenApply, Outcome, Phase, Record, SecretStep,
};
pub use left::{Loose, RunLeft, Unused};
pub use named::{Named, NamedError, PlanName};
pub use own::OwnDirectory;
pub use page::{Danger, PlanPage, Row, RowState, Tally};
pub use past::{PastRun, applied_of, last_applied, past_runs, planned_by};
pub use patience::{LockHeld, Patience};
pub use plan::{Action, Aim, PlanError, PlanSummary, PlannedChange, Refusal};
#[cfg(feature = "serve")]
pub use portal::{
    MakeSessions, Portal, PortalEngine, PortalTask, TerraformEngine, Token, TokenError,
};
pub use run::{
    Ambient, Applied, Attached, Choice, ChoiceError, Destruction, Drift, Ending, Endings, Home,
    HomeError, Kept, LOCK_TIMEOUT, Limits, OnFailure, Operator, Planned, Purpose, Renewal, RunId,
    SessionError, Sessions, StackError, StackOutputs, Step, Unfinished, Unlocked, Variables, Watch,
    attach, schedule, unfinished,
};
pub use runner::{
    Container, ContainerError, Image, NAMESPACE, NoImage, PodRoles, manifest as runner_manifest,
};
#[cfg(feature = "kubernetes")]
pub use runner::{JobError, JobPlace, Jobs};
pub use stack::{
    Input, InputState, Mode, NoValue, RunBy, Selection, SelectionError, Stack, StackId, Stacks,
    StacksError, Status,
};
pub use terraform::{
    Complaints, Finished, Flavor, Interrupt, ProcessError, Program, ProgramError, Version,
    Workspace, WorkspaceError,
};
pub use told::{Told, with_causes};
pub use workshop::{Who, WhoError, Workshop, is_selected};
