//! Rules about clusters: names, add-ons and the files of their values.

use super::accounts::list;
use super::context::GitopsContext;
use super::databases::DEPLOY;
use crate::diagnostic::{Diagnostics, Severity};
use crate::gitops::{Cluster, flag_of};
use crate::span::Span;
use crate::value::Node;

/// The add-on whose switch does not ask for a file.
const WITHOUT_FILE: &str = "cert-manager";
/// The add-on that is a directory of files.
const DIRECTORY: &str = "custom-objects";

/// The add-ons of a cluster with what is said of them.
fn addons(cluster: &Cluster) -> impl Iterator<Item = (&str, &Node)> {
    let entries = cluster
        .values
        .as_ref()
        .map_or(&[][..], |values| values.node.entries());
    entries
        .iter()
        .filter(|entry| entry.node.is_map())
        .map(|entry| (entry.key.as_str(), &entry.node))
}

/// Whether an add-on takes its values from a file.
fn has_file(addon: &Node) -> bool {
    addon
        .path(&["configuration", "enabled"])
        .is_some_and(flag_of)
}

/// A cluster is called as its directory.
pub(super) fn cluster_directory_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for cluster in context.repository.clusters() {
        let Some(name) = cluster
            .text(&["cluster"])
            .filter(|name| *name != &*cluster.directory)
        else {
            continue;
        };
        let uses: Vec<&str> = addons(cluster)
            .filter(|(addon, node)| {
                *addon != WITHOUT_FILE
                    && node.get("enabled").is_some_and(flag_of)
                    && (has_file(node) || *addon == DIRECTORY)
            })
            .map(|(addon, _)| addon)
            .collect();
        let effect = if uses.is_empty() {
            "no add-on looks for a file yet".to_owned()
        } else {
            format!("{} look for their values in `{name}/`", list(&uses))
        };
        let mut finding = context
            .cluster_value(
                cluster,
                &["cluster"],
                format!(
                    "the cluster is called `{name}`, and its directory `{}`: {effect}",
                    cluster.directory
                ),
                "another name",
            )
            .help("rename the directory, or the cluster");
        if uses.is_empty() {
            finding.severity = Severity::Warning;
        }
        found.push(finding);
    }
}

/// The values file of an add-on is read.
pub(super) fn addon_file_ignored(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for cluster in context
        .repository
        .clusters()
        .filter(|cluster| cluster.values.is_some())
    {
        for file in &cluster.addons {
            if cluster.is_on(&[&file.addon, "configuration", "enabled"]) {
                continue;
            }
            found.push(
                context
                    .finding(&cluster.directory, format!("nothing reads `{}`: `{}.configuration.enabled` is not true", file.path, file.addon))
                    .path(&file.path)
                    .help(format!("set {}.configuration.enabled: true in cluster-values.yaml, or remove the file", file.addon))
                    .label(file.file.map(Span::file_start), "has no effect"),
            );
        }
    }
}

/// An add-on that takes its values from a file has one.
pub(super) fn addon_file_missing(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for cluster in context.repository.clusters() {
        for (addon, node) in
            addons(cluster).filter(|(addon, node)| *addon != WITHOUT_FILE && has_file(node))
        {
            if cluster.addons.iter().any(|file| &*file.addon == addon) {
                continue;
            }
            let mut finding = context
                .cluster_value(cluster, &[addon, "configuration", "enabled"], format!("the values of `{addon}` are looked for in `{}/cluster-values/{addon}.yaml`, which is not there", cluster.directory), "asks for a file")
                .help(format!("add the file, or set {addon}.configuration.enabled: false"));
            if !node.get("enabled").is_some_and(flag_of) {
                finding.severity = Severity::Info;
            }
            found.push(finding);
        }
    }
}

/// What describes nodes is read by something.
pub(super) fn karpenter_crds_alone(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for cluster in context.repository.clusters() {
        let path = ["karpenter-crds", "enabled"];
        if cluster.is_on(&path) && !cluster.is_on(&["karpenter", "enabled"]) {
            found.push(
                context
                    .cluster_value(cluster, &path, "node pools are described, and `karpenter`, which makes nodes of them, is off", "read by nobody")
                    .help("switch karpenter on, too, or both off"),
            );
        }
    }
}

