//! Rules about add-ons: each has one owner, what it needs, and a version that fits.

use super::context::{FleetContext, is_rendered};
use crate::catalog::{AddonCatalog, ComponentCatalog, Fits, numbers};
use crate::contract::EnvironmentContract;
use crate::diagnostic::Diagnostics;
use crate::model::cluster::{Cluster, Delivery, KUBERNETES_VERSION, Platform};
use crate::model::environment::Certificate;
use crate::model::nodes::Provisioner;
use crate::model::{Lifecycle, Mode};
use crate::value::Node;

/// A cluster whose add-ons are ours to say.
struct Subject<'a> {
    name: &'a str,
    spec: &'a Cluster,
    /// Raw values of cluster-level-resources, where somebody reads them.
    raw: Option<&'a Node>,
}

fn subjects<'a>(context: &FleetContext<'a>) -> impl Iterator<Item = Subject<'a>> {
    let fleet = context.fleet;
    fleet.clusters.iter().filter_map(move |(name, cluster)| {
        let spec = &cluster.spec;
        let management = spec.management;
        (is_rendered(management.applications) || is_rendered(management.values)).then(|| {
            let raw = fleet.root.path(&["clusters", name.as_str(), "values"]);
            Subject {
                name: name.as_str(),
                spec,
                raw: raw.filter(|_| spec.delivery == Delivery::SpokePull),
            }
        })
    })
}

impl Subject<'_> {
    /// What raw values or the model say of an add-on; nothing where they do not name it.
    fn said(&self, addon: &str) -> Option<bool> {
        let raw = self.raw.and_then(|raw| raw.path(&[addon, "enabled"]));
        if let Some(switch) = raw.and_then(Node::text) {
            return Some(switch == "true");
        }
        let settings = self.spec.addons.get(addon)?;
        Some(settings.enabled.unwrap_or(true))
    }

    /// Whether EKS makes and keeps what it can, by Terraform of ours.
    fn is_eks(&self) -> bool {
        self.spec.platform == Platform::Eks && self.spec.management.terraform != Mode::External
    }

    fn provisioner(&self) -> Provisioner {
        let nodes = self.spec.nodes.as_ref();
        nodes.map_or_else(Provisioner::default, |nodes| nodes.provisioner)
    }

    /// The version of an add-on that will run, if it does.
    fn version(&self, addon: &str) -> Option<String> {
        let given = self.spec.addons.get(addon);
        if let Some(version) = given.and_then(|given| given.version.as_ref()) {
            return Some(version.to_string());
        }
        if self.spec.delivery == Delivery::HubPush {
            let component = ComponentCatalog::embedded().of_addon(addon);
            return component.map(|(_, facts)| facts.version.clone());
        }
        AddonCatalog::embedded().get(addon)?.version.clone()
    }

    /// The environments on it that stay.
    fn environments<'c>(
        &self,
        context: &FleetContext<'c>,
    ) -> impl Iterator<Item = &'c EnvironmentContract> {
        let environments = context.contracts.environments.values();
        environments.filter(|environment| {
            environment.cluster.as_str() == self.name
                && environment.spec.lifecycle != Lifecycle::Retired
        })
    }
}

