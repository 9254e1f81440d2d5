//! What environments need is installed in their cluster.

use super::subjects;
use super::wanted::{self, Want};
use crate::contract::EnvironmentContract;
use crate::diagnostic::Diagnostics;
use crate::model::cluster::Platform;
use crate::model::environment::Certificate;
use crate::rules::context::FleetContext;
use crate::value::Node;

/// Something that environments need of their cluster.
struct Need {
    addons: &'static [&'static str],
    /// Whether it is there without being named.
    is_implied: bool,
    is_needed: fn(&FleetContext<'_>, &EnvironmentContract) -> bool,
    field: &'static [&'static str],
    message: &'static str,
    /// What the cluster itself has that needs it, whoever is on it.
    of_cluster: fn(&FleetContext<'_>, &str) -> Vec<Want>,
}

/// Findings where a cluster does not have what an environment needs.
fn needs(context: &FleetContext<'_>, need: &Need, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let is_there = |addon: &str| {
            subject
                .said(addon)
                .unwrap_or(need.is_implied && addon == need.addons[0])
        };
        if need.addons.iter().any(|addon| is_there(addon)) {
            continue;
        }
        of_cluster(context, need, subject.name, found);
        for environment in subject.environments(context) {
            if !(need.is_needed)(context, environment) {
                continue;
            }
            let names = need.addons.join("` or `");
            let cluster = ["clusters", subject.name, "addons", need.addons[0]];
            found.push(
                context
                    .environment_finding(
                        &environment.at,
                        need.field,
                        format!("{}, and the cluster `{}` does not install `{names}`", need.message, subject.name),
                    )
                    .help("switch it on in the cluster's `addons`; where it is installed in another way, accept the finding in a baseline")
                    .label(context.environment_place(&environment.at, need.field), "needs it")
                    .label(context.place(&cluster), "not installed"),
            );
        }
    }
}

/// The finding where what a cluster itself has needs what it does not install.
fn of_cluster(context: &FleetContext<'_>, need: &Need, cluster: &str, found: &mut Diagnostics) {
    let wants = (need.of_cluster)(context, cluster);
    let Some(first) = wants.first() else {
        return;
    };
    let names = need.addons.join("` or `");
    let what: Vec<&str> = wants.iter().map(|want| &*want.what).collect();
    let path = ["clusters", cluster, "addons", need.addons[0]];
    let of_want: Vec<&str> = first.path.iter().map(String::as_str).collect();
    found.push(
        context
            .finding(
                &path,
                format!(
                    "the cluster `{cluster}` does not install `{names}`, which {} need",
                    what.join(", and ")
                ),
            )
            .help("switch it on in the cluster's `addons`; where it is installed in another way, accept the finding in a baseline")
            .label(context.place(&path), "not installed")
            .label(context.place(&of_want), "needs it"),
    );
}

/// Whoever reads secrets has something that does.
pub(crate) fn external_secrets_uninstalled(context: &FleetContext<'_>, found: &mut Diagnostics) {
    needs(
        context,
        &Need {
            addons: &["external-secrets"],
            is_implied: true,
            is_needed: |_, environment| !environment.secrets.is_empty(),
            field: &["secretStore"],
            message: "secrets come from the secret manager",
            of_cluster: wanted::secrets,
        },
        found,
    );
}

/// Whoever asks for a load balancer has something that makes it.
pub(crate) fn alb_controller_uninstalled(context: &FleetContext<'_>, found: &mut Diagnostics) {
    needs(
        context,
        &Need {
            addons: &["alb-controller"],
            is_implied: true,
            is_needed: |context, environment| {
                let cluster = context.fleet.cluster(environment.cluster.as_str());
                cluster.is_some_and(|cluster| cluster.spec.platform == Platform::Eks)
            },
            field: &["loadBalancer"],
            message: "a load balancer leads to it",
            of_cluster: wanted::entrances,
        },
        found,
    );
}

/// Whoever takes a certificate from cert-manager has one.
pub(crate) fn cert_manager_uninstalled(context: &FleetContext<'_>, found: &mut Diagnostics) {
    needs(
        context,
        &Need {
            addons: &["cert-manager"],
            is_implied: false,
            is_needed: |context, environment| {
                let field = ["values", "mutatingWebhook", "enabled"];
                let resolved = context.fleet.environments.get(&environment.at);
                let switch = resolved.and_then(|it| it.layers.merged.path(&field));
                switch.and_then(Node::text) == Some("true")
            },
            field: &["values", "mutatingWebhook", "enabled"],
            message: "the webhook takes its certificate from cert-manager",
            of_cluster: wanted::nothing,
        },
        found,
    );
    needs(
        context,
        &Need {
            addons: &["cert-manager"],
            is_implied: true,
            is_needed: |_, environment| {
                matches!(
                    environment.spec.certificate,
                    Certificate::LeDns01 | Certificate::LeHttp01
                )
            },
            field: &["certificate"],
            message: "the certificate is issued by way of cert-manager",
            of_cluster: wanted::nothing,
        },
        found,
    );
}

/// Whoever starts workflows has something that runs them.
pub(crate) fn argo_workflows_uninstalled(context: &FleetContext<'_>, found: &mut Diagnostics) {
    needs(
        context,
        &Need {
            addons: &["argo-workflows"],
            is_implied: false,
            is_needed: |_, environment| environment.runs("argo-wrapper"),
            field: &["services", "argo-wrapper"],
            message: "`argo-wrapper` starts workflows",
            of_cluster: wanted::nothing,
        },
        found,
    );
}

/// Whoever grows with its load has something that measures it.
pub(crate) fn metrics_server_uninstalled(context: &FleetContext<'_>, found: &mut Diagnostics) {
    needs(
        context,
        &Need {
            addons: &["metrics-server"],
            is_implied: true,
            is_needed: |_, environment| {
                environment.services.iter().any(|service| {
                    let scaling = service.settings.autoscaling.as_ref();
                    service.enabled && scaling.is_some_and(|scaling| scaling.enabled)
                })
            },
            field: &["services"],
            message: "services grow with their load",
            of_cluster: wanted::nothing,
        },
        found,
    );
}

/// Whoever limits traffic has something that does.
pub(crate) fn network_policy_unenforced(context: &FleetContext<'_>, found: &mut Diagnostics) {
    needs(
        context,
        &Need {
            addons: &["calico", "cilium"],
            is_implied: true,
            is_needed: |context, environment| {
                let engines = context.fleet.policy_engines(environment.cluster.as_str());
                environment.spec.network_policies && engines.is_empty()
            },
            field: &["networkPolicies"],
            message: "network policies are asked for",
            of_cluster: wanted::nothing,
        },
        found,
    );
}
