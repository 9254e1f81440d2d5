//! Rules about clusters, add-ons and what the fleet as a whole must say.

use super::context::{FleetContext, is_rendered};
use crate::catalog::{AddonCatalog, numbers};
use crate::diagnostic::Diagnostics;
use crate::model::Provider;
use crate::model::cluster::{Delivery, Platform};

/// Environments that Argo CD runs have a repository that it reads.
pub(crate) fn gitops_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let count = context
        .environments()
        .filter(|(_, environment)| is_rendered(environment.spec.management.applications))
        .count();
    if count > 0 && context.fleet.spec.gitops.is_none() {
        found.push(
            context
                .finding(
                    &["gitops"],
                    "the fleet names no repository that Argo CD reads",
                )
                .help("add gitops: { repository: https://…, revision: main } to `fleet.yaml`")
                .label(context.place(&[]), "`gitops` is missing here"),
        );
    }
}

/// Terraform that we write has a bucket for its state.
pub(crate) fn state_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let any = context.fleet.accounts.values().any(|account| {
        account.provider == Provider::Aws && is_rendered(account.management.terraform)
    });
    if any && context.fleet.spec.terraform.state.is_none() {
        found.push(
            context
                .finding(
                    &["terraform", "state"],
                    "the fleet names no bucket for Terraform's state",
                )
                .help("add terraform: { state: { bucket: NAME, region: REGION } } to `fleet.yaml`")
                .label(
                    context.place(&["terraform"]),
                    "`terraform.state` is missing here",
                ),
        );
    }
}

/// Environments and clusters that we write have a chart that runs them.
pub(crate) fn charts_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let charts = &context.fleet.spec.charts;
    let environments = context
        .environments()
        .any(|(_, environment)| is_rendered(environment.spec.management.applications));
    let clusters = context
        .fleet
        .clusters
        .values()
        .any(|cluster| is_rendered(cluster.spec.management.applications));
    for (wanted, is_missing, key, what) in [
        (environments, charts.gen3.is_none(), "gen3", "environments"),
        (
            clusters,
            charts.cluster_level_resources.is_none(),
            "clusterLevelResources",
            "clusters",
        ),
    ] {
        if wanted && is_missing {
            let path = ["charts", key];
            found.push(
                context
                    .finding(&path, format!("the fleet pins no chart `{key}` for its {what}"))
                    .help(format!("add charts: {{ {key}: {{ repository: https://helm.gen3.org, revision: VERSION }} }} to `fleet.yaml`"))
                    .label(context.place(&path), format!("`charts.{key}` is missing here")),
            );
        }
    }
}

/// Applications that the hub pushes have a hub cluster whose Argo CD does it.
pub(crate) fn hub_cluster_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let hub = context.fleet.spec.hub.as_ref();
    if hub.is_some_and(|hub| hub.cluster.is_some()) {
        return;
    }
    for (name, cluster) in &context.fleet.clusters {
        if cluster.spec.delivery == Delivery::HubPush {
            let path = ["clusters", name.as_str(), "delivery"];
            found.push(
                context
                    .finding(&path, format!("the cluster `{name}` is served by the hub, which has no cluster"))
                    .help("name the hub's cluster: hub: { account: NAME, cluster: NAME }, or let the cluster pull: delivery: spoke-pull")
                    .label(context.place(&path), "served by the hub")
                    .label(context.place(&["hub"]), "`hub.cluster` is missing here"),
            );
        }
    }
}

/// No cluster takes the name of a directory that is ours.
pub(crate) fn cluster_name_reserved(context: &FleetContext<'_>, found: &mut Diagnostics) {
    if context.fleet.cluster("hub").is_some() {
        let path = ["clusters", "hub"];
        found.push(
            context
                .finding(&path, "a cluster may not be named `hub`")
                .help("give it another name: `gitops/hub/` holds what the hub's Argo CD reads")
                .label(context.place(&path), "named here"),
        );
    }
}

/// A cluster's platform is one of its account's cloud.
pub(crate) fn platform_account_mismatch(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster) in &context.fleet.clusters {
        let Some(account) = context.fleet.account(cluster.spec.account.as_str()) else {
            continue;
        };
        let (platform, provider) = match cluster.spec.platform {
            Platform::Eks => ("eks", Provider::Aws),
            Platform::Gke => ("gke", Provider::Gcp),
            Platform::Aks => ("aks", Provider::Azure),
            _ => continue,
        };
        if account.provider != provider {
            let path = ["clusters", name.as_str(), "platform"];
            let there = ["accounts", cluster.spec.account.as_str(), "provider"];
            found.push(
                context
                    .finding(&path, format!("the platform `{platform}` of the cluster `{name}` is none of its account's cloud"))
                    .help("set the `platform` that the cluster is, or name an account of that cloud")
                    .label(context.place(&path), format!("`{platform}`"))
                    .label(context.place(&there), "the account's cloud"),
            );
        }
    }
}

/// An add-on is new enough for what the chart writes.
pub(crate) fn addon_version_old(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster) in &context.fleet.clusters {
        for (addon, facts) in AddonCatalog::embedded().iter() {
            let used = cluster.spec.addons.get(addon);
            let used = used.filter(|used| used.enabled != Some(false));
            let version = used.and_then(|used| used.version.as_ref());
            let (Some(version), Some(oldest)) = (version, &facts.oldest) else {
                continue;
            };
            if numbers(version.as_str()) < numbers(oldest.as_str()) {
                let path = ["clusters", name.as_str(), "addons", addon, "version"];
                found.push(
                    context
                        .finding(&path, format!("the add-on `{addon}` is of version `{version}`, and the chart's manifests need `{oldest}` or newer"))
                        .help(format!("set a version from {oldest} on"))
                        .label(context.place(&path), "too old"),
                );
            }
        }
    }
}
