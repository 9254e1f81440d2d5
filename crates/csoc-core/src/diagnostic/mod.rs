//! What is wrong, where, and how to mend it: data first, printers second.

mod control;
mod facts;
mod finding;
mod github;
mod json;
mod report;
mod sarif;
mod text;

pub use control::Control;
pub use facts::CodeFacts;
pub(crate) use finding::{Diagnostics, Finding};
pub use report::{Report, Summary};
pub(crate) use sarif::sarif;
pub use text::TextStyle;

use std::fmt;

use serde::Serialize;

/// The stable name of a kind of finding: two to four kebab-case words that name the defect.
///
/// Codes are never renamed or used again for something else, since baselines
/// and waivers name them. Each has a page below `docs/rules/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(&'static str);

impl Code {
    /// A code of that text.
    pub const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Where to read more about it.
    pub fn docs(self) -> String {
        format!("docs/rules/{self}.md")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// It cannot work, or must not. A new one keeps `render` from writing.
    Error,
    /// It works, and someone will be sorry.
    Warning,
    /// Worth knowing.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// A form of a whole report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum ReportFormat {
    /// For people, with source lines.
    #[default]
    Text,
    /// For scripts.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands that GitHub shows beside the lines.
    Github,
}

/// Whether a finding counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
    /// Nothing covers it.
    New,
    /// The baseline knows it: counted, not failing, and shown as data only.
    Baselined,
    /// A waiver of `fleet.policy` covers it.
    Waived,
}

/// Which tree a place is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Root {
    /// The fleet directory.
    Fleet,
    /// A rendered or foreign tree.
    Tree,
}

/// One place of a diagnostic, with what is to be said of it.
///
/// Self-contained: it carries the text of its lines, so that it can be printed
/// after the fleet is gone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Label {
    /// The file, relative to its root.
    pub file: String,
    /// First line, from 1.
    pub line: u32,
    /// First column in characters, from 1.
    pub column: u32,
    /// Last line, from 1.
    pub end_line: u32,
    /// Column behind the last character.
    pub end_column: u32,
    /// What `file` is relative to.
    pub root: Root,
    /// What is here.
    pub message: String,
    /// The text of the line, as written.
    #[serde(skip)]
    pub excerpt: String,
}

/// Something that does not hold. Collected, never thrown at the first one.
///
/// Where only one thing can be shown it is `message`; the fix is in `help`, the
/// places are in `labels`, the first of which is the place to go to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Which kind.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// What it is and what it must be.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// Where. Empty only if it concerns no place in a file.
    pub labels: Vec<Label>,
    /// The object it concerns, as a model path: `commons.midrc.environments.prod`.
    pub object: Option<String>,
    /// The field it concerns, as a model path. With `code` and `object` it is what baselines key on.
    pub path: Option<String>,
    /// Whether it counts.
    pub status: Status,
}

impl Diagnostic {
    /// Whether it makes a check fail: an error that neither baseline nor waiver covers.
    pub fn is_failure(&self) -> bool {
        self.severity == Severity::Error && self.status == Status::New
    }

    /// Where to read more about it.
    pub fn docs(&self) -> String {
        self.code.docs()
    }
}
