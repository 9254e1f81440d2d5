//! Reports about a fleet that people work along: what to do in which order. Findings have printers of their own.

mod bootstrap;
mod facts;
mod markdown;
mod people;
mod records;
mod repository;
mod stacks;
mod step;
#[cfg(test)]
mod tests;
mod text;
mod tracks;
mod words;

pub use bootstrap::{BootstrapOptions, ReportError};
pub use step::{
    BootstrapReport, ReportFact, ReportScript, ReportStep, ReportTrack, ScriptKind, StepKind,
};
