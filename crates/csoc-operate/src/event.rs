//! What Terraform says while it works, line by line, as `-json` prints it.
//!
//! Terraform promises that new kinds of lines and new fields may come within a major version of its interface; they are
//! [`Event::Unknown`] and are kept. A line that is no JSON (a provider that prints) is [`Event::Text`]. Nothing is taken
//! from the words of a message: whether a run went well says its exit status.

mod debug;

use serde::{Deserialize, Serialize};

/// The major version of Terraform's interface that this version understands.
const INTERFACE: &str = "1.";

/// One line.
#[derive(Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// Who speaks: the first line.
    Version {
        /// The version of the program.
        program: Box<str>,
        /// The version of the interface.
        interface: Box<str>,
    },
    /// A message without a kind of its own.
    Log {
        /// How much it matters.
        level: Level,
        /// The message.
        message: Box<str>,
    },
    /// An error or a warning.
    Diagnostic(Diagnostic),
    /// A resource will be changed.
    Planned(Change),
    /// A resource is not as the state says.
    Drifted(Change),
    /// How many resources are changed, or were.
    Summary(Totals),
    /// Work on a resource began.
    Started(Change),
    /// Work on a resource goes on.
    Progress {
        /// The resource.
        address: Box<str>,
        /// For how long, in seconds.
        seconds: u64,
    },
    /// Work on a resource is done.
    Completed(Change),
    /// Work on a resource failed; diagnostics say why.
    Failed(Change),
    /// A resource is read.
    Reading {
        /// The resource.
        address: Box<str>,
    },
    /// The outputs are known; their values are not kept.
    Outputs {
        /// Their names.
        names: Vec<Box<str>>,
    },
    /// A kind that this version does not know.
    Unknown {
        /// The kind.
        of: Box<str>,
        /// The message.
        message: Box<str>,
    },
    /// Something that csoc itself has to say of the stack.
    Note {
        /// The message.
        message: Box<str>,
    },
    /// A line that is no JSON.
    Text {
        /// The line.
        line: Box<str>,
    },
}

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Level {
    /// Of steps within a step.
    Trace,
    /// Of steps.
    Debug,
    /// Of what is done.
    Info,
    /// Of what may be wrong.
    Warn,
    /// Of what is wrong.
    Error,
}

/// An error or a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// `error` or `warning`.
    pub severity: Box<str>,
    /// What it is, in a line.
    pub summary: Box<str>,
    /// What there is to say besides.
    #[serde(default)]
    pub detail: Box<str>,
    /// The resource that it is about.
    #[serde(default)]
    pub address: Option<Box<str>>,
    /// Where it stands in the root.
    #[serde(default)]
    pub range: Option<Span>,
}

impl Diagnostic {
    /// It without what a provisioner's command printed: Terraform quotes that, sensitive or not, and the log has it.
    fn without_printed(mut self) -> Self {
        if self.summary.ends_with("provisioner error") {
            self.detail = Box::default();
        }
        self
    }
}

/// A place in a file of a root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Span {
    /// The file, relative to the root.
    pub filename: Box<str>,
    /// Where it begins.
    pub start: Point,
}

/// A line and a column, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Point {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// A resource and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The resource.
    pub address: Box<str>,
    /// `create`, `update`, `replace`, `delete`, `read`, `import`, `move`, `no-op` or what comes later.
    pub action: Box<str>,
    /// Why, where Terraform says it.
    pub reason: Option<Box<str>>,
    /// How long it took, in seconds, once it is done.
    pub seconds: Option<u64>,
}

/// How many resources are changed, or were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Totals {
    /// Made.
    pub add: usize,
    /// Changed.
    pub change: usize,
    /// Taken into the state.
    #[serde(default)]
    pub import: usize,
    /// Destroyed.
    pub remove: usize,
}

impl Event {
    /// What a line says.
    pub fn read(line: &str) -> Self {
        match serde_json::from_str::<Line>(line) {
            Ok(line) => line.event(),
            Err(_) => Self::Text { line: line.into() },
        }
    }

    /// Whether the interface is one that this version does not understand.
    pub fn is_foreign(&self) -> bool {
        matches!(self, Self::Version { interface, .. } if !interface.starts_with(INTERFACE))
    }
}

/// A line as it is printed. All but the kind may be missing: what a kind needs and has not makes it unknown.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "@level", default)]
    level: Option<Level>,
    #[serde(rename = "@message", default)]
    message: Box<str>,
    #[serde(rename = "type", default)]
    of: Box<str>,
    #[serde(default)]
    terraform: Option<Box<str>>,
    #[serde(default)]
    tofu: Option<Box<str>>,
    #[serde(default)]
    ui: Option<Box<str>>,
    #[serde(default)]
    diagnostic: Option<Diagnostic>,
    #[serde(default)]
    change: Option<PlannedLine>,
    #[serde(default)]
    changes: Option<Totals>,
    #[serde(default)]
    hook: Option<Hook>,
    #[serde(default)]
    outputs: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct PlannedLine {
    resource: Resource,
    #[serde(default)]
    action: Box<str>,
    #[serde(default)]
    reason: Option<Box<str>>,
}

#[derive(Deserialize)]
struct Hook {
    resource: Resource,
    #[serde(default)]
    action: Box<str>,
    #[serde(default)]
    elapsed_seconds: Option<u64>,
}

#[derive(Deserialize)]
struct Resource {
    addr: Box<str>,
}

impl Line {
    fn event(self) -> Event {
        let of = self.of.clone();
        let message = self.message.clone();
        self.known().unwrap_or(Event::Unknown { of, message })
    }

    fn known(self) -> Option<Event> {
        Some(match &*self.of {
            "version" => Event::Version {
                program: self.terraform.or(self.tofu)?,
                interface: self.ui?,
            },
            "log" | "init_output" => Event::Log {
                level: self.level?,
                message: self.message,
            },
            "diagnostic" => Event::Diagnostic(self.diagnostic?.without_printed()),
            "planned_change" => Event::Planned(self.change?.into()),
            "resource_drift" => Event::Drifted(self.change?.into()),
            "change_summary" => Event::Summary(self.changes?),
            "apply_start" => Event::Started(self.hook?.into()),
            "apply_complete" => Event::Completed(self.hook?.into()),
            "apply_errored" => Event::Failed(self.hook?.into()),
            "apply_progress" => {
                let hook = self.hook?;
                Event::Progress {
                    address: hook.resource.addr,
                    seconds: hook.elapsed_seconds.unwrap_or_default(),
                }
            }
            "refresh_start" => Event::Reading {
                address: self.hook?.resource.addr,
            },
            "outputs" => Event::Outputs {
                names: self
                    .outputs?
                    .into_iter()
                    .map(|(name, _)| name.into())
                    .collect(),
            },
            _ => return None,
        })
    }
}

impl From<PlannedLine> for Change {
    fn from(line: PlannedLine) -> Self {
        Self {
            address: line.resource.addr,
            action: line.action,
            reason: line.reason,
            seconds: None,
        }
    }
}

impl From<Hook> for Change {
    fn from(hook: Hook) -> Self {
        Self {
            address: hook.resource.addr,
            action: hook.action,
            reason: None,
            seconds: hook.elapsed_seconds,
        }
    }
}

#[cfg(test)]
mod tests;
