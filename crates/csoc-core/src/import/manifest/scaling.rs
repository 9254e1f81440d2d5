//! `scaling`: how many copies of each service run.

use super::image::{Images, chart};
use super::migration::{Block, Migration};
use crate::import::ledger::Outcome;
use crate::value::Node;

pub(super) fn map(migration: &mut Migration<'_>, images: &Images) {
    let Some(block) = migration.block("scaling") else {
        return;
    };
    for entry in block.node.entries() {
        let key = entry.key.as_str();
        let name = chart(key);
        if key == "presigned-url-fence" {
            let reason = "fence signs addresses in the pods that do all else: give fence itself more copies if they are needed";
            migration.claim(&block, &[key], Outcome::Unmapped, "", reason);
        } else if images.services.contains(name) {
            one(migration, &block, key, &entry.node);
        } else {
            let reason = "the service does not run";
            migration.claim(&block, &[key], Outcome::Dropped, "", reason);
        }
    }
}

fn one(migration: &mut Migration<'_>, block: &Block, key: &str, node: &Node) {
    let name = chart(key);
    let number = |field: &str| {
        node.get(field)
            .and_then(Node::text)
            .and_then(|text| text.parse::<u32>().ok())
    };
    let target = format!("services.{name}");
    let fixed = match node.get("strategy").and_then(Node::text) {
        Some("pin") => number("num"),
        Some("auto") if number("min").is_some() && number("min") == number("max") => number("min"),
        Some("auto") => {
            let autoscaling = ["services", name, "autoscaling"];
            let mut set = |field: &str, value: Node| {
                let [services, name, autoscaling] = autoscaling;
                migration
                    .node
                    .set(&[services, name, autoscaling, field], value);
            };
            set("enabled", true.into());
            if let Some(fewest) = number("min") {
                set("minReplicas", fewest.into());
            }
            if let Some(most) = number("max") {
                set("maxReplicas", most.into());
            }
            migration.claim(block, &[key], Outcome::Mapped, &target, "");
            if node.get("targetCpu").is_some() {
                let reason = "the charts grow by processor time of a pod, not by a percentage: `autoscaling.averageCPUValue`";
                migration.claim(
                    block,
                    &[key, "targetCpu"],
                    Outcome::Changed,
                    &target,
                    reason,
                );
            }
            return;
        }
        _ => None,
    };
    let Some(count) = fixed else {
        let reason = "it says no number of copies";
        return migration.claim(block, &[key], Outcome::Unmapped, "", reason);
    };
    migration
        .node
        .set(&["services", name, "replicas"], count.into());
    let reason = "as many copies always";
    migration.claim(block, &[key], Outcome::Mapped, &target, reason);
}
