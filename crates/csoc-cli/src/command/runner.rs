//! `csoc runner`: what a cluster must hold so that stacks are run in it.

use std::collections::BTreeSet;

use csoc_operate::{PodRoles, runner_manifest};

use super::operate::stacks;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::runner_args::{RunnerCommand, RunnerCommands, RunnerManifest};
use crate::session::Session;

pub(crate) fn run(arguments: &RunnerCommands, session: &Session) -> Result<Exit, Failure> {
    match &arguments.command {
        RunnerCommand::Manifest(arguments) => manifest(arguments, session),
    }
}

fn manifest(arguments: &RunnerManifest, session: &Session) -> Result<Exit, Failure> {
    let accounts: BTreeSet<(String, &'static str)> = match &arguments.account {
        Some(account) => [(account.clone(), "aws")].into(),
        None => stacks(&arguments.place, session)?
            .iter()
            .map(|stack| (stack.account.clone(), partition(stack.region.as_deref())))
            .collect(),
    };
    let numbers: BTreeSet<&str> = accounts.iter().map(|(account, _)| &**account).collect();
    let roles = match numbers.first() {
        // What is of an account as a whole has no region: another partition is said by any of the others.
        Some(account) if numbers.len() == 1 => {
            let partition = accounts.iter().map(|(_, partition)| *partition).max();
            Some(PodRoles::of_account(partition.unwrap_or("aws"), account))
        }
        _ => None,
    };
    let text = runner_manifest(&arguments.namespace, roles.as_ref());
    match arguments.format.format {
        Format::Text => session.print(&text)?,
        Format::Json => session.print_json(&serde_json::json!({
            "namespace": arguments.namespace, "accounts": numbers, "manifest": text,
        }))?,
    }
    if roles.is_none() {
        session.say(&format!(
            "the fleet has {} accounts, and a service account has one role: none is given, run stacks with `--as roles`\n",
            numbers.len()
        ));
    }
    Ok(Exit::Done)
}

/// The partition of AWS that a region is in.
fn partition(region: Option<&str>) -> &'static str {
    match region {
        Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
        Some(region) if region.starts_with("cn-") => "aws-cn",
        _ => "aws",
    }
}
