//! Rules about copies of services.

use super::context::GitopsContext;
use crate::diagnostic::{Diagnostics, Severity};
use crate::gitops::flag_of;
use crate::value::{Kind, Node, Reading};

/// Whether services grow by themselves.
const GROW: [&str; 3] = ["global", "autoscaling", "enabled"];

/// A whole number.
fn number(node: &Node) -> Option<i128> {
    match &node.kind {
        Kind::Scalar(scalar) => match scalar.reading() {
            Reading::Integer(number) => Some(number),
            _ => None,
        },
        _ => None,
    }
}

/// What is protected has more than one copy.
pub(crate) fn disruption_budget_ineffective(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&["global", "pdb"]))
    {
        for (service, block) in deployment.blocks() {
            let grows = block.path(&["autoscaling", "enabled"]).is_some_and(flag_of);
            let is_off = deployment.flag(&[service, "enabled"]) == Some(false);
            let copies = match block.get("replicaCount").and_then(number) {
                Some(0) => "no copy",
                Some(1) => "one copy",
                _ => continue,
            };
            if grows || is_off {
                continue;
            }
            found.push(
                context
                    .value(deployment, &[service, "replicaCount"], format!("`{service}` runs in {copies}, so that no disruption budget is made for it"), "too few")
                    .help("set it to 2 at least, or accept that an update of a node stops it")
                    .label(deployment.place(&["global", "pdb"]), "asked for here"),
            );
        }
    }
}

/// The fewest copies are not more than the most.
pub(crate) fn autoscaling_bounds_reversed(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        for (service, block) in deployment.blocks() {
            let bound = |key: &str| block.path(&["autoscaling", key]).and_then(number);
            let (Some(fewest), Some(most)) = (bound("minReplicas"), bound("maxReplicas")) else {
                continue;
            };
            if fewest > most {
                found.push(
                    context
                        .value(
                            deployment,
                            &[service, "autoscaling", "minReplicas"],
                            format!("`{service}` needs {fewest} copies, and may have {most}"),
                            "more",
                        )
                        .help("exchange the two")
                        .label(
                            deployment.place(&[service, "autoscaling", "maxReplicas"]),
                            "than this",
                        ),
                );
            }
        }
    }
}

/// What grows by itself has no fixed number.
pub(crate) fn autoscaling_replicas_conflict(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context.deployments() {
        for (service, block) in deployment.blocks() {
            let grows = block.path(&["autoscaling", "enabled"]).is_some_and(flag_of);
            if !grows
                || block
                    .get("replicaCount")
                    .and_then(number)
                    .is_none_or(|copies| copies == 0)
            {
                continue;
            }
            let mut finding = context
                .value(
                    deployment,
                    &[service, "replicaCount"],
                    format!("`{service}` grows by itself: a fixed number of copies has no effect"),
                    "has no effect",
                )
                .help("remove it, or set autoscaling.enabled: false")
                .label(
                    deployment.place(&[service, "autoscaling", "enabled"]),
                    "grows by itself",
                );
            finding.severity = Severity::Info;
            found.push(finding);
        }
    }
}

/// A service cannot stay at one size while all others grow.
pub(super) fn autoscaling_not_off(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&GROW))
    {
        for (service, block) in deployment.blocks() {
            let own = block.path(&["autoscaling", "enabled"]);
            if own.is_none_or(|own| own.is_null() || flag_of(own)) {
                continue;
            }
            found.push(
                context
                    .value(deployment, &[service, "autoscaling", "enabled"], format!("`{service}` gets an autoscaler all the same, beside a fixed number of copies: the chart takes `false` for not set"), "has no effect")
                    .help("set global.autoscaling.enabled: false, and true for the services that shall grow")
                    .label(deployment.place(&GROW), "switched on for all"),
            );
        }
    }
}
