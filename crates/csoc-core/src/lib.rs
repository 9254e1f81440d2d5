#![doc = include_str!("../README.md")]

mod adopt;
mod allocate;
pub(crate) mod backend;
pub(crate) mod catalog;
mod context;
pub(crate) mod contract;
mod delivery;
pub(crate) mod diagnostic;
mod diff;
mod explain;
mod fleet;
#[cfg(fuzzing)]
pub mod fuzzing;
pub(crate) mod gitops;
pub(crate) mod graph;
#[expect(
    dead_code,
    reason = "the tree is whole, also where no backend needs it yet"
)]
pub(crate) mod hcl;
mod import;
pub mod init;
mod inventory;
mod listing;
pub mod model;
pub(crate) mod naming;
pub(crate) mod network;
mod pattern;
mod picture;
mod recording;
mod render;
mod report;
pub(crate) mod resolve;
pub(crate) mod rules;
pub(crate) mod source;
pub(crate) mod span;
pub(crate) mod tree;
pub(crate) mod value;
mod verify;
pub(crate) mod write;

pub use adopt::{AdoptError, Adoption, AdoptionImports, Aspect, Resources};
pub use allocate::{
    AllocateError, AllocatedNetwork, NetworkAllocation, NetworkPool, PlannedNetwork,
    PlannedNetworks, PlannedSubnet,
};
pub use catalog::{
    AddOptions, CatalogContent, CatalogEntry, CatalogError, CatalogMove, CatalogUpdate, Catalogs,
    EditionMove, GitRefs, GitRefsError,
};
pub use context::{Context, LockMode, StopSign, Stopped, Watch};
pub use delivery::{
    DeliveredApplication, DeliveredCluster, DeliveredSource, Deliveries, deliveries,
};
pub use diagnostic::{
    Code, CodeFacts, Control, Diagnostic, Label, Report, ReportFormat, Root, Severity, Status,
    Summary, TextStyle,
};
pub use diff::{
    Action, Change, ChangeKind, ChangedPlace, Danger, Diff, DiffError, DiffOptions, DiffSide,
    PromoteError, PromoteOptions, Promotion, diff,
};
pub use explain::{Effect, ExplainError, Explanation, Input, LayerValue, Place, RuleUse};
pub use fleet::{Fleet, FleetError};
pub use import::{
    Comments, Equal, Fate, Import, ImportError, ImportFix, ImportKind, ImportNote, ImportOptions,
    ImportReport, ImportedLeaf, ImportedObject, LedgerRow, LedgerUnit, NeededSecret, NoteKind,
    Outcome, OwnedLines, Tally, import_directory,
};
pub use inventory::{
    MadeOf, RequiredOutput, Secret, SecretEncryption, SecretKey, SecretPart, SecretRotation,
};
pub use picture::{ContractGraph, FocusError, GraphFocus, GraphLink, GraphNode, Reached};
pub use recording::{Given, LeftOut, RecordError, RecordedFrom, Recording};
pub use render::{CompileOptions, PendingFile, RenderError, RenderOptions, Rendering, Tidy};
pub use report::{
    BootstrapOptions, BootstrapReport, ReportError, ReportFact, ReportScript, ReportStep,
    ReportTrack, ScriptKind, StepKind,
};
pub use rules::{ControlFacts, codes, controls};
pub use source::{Limits, ReadError, SourceSet, read_directory};
pub use tree::{BackendName, File, Tree};
pub use verify::{
    HelmRelease, HelmRendering, VerifyError, VerifyOptions, helm_releases, verify_directory,
    verify_directory_with, verify_gitops, verify_rendered,
};
pub use write::EditError;
