//! What a portal is told, in its own words and a few of ours.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

use super::execution::{Execution, State};
use crate::bundle::Facts;
use crate::digest::Digest;
use crate::event::Event;

/// An execution as gen3-admin's runner says it, and `plan_id`, `account` and `stack` besides.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    id: Box<str>,
    operation: &'static str,
    work_dir: Box<str>,
    runtime: &'static str,
    status: &'static str,
    output: String,
    error: Box<str>,
    start_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
    labels: Value,
    stack: Box<str>,
    account: Box<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_id: Option<String>,
}

impl Answer {
    /// What is known of an execution.
    pub(super) fn of(one: &Execution) -> Self {
        Self {
            id: one.id.clone(),
            operation: one.operation.name(),
            work_dir: one.work_dir.clone(),
            runtime: "csoc",
            status: one.state.name(),
            output: one.output(),
            error: one.error.clone().unwrap_or_default(),
            start_time: one.start.to_string(),
            end_time: one.end.map(|end| end.to_string()),
            labels: json!({
                "app.kubernetes.io/managed-by": "csoc",
                "app.kubernetes.io/component": "terraform-runner",
                "terraform.io/operation": one.operation.name(),
                "terraform.io/execution-id": one.id,
            }),
            stack: one.stack.as_str().into(),
            account: one.account.clone(),
            plan_id: one.bundle.as_ref().map(ToString::to_string),
        }
    }
}

impl State {
    /// As a portal names it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Error => "error",
        }
    }
}

/// What a plan would do, line by line, without a value of anything.
pub(super) fn plan(digest: &Digest, facts: &Facts) -> String {
    let mut text = String::new();
    for change in &facts.summary.changes {
        let stateful = if change.action.destroys() && change.is_stateful() {
            "  (cannot be made again: only people at a terminal can let it go)"
        } else {
            ""
        };
        let _ = writeln!(text, "{} {}{stateful}", change.action, change.address);
    }
    for output in &facts.summary.outputs {
        let _ = writeln!(text, "output {output} changes");
    }
    let _ = writeln!(
        text,
        "plan {}: apply does exactly this, once, until {}",
        &digest.to_string()[..12],
        facts.expires
    );
    text
}

/// A line about something that Terraform says; what a provider prints as it likes stays in the owner's log.
pub(super) fn line(event: &Event) -> Option<String> {
    Some(match event {
        Event::Diagnostic(diagnostic) => {
            let at = diagnostic
                .address
                .as_deref()
                .map_or_else(String::new, |address| format!(" ({address})"));
            format!("{}: {}{at}", diagnostic.severity, diagnostic.summary)
        }
        Event::Planned(change) => format!("to {}: {}", change.action, change.address),
        Event::Drifted(change) => format!("differs from the state: {}", change.address),
        Event::Started(change) => format!("{} {} begins", change.action, change.address),
        Event::Progress { address, seconds } => format!("{address}: {seconds} s"),
        Event::Completed(change) => format!("{} {} is done", change.action, change.address),
        Event::Failed(change) => format!("{} {} failed", change.action, change.address),
        Event::Summary(totals) => format!(
            "{} added, {} changed, {} imported, {} destroyed",
            totals.add, totals.change, totals.import, totals.remove
        ),
        _ => return None,
    })
}
