//! `sower`: jobs that users start.

use super::migration::Migration;
use crate::import::ledger::Outcome;
use crate::value::{Kind, Node, yaml_write};

/// The account that the chart makes for all jobs.
const ACCOUNT: &str = "sower-service-account";
/// Secrets that the chart makes for jobs.
const SECRETS: [&str; 2] = ["sower-jobs-g3auto", "pelicanservice-g3auto"];

pub(super) fn map(migration: &mut Migration<'_>, runs: bool) {
    let Some(block) = migration.block("sower") else {
        return;
    };
    if !matches!(block.node.kind, Kind::List(_)) {
        return;
    }
    if !runs {
        let reason = "`versions` has no sower, so that nothing starts these jobs";
        migration.claim(&block, &[], Outcome::Dropped, "", reason);
        return;
    }
    let mut jobs = Vec::new();
    let mut accounts = Vec::new();
    for (number, job) in block.node.items().iter().enumerate() {
        let mut job = job.clone();
        if let Some(account) = job.get("serviceAccountName").and_then(Node::text)
            && account != ACCOUNT
        {
            job.insert("serviceAccountName", ACCOUNT.into());
            accounts.push(number);
        }
        needs(migration, &job);
        jobs.push(job);
    }
    let mut text = String::new();
    yaml_write::write(&Node::list(jobs), &mut text);
    let target = migration.content("sower-jobs", "sower-jobs.yaml", text.into_bytes());
    migration.claim(&block, &[], Outcome::Content, &target, "");
    for number in accounts {
        let reason =
            "the chart makes one account for all jobs; its role is the environment's `sower`";
        let item = format!("[{number}]");
        let below = [item.as_str(), "serviceAccountName"];
        migration.claim(&block, &below, Outcome::Changed, &target, reason);
    }
}

/// What a job mounts and reads that nothing makes.
fn needs(migration: &mut Migration<'_>, job: &Node) {
    let name = job.get("name").and_then(Node::text).unwrap_or_default();
    let volumes = job.get("volumes").map(Node::items).unwrap_or_default();
    for volume in volumes {
        let secret = volume.path(&["secret", "secretName"]).and_then(Node::text);
        if let Some(secret) = secret
            && !SECRETS.contains(&secret)
        {
            migration.step(format!(
                "make the Kubernetes secret `{secret}`: the job `{name}` mounts it, and no chart makes it"
            ));
        }
    }
    let variables = job.path(&["container", "env"]);
    for variable in variables.map(Node::items).unwrap_or_default() {
        let map = variable.path(&["valueFrom", "configMapKeyRef", "name"]);
        if let Some(map) = map.and_then(Node::text)
            && map != "manifest-global"
        {
            migration.step(format!(
                "make the ConfigMap `{map}`: the job `{name}` reads it, and no chart makes it"
            ));
        }
    }
}