/// An add-on is installed by EKS or by Argo CD.
pub(crate) fn addon_owned_twice(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context).filter(Subject::is_eks) {
        let is_auto = subject.provisioner() == Provisioner::Auto;
        for (field, addon) in &Fits::embedded().eks {
            let by_argo = subject.said(addon) == Some(true);
            if !by_argo {
                continue;
            }
            let eks = ["clusters", subject.name, "eksAddons", field.as_str()];
            let named = ["clusters", subject.name, "addons", addon.as_str()];
            let is_named = context.fleet.root.path(&eks).is_some();
            // One that only raw values switch on is not taken from EKS.
            let only_raw = !subject
                .spec
                .addons
                .get(addon.as_str())
                .is_some_and(|it| it.enabled.unwrap_or(true));
            let (message, help) = if is_auto && addon != "external-dns" {
                (
                    format!(
                        "`{addon}` is part of EKS Auto Mode, which keeps it in the cluster `{}` itself",
                        subject.name
                    ),
                    format!(
                        "take `{addon}` out, or let something else make the nodes: nodes: {{ provisioner: managed }}"
                    ),
                )
            } else if is_named || (only_raw && addon != "external-dns") {
                (
                    format!(
                        "`{addon}` of the cluster `{}` is installed twice: by EKS (`eksAddons.{field}`) and by Argo CD",
                        subject.name
                    ),
                    format!(
                        "keep one: take `eksAddons.{field}` out, or switch the add-on off; one that `addons` names is left to Argo CD"
                    ),
                )
            } else {
                continue;
            };
            let place = if only_raw {
                context.place(&["clusters", subject.name, "values", addon])
            } else {
                context.place(&named)
            };
            let mut finding = context
                .finding(&named, message)
                .help(help)
                .label(place, "by Argo CD");
            if is_named {
                finding = finding.label(context.place(&eks), "by EKS");
            }
            found.push(finding);
        }
    }
}

/// An add-on that acts in the account has a role that it is.
pub(crate) fn addon_role_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context).filter(Subject::is_eks) {
        let account = context.fleet.account(subject.spec.account.as_str());
        let has_domain = account.is_some_and(|account| account.domain.is_some());
        for (addon, is_missing, why, help) in [
            (
                "karpenter",
                subject.provisioner() != Provisioner::Karpenter,
                "something else makes the nodes, so that it has neither a role nor a queue",
                "say nodes: { provisioner: karpenter }, or take the add-on out",
            ),
            (
                "external-dns",
                !has_domain,
                "its account has no zone, so that it has no role",
                "give the account its domain, or take the add-on out",
            ),
        ] {
            if !is_missing || subject.said(addon) != Some(true) {
                continue;
            }
            let path = ["clusters", subject.name, "addons", addon];
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "the add-on `{addon}` of the cluster `{}` cannot work: {why}",
                            subject.name
                        ),
                    )
                    .help(help)
                    .label(context.place(&path), "without a role"),
            );
        }
    }
}

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

/// Values of the chart cluster-level-resources are read by somebody.
pub(crate) fn cluster_values_unread(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        if subject.spec.delivery != Delivery::HubPush {
            continue;
        }
        for field in [&["values"][..], &["omit"], &["nodes", "values"]] {
            let path: Vec<&str> = ["clusters", subject.name]
                .into_iter()
                .chain(field.iter().copied())
                .collect();
            if context.fleet.root.path(&path).is_none() {
                continue;
            }
            found.push(
                context
                    .finding(
                        &path,
                        format!("`{}` of the cluster `{}` are values of cluster-level-resources, which nobody installs where the hub pushes", field.join("."), subject.name),
                    )
                    .help("say it of the add-on: addons: { NAME: { values: … } }; or let the cluster pull: delivery: spoke-pull")
                    .label(context.place(&path), "read by nobody"),
            );
        }
    }
}

/// Something that environments need of their cluster.
struct Need {
    addons: &'static [&'static str],
    /// Whether it is there without being named.
    is_implied: bool,
    is_needed: fn(&FleetContext<'_>, &EnvironmentContract) -> bool,
    field: &'static [&'static str],
    message: &'static str,
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
                // The network of EKS keeps to policies by itself where it is told to.
                let path = [
                    "clusters",
                    environment.cluster.as_str(),
                    "addons",
                    "vpc-cni",
                    "values",
                    "enableNetworkPolicy",
                ];
                let own = context.fleet.root.path(&path).and_then(Node::text);
                environment.spec.network_policies && own != Some("true")
            },
            field: &["networkPolicies"],
            message: "network policies are asked for",
        },
        found,
    );
}

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