/// External Secrets serves the version that the chart asks for.
pub(crate) fn addon_version_old(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&DEPLOY))
    {
        let Some(cluster) = context.repository.values_of(deployment) else {
            continue;
        };
        let path = ["external-secrets", "targetRevision"];
        let asked = deployment
            .text(&["global", "externalSecrets", "apiVersion"])
            .unwrap_or("external-secrets.io/v1");
        let Some(version) = cluster
            .text(&path)
            .filter(|_| cluster.is_on(&["external-secrets", "enabled"]))
        else {
            continue;
        };
        let mut numbers = version
            .trim_start_matches('v')
            .split('.')
            .map(|part| part.parse::<u32>().ok());
        let (Some(Some(major)), Some(Some(minor))) = (numbers.next(), numbers.next()) else {
            continue;
        };
        if asked.ends_with("/v1") && (major, minor) < (0, 16) {
            found.push(
                context
                    .value(deployment, &DEPLOY, format!("External Secrets {version} does not know `{asked}`, which the chart asks for"), "needs 0.16 or newer")
                    .help("raise external-secrets.targetRevision to 0.16.2 in the cluster's values")
                    .label(cluster.place(&path), "too old"),
            );
        }
    }
}

/// Nodes are made in the networks of their cluster.
pub(super) fn karpenter_selector_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["karpenter-crds", "selectorTag"];
    for cluster in context
        .repository
        .clusters()
        .filter(|cluster| cluster.is_on(&["karpenter-crds", "enabled"]))
    {
        let Some(name) = cluster.text(&["cluster"]) else {
            continue;
        };
        let tag = cluster.text(&path).unwrap_or_default();
        if tag == name || Some(tag) == cluster.text(&["eksClusterName"]) {
            continue;
        }
        let message = if tag.is_empty() {
            "`selectorTag` is not set, and no network has an empty name".to_owned()
        } else {
            format!(
                "nodes are made in networks that are tagged `{tag}`, and the cluster is `{name}`"
            )
        };
        found.push(
            context
                .cluster_value(cluster, &path, message, "another name")
                .help(format!(
                    "write `{name}`, or what Terraform tagged the networks with"
                ))
                .label(cluster.place(&["cluster"]), "the cluster"),
        );
    }
}

/// The pools of the chart, with whether each is on where nobody says.
const POOLS: [(&str, bool); 5] = [
    ("default", true),
    ("gpu", false),
    ("jupyter", true),
    ("secondary", false),
    ("workflow", true),
];

/// Machines let in only whom the owner lets in.
pub(crate) fn node_keys_foreign(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["karpenter-crds", "enabled"];
    for cluster in context.repository.clusters() {
        let is_on = |(pool, default): (&str, bool)| {
            let switch = cluster.get(&["karpenter-crds", pool, "enabled"]);
            switch.map_or(default, flag_of)
        };
        if !cluster.is_on(&path) || !POOLS.into_iter().any(is_on) {
            continue;
        }
        found.push(
            context
                .cluster_value(cluster, &path, "machines of the chart's node pools fetch keys of another organization when they start, and answer requests without a token", "the chart's pools")
                .help("keep `karpenter-crds` off, and give node pools of your own as custom objects"),
        );
    }
}

/// What is measured and logged stays with its owner.
pub(crate) fn telemetry_foreign(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["grafana-alloy", "enabled"];
    for cluster in context.repository.clusters() {
        if !cluster.is_on(&path) || cluster.get(&["alloy-configmap-data"]).is_some() {
            continue;
        }
        found.push(
            context
                .cluster_value(cluster, &path, "`grafana-alloy` sends metrics, logs and traces to the hosts that the chart names, which are of another organization", "sends elsewhere")
                .help("give `alloy-configmap-data` with hosts of your own, or switch it off"),
        );
    }
}
