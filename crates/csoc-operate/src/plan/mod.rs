//! What a plan would do: read from `terraform show -json`, without a value of anything.

mod aim;
mod refusal;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use aim::Aim;
pub use refusal::Refusal;

/// The major version of the format that this version reads.
const FORMAT: &str = "1.";

/// What a plan would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanSummary {
    /// The version of the program that made it.
    pub program: Box<str>,
    /// What would be changed, by address.
    pub changes: Vec<PlannedChange>,
    /// What is not as the state says, by address.
    pub drift: Vec<PlannedChange>,
    /// The outputs that would change, by name.
    pub outputs: Vec<Box<str>>,
    /// Whether it is whole: nothing failed while planning, and nothing was put off.
    pub is_complete: bool,
}

/// A resource and what would happen to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlannedChange {
    /// How it is referred to.
    pub address: Box<str>,
    /// Its type.
    pub of: Box<str>,
    /// What would happen.
    pub action: Action,
    /// Why, as Terraform names it: `replace_because_cannot_update`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
    /// The arguments that force a replacement, such as `engine_version` or `ebs[0].size`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Box<str>>,
}

/// What would happen to a resource, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Action {
    /// It would be taken into the state as it is.
    Import,
    /// It would be made.
    Create,
    /// It would be changed where it is.
    Update,
    /// Terraform would forget it, and leave it.
    Forget,
    /// It would be destroyed and made anew.
    Replace,
    /// It would be destroyed.
    Destroy,
}

/// Why a plan cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// It is not what `terraform show -json` prints. What is wrong is not told: it could quote a secret.
    #[error("the plan is not what `terraform show -json` prints (line {line}, column {column})")]
    Invalid {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// Its format is not known here.
    #[error("the plan has format {0}; this version reads format 1")]
    Newer(Box<str>),
    /// A resource would undergo something that has no name here.
    #[error(
        "the plan would do {actions:?} to `{address}`, which this version does not know: take a newer csoc"
    )]
    Unknown {
        /// The resource.
        address: Box<str>,
        /// What Terraform calls it.
        actions: Vec<Box<str>>,
    },
}

impl Action {
    /// Its name, as it is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Create => "create",
            Self::Update => "update",
            Self::Forget => "forget",
            Self::Replace => "replace",
            Self::Destroy => "destroy",
        }
    }

    /// Whether what there is goes away.
    pub const fn destroys(self) -> bool {
        matches!(self, Self::Replace | Self::Destroy)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl PlannedChange {
    /// Whether it holds what cannot be made again: data, keys, names that others rely on.
    pub fn is_stateful(&self) -> bool {
        refusal::is_stateful(&self.of)
    }
}

impl PlanSummary {
    /// Reads what `terraform show -json` prints of a plan. Values are skipped, and are in no error.
    pub fn read(text: &[u8]) -> Result<Self, PlanError> {
        let document: Document =
            serde_json::from_slice(text).map_err(|error| PlanError::Invalid {
                line: error.line(),
                column: error.column(),
            })?;
        if !document.format_version.starts_with(FORMAT) {
            return Err(PlanError::Newer(document.format_version));
        }
        let mut summary = Self {
            program: document.terraform_version,
            changes: read_all(document.resource_changes)?,
            drift: read_all(document.resource_drift)?,
            outputs: Vec::new(),
            is_complete: document.complete.unwrap_or(true) && !document.errored,
        };
        for (name, change) in document.output_changes {
            if change.actions.iter().any(|action| **action != *"no-op") {
                summary.outputs.push(name);
            }
        }
        summary.outputs.sort();
        Ok(summary)
    }

    /// Whether nothing would be done.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.outputs.is_empty()
    }

    /// Whether a resource would be destroyed, for good or to be made anew.
    pub fn destroys(&self, address: &str) -> bool {
        let mut changes = self.changes.iter();
        changes.any(|change| change.action.destroys() && *change.address == *address)
    }

    /// How many resources would undergo something.
    pub fn count(&self, action: Action) -> usize {
        self.changes
            .iter()
            .filter(|change| change.action == action)
            .count()
    }
}

fn read_all(changes: Vec<ResourceChange>) -> Result<Vec<PlannedChange>, PlanError> {
    let mut read = Vec::new();
    for change in changes {
        read.extend(change.read()?);
    }
    read.sort();
    Ok(read)
}

#[derive(Deserialize)]
struct Document {
    format_version: Box<str>,
    #[serde(default)]
    terraform_version: Box<str>,
    #[serde(default)]
    resource_changes: Vec<ResourceChange>,
    #[serde(default)]
    resource_drift: Vec<ResourceChange>,
    #[serde(default)]
    output_changes: std::collections::BTreeMap<Box<str>, OutputChange>,
    #[serde(default)]
    complete: Option<bool>,
    #[serde(default)]
    errored: bool,
}

#[derive(Deserialize)]
struct ResourceChange {
    address: Box<str>,
    #[serde(default)]
    mode: Box<str>,
    #[serde(rename = "type", default)]
    of: Box<str>,
    #[serde(default)]
    deposed: Option<Box<str>>,
    #[serde(default)]
    action_reason: Option<Box<str>>,
    change: ActionsOf,
}

#[derive(Deserialize)]
struct ActionsOf {
    actions: Vec<Box<str>>,
    #[serde(default)]
    replace_paths: Vec<Vec<Step>>,
    #[serde(default)]
    importing: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct OutputChange {
    actions: Vec<Box<str>>,
}

/// A step of a path into a resource. An index by text could be data, and is not shown.
#[derive(Deserialize)]
#[serde(untagged)]
enum Step {
    Name(Box<str>),
    Position(u64),
    Other(serde::de::IgnoredAny),
}

impl ResourceChange {
    fn read(self) -> Result<Option<PlannedChange>, PlanError> {
        let actions: Vec<&str> = self.change.actions.iter().map(|action| &**action).collect();
        let action = match &*actions {
            ["no-op"] if self.change.importing.is_some() => Action::Import,
            // Data is read, and changes nothing.
            ["no-op" | "read"] => return Ok(None),
            ["create"] => Action::Create,
            ["update"] => Action::Update,
            ["forget"] => Action::Forget,
            ["delete", "create"] | ["create", "delete" | "forget"] => Action::Replace,
            ["delete"] => Action::Destroy,
            _ => {
                return Err(PlanError::Unknown {
                    address: self.address,
                    actions: self.change.actions,
                });
            }
        };
        if &*self.mode == "data" {
            return Ok(None);
        }
        let mut because: Vec<Box<str>> = self
            .change
            .replace_paths
            .iter()
            .map(|path| written(path))
            .collect();
        because.sort();
        because.dedup();
        // What an interrupted replacement left behind is another thing than what took its place.
        let address = match self.deposed {
            Some(key) => format!("{} (left by a replacement, {key})", self.address).into(),
            None => self.address,
        };
        Ok(Some(PlannedChange {
            address,
            of: self.of,
            action,
            reason: self.action_reason,
            because,
        }))
    }
}

fn written(path: &[Step]) -> Box<str> {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Name(name) if text.is_empty() => text.push_str(name),
            Step::Name(name) => {
                text.push('.');
                text.push_str(name);
            }
            Step::Position(position) => text.extend(["[", &position.to_string(), "]"]),
            Step::Other(_) => text.push_str("[…]"),
        }
    }
    text.into()
}

#[cfg(test)]
mod tests;
