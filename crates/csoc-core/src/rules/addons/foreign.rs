//! Nothing of another organization comes with an add-on.

use super::subjects;
use crate::diagnostic::Diagnostics;
use crate::model::cluster::Delivery;
use crate::rules::context::FleetContext;

/// Machines let in only whom this fleet lets in.
pub(crate) fn node_keys_foreign(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let values = ["clusters", subject.name, "nodes", "values"];
        let addon = ["clusters", subject.name, "addons", "karpenter-crds"];
        let pools = context.fleet.root.path(&values);
        let is_on = subject.said("karpenter-crds").unwrap_or(pools.is_some());
        if !is_on || subject.spec.delivery != Delivery::SpokePull {
            continue;
        }
        let path = if pools.is_some() { values } else { addon };
        found.push(
            context
                .finding(
                    &path,
                    format!("machines of the chart's node pools in the cluster `{}` fetch keys of another organization when they start, and answer requests without a token", subject.name),
                )
                .help("name `nodes.pools`, which are pools of this fleet's own, in place of the chart's (`karpenter-crds`)")
                .label(context.place(&path), "the chart's pools"),
        );
    }
}

/// What is measured and logged stays in the fleet.
pub(crate) fn telemetry_foreign(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let own = subject.raw.and_then(|raw| raw.get("alloy-configmap-data"));
        let is_on = subject.said("grafana-alloy") == Some(true);
        if !is_on || own.is_some() || subject.spec.delivery != Delivery::SpokePull {
            continue;
        }
        let path = ["clusters", subject.name, "addons", "grafana-alloy"];
        found.push(
            context
                .finding(
                    &path,
                    format!("`grafana-alloy` of the cluster `{}` sends metrics, logs and traces to hosts of another organization, which the chart names", subject.name),
                )
                .help("leave it off: `observability` collects for this fleet; or give values: { alloy-configmap-data: … } with hosts of your own")
                .label(context.place(&path), "sends elsewhere"),
        );
    }
}
