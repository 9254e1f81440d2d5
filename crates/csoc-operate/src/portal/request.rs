//! What a portal asks for, and which stack it means.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::operation::{NoOperation, Operation};
use crate::stack::{Stack, Stacks};

/// What is asked for, as it comes. What only other runners need is not read. Variables may be secret: it is not shown.
#[derive(Deserialize)]
pub(super) struct Request {
    operation: String,
    work_dir: String,
    /// Text of variables; ours are rendered from the fleet.
    #[serde(default)]
    tfvars: Option<String>,
    #[serde(default)]
    vars: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    var_files: Option<Vec<IgnoredAny>>,
}

/// Why a request cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unfit(pub(super) String);

impl Request {
    /// What is to be done.
    pub(super) fn operation(&self) -> Result<Operation, Unfit> {
        Operation::of(&self.operation).map_err(|error: NoOperation| Unfit(error.said().to_owned()))
    }

    /// The directory, as it was said.
    pub(super) fn work_dir(&self) -> &str {
        &self.work_dir
    }

    /// Whether it says variables, which are not used.
    pub(super) fn says_variables(&self) -> bool {
        let said =
            |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        said(&self.tfvars)
            || self.vars.as_ref().is_some_and(|vars| !vars.is_empty())
            || self
                .var_files
                .as_ref()
                .is_some_and(|files| !files.is_empty())
    }

    /// The stack that its directory means: by its id, or by the end of a path.
    pub(super) fn stack<'s>(&self, stacks: &'s Stacks) -> Result<&'s Stack, Unfit> {
        let asked = self.work_dir.trim().trim_end_matches('/');
        let by_id = stacks.iter().find(|stack| stack.id.as_str() == asked);
        let is_meant = |stack: &&Stack| {
            let before = asked.strip_suffix(stack.path.as_str());
            before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        by_id
            .or_else(|| stacks.iter().find(is_meant))
            .ok_or_else(|| {
                let some: Vec<&str> = stacks.iter().take(3).map(|stack| &*stack.path).collect();
                Unfit(format!(
                    "`work_dir` must name a stack, by its id or its directory below `terraform/` ({}, …)",
                    some.join(", ")
                ))
            })
    }
}
