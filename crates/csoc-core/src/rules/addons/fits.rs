//! Versions of add-ons fit Kubernetes, each other and the charts.

use super::subjects;
use crate::catalog::{Fits, numbers};
use crate::diagnostic::Diagnostics;
use crate::model::cluster::KUBERNETES_VERSION;
use crate::model::nodes::Provisioner;
use crate::rules::context::FleetContext;
use crate::value::Node;

/// Karpenter knows the cluster's Kubernetes.
pub(crate) fn karpenter_version_old(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let is_on = subject
            .said("karpenter")
            .unwrap_or(subject.is_eks() && subject.provisioner() == Provisioner::Karpenter);
        let Some(version) = subject.version("karpenter").filter(|_| is_on) else {
            continue;
        };
        let kubernetes = match &subject.spec.version {
            Some(version) => version.as_str(),
            None if subject.is_eks() => KUBERNETES_VERSION,
            None => continue,
        };
        let [major, minor, _] = numbers(kubernetes);
        let Some(oldest) = Fits::embedded().karpenter.get(&format!("{major}.{minor}")) else {
            continue;
        };
        if numbers(&version) >= numbers(oldest.as_str()) {
            continue;
        }
        let path = ["clusters", subject.name, "addons", "karpenter", "version"];
        let cluster = ["clusters", subject.name, "version"];
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "Karpenter {version} does not know Kubernetes {kubernetes} of the cluster `{}`, which needs {oldest} or newer",
                        subject.name
                    ),
                )
                .help(format!("say addons: {{ karpenter: {{ version: {oldest} }} }}, and move the cluster's version afterwards"))
                .label(context.place(&path), format!("Karpenter {version}"))
                .label(context.place(&cluster), format!("Kubernetes {kubernetes}")),
        );
    }
}

/// External Secrets still serves what an environment's chart writes.
pub(crate) fn addon_version_new(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let is_on = subject.said("external-secrets").unwrap_or(true);
        let Some(version) = subject.version("external-secrets").filter(|_| is_on) else {
            continue;
        };
        for environment in subject.environments(context) {
            let field = ["values", "global", "externalSecrets", "apiVersion"];
            let resolved = context.fleet.environments.get(&environment.at);
            let asked = resolved.and_then(|it| it.layers.merged.path(&field));
            let Some(asked) = asked.and_then(Node::text) else {
                continue;
            };
            let Some(before) = Fits::embedded().external_secrets.get(asked) else {
                continue;
            };
            if numbers(&version) < numbers(before.as_str()) {
                continue;
            }
            let path = [
                "clusters",
                subject.name,
                "addons",
                "external-secrets",
                "version",
            ];
            found.push(
                context
                    .environment_finding(
                        &environment.at,
                        &field,
                        format!("External Secrets {version} of the cluster `{}` no longer serves `{asked}`; versions before {before} do", subject.name),
                    )
                    .help("take the value out: the chart then asks for external-secrets.io/v1")
                    .label(context.environment_place(&environment.at, &field), "asked for here")
                    .label(context.place(&path), format!("External Secrets {version}")),
            );
        }
    }
}
