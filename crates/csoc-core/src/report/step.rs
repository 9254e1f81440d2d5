//! What a report is made of: tracks of steps, each with who does it, from where, and the commands.

use std::fmt;

use serde::Serialize;

/// The ordered steps from nothing to a running operations center, and from there to a commons.
///
/// It is of the fleet alone: what is applied already makes no difference to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BootstrapReport {
    /// The fleet's name.
    pub fleet: String,
    /// One way after the other.
    pub tracks: Vec<ReportTrack>,
}

/// A way from somewhere to somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportTrack {
    /// From where to where.
    pub title: String,
    /// The steps, in order.
    pub steps: Vec<ReportStep>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportStep {
    /// Its number in the track, from 1.
    pub number: usize,
    /// What kind of step it is.
    pub kind: StepKind,
    /// What is done.
    pub title: String,
    /// As whom.
    pub who: String,
    /// What must be reached for it.
    pub reach: String,
    /// Why, or what to know.
    pub text: String,
    /// What must be recorded before: outputs by name, with the stack that gives each.
    pub needs: Vec<ReportFact>,
    /// What it gives to others: outputs by name, with what each is.
    pub gives: Vec<ReportFact>,
    /// What it is about: secrets with their keys, hosts, domains.
    pub facts: Vec<ReportFact>,
    /// The commands, in order.
    pub scripts: Vec<ReportScript>,
    /// What somebody must do elsewhere, once it is done.
    pub then: Vec<ReportFact>,
}

/// What kind of step one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum StepKind {
    /// Commands of csoc.
    Command,
    /// A stack is planned, read and applied.
    Stack,
    /// Something that no program of the fleet does.
    Hand,
}

/// A name and what is to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportFact {
    /// The name.
    pub name: String,
    /// What is to know.
    pub text: String,
}

impl ReportFact {
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }
}

/// Commands of a shell that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportScript {
    /// What they need.
    pub kind: ScriptKind,
    /// The commands, one a line.
    pub text: String,
}

/// What commands need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ScriptKind {
    /// csoc, and files.
    Csoc,
    /// Terraform, and the role of the step.
    Terraform,
    /// A person: a value, a browser, a cluster.
    Hand,
}

impl ScriptKind {
    /// Its name in data and in blocks of pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csoc => "csoc",
            Self::Terraform => "terraform",
            Self::Hand => "hand",
        }
    }
}

impl fmt::Display for ScriptKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ReportScript {
    pub(super) fn new(kind: ScriptKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }
}
