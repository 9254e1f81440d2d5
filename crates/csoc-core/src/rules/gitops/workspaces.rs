//! Rules about workspaces, and what else may be once in a cluster.

use std::collections::BTreeMap;

use super::context::GitopsContext;
use crate::diagnostic::Diagnostics;
use crate::gitops::Deployment;
use crate::value::{Node, json_read};

/// Where the proxy looks for workspaces.
const PROXY: [&str; 2] = ["ambassador", "jupyterNamespace"];
/// The settings of the launcher, as JSON in a text.
const LAUNCHER: [&str; 3] = ["hatchery", "hatchery", "json"];

/// The namespace that a deployment starts workspaces in, as far as it says so.
fn launched(deployment: &Deployment) -> Option<String> {
    if let Some(node) = deployment.get(&LAUNCHER) {
        let (settings, _) = json_read::read_json(node.text()?, node.span()?.file);
        return settings?
            .get("user-namespace")
            .and_then(Node::text)
            .map(str::to_owned);
    }
    let own = ["hatchery", "hatchery", "user-namespace"];
    deployment.text(&own).map(str::to_owned)
}

/// The proxy finds the workspaces.
pub(super) fn workspace_namespace_differs(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.runs("hatchery") && deployment.runs("ambassador"))
    {
        let (Some(launched), Some(looked)) = (launched(deployment), deployment.text(&PROXY)) else {
            continue;
        };
        if launched != looked {
            found.push(
                context
                    .value(deployment, &PROXY, format!("workspaces start in the namespace `{launched}`, and are looked for in `{looked}`"), "looked for")
                    .help(format!("set ambassador.jupyterNamespace: {launched}"))
                    .label(deployment.place(&LAUNCHER), "started"),
            );
        }
    }
}

/// Users of two deployments do not share a namespace.
pub(super) fn workspace_namespace_shared(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let mut first: BTreeMap<(&str, String), &Deployment> = BTreeMap::new();
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.runs("hatchery"))
    {
        let Some(namespace) = launched(deployment) else {
            continue;
        };
        let key = (&*deployment.cluster, namespace);
        let Some(other) = first.get(&key) else {
            first.insert(key, deployment);
            continue;
        };
        found.push(
            context
                .value(
                    deployment,
                    &LAUNCHER,
                    format!(
                        "workspaces of `{}` and `{}` start in one namespace, `{}`",
                        other.directory(),
                        deployment.directory(),
                        key.1
                    ),
                    "and here",
                )
                .help("give each its own: users see, and pay for, each other's workspaces")
                .label(other.place(&LAUNCHER), "started here"),
        );
    }
}

/// Workspaces know who their user is.
pub(super) fn workspace_tokens_off(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.runs("hatchery") && !deployment.runs("wts"))
    {
        found.push(
            context
                .value(deployment, &["wts", "enabled"], "workspaces run, and nothing gives them the tokens of their users", "off")
                .help("set wts.enabled: true; or switch hatchery off, which runs unless told otherwise")
                .label(deployment.place(&["hatchery", "enabled"]), "workspaces"),
        );
    }
}

/// One deployment of a cluster changes its pods.
pub(super) fn mutating_webhook_shared(context: &GitopsContext<'_>, found: &mut Diagnostics) {
    let path = ["mutatingWebhook", "enabled"];
    let mut first: BTreeMap<&str, &Deployment> = BTreeMap::new();
    for deployment in context
        .deployments()
        .filter(|deployment| deployment.is_on(&path))
    {
        let Some(other) = first.get(&*deployment.cluster) else {
            first.insert(&deployment.cluster, deployment);
            continue;
        };
        found.push(
            context
                .value(
                    deployment,
                    &path,
                    format!(
                        "`{}` and `{}` both install the webhook, which a cluster has once",
                        other.directory(),
                        deployment.directory()
                    ),
                    "and here",
                )
                .help("leave it to one of them")
                .label(other.place(&path), "installed here"),
        );
    }
}
