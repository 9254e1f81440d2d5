//! Each add-on has one owner, who has what it needs to install it.

use super::{Subject, subjects};
use crate::catalog::Fits;
use crate::contract::Watch;
use crate::diagnostic::Diagnostics;
use crate::model::Mode;
use crate::model::cluster::{Delivery, Platform};
use crate::model::nodes::Provisioner;
use crate::rules::context::{FleetContext, is_rendered};

/// The chart's own Alloy.
const COLLECTOR: &str = "grafana-alloy";
/// What nodes have before Argo CD can run on them, by its name among add-ons, and what they do not have without it.
const FIRST: [(&str, &str); 3] = [
    ("coreDNS", "find no name"),
    ("kube-proxy", "reach no service"),
    ("vpc-cni", "have no network"),
];

/// An add-on is installed by EKS or by Argo CD.
pub(crate) fn addon_owned_twice(context: &FleetContext<'_>, found: &mut Diagnostics) {
    collected_twice(context, found);
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
            let mut finding = context
                .finding(&named, message)
                .help(help)
                .label(subject.place(context, addon), "by Argo CD");
            if is_named {
                finding = finding.label(context.place(&eks), "by EKS");
            }
            found.push(finding);
        }
    }
}

/// What collects in a cluster is ours or the chart's: both are releases called `alloy` in one namespace.
fn collected_twice(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let watch = Watch::of(context.fleet);
    for subject in subjects(context) {
        let is_observed = subject.spec.delivery == Delivery::SpokePull
            && is_rendered(subject.spec.management.applications)
            && watch
                .watched()
                .any(|cluster| cluster.as_str() == subject.name);
        if !is_observed || subject.said(COLLECTOR) != Some(true) {
            continue;
        }
        let path = ["clusters", subject.name, "addons", COLLECTOR];
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "Alloy of the cluster `{}` is installed twice: as the add-on `{COLLECTOR}`, and as what collects for `observability`",
                        subject.name
                    ),
                )
                .help("switch the add-on off, or say observability: { profile: none } in the cluster's environments")
                .label(subject.place(context, COLLECTOR), "the chart's"),
        );
    }
}

/// Nodes of a new cluster have what they need before anything runs on them, Argo CD included.
pub(crate) fn addon_too_late(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let spec = subject.spec;
        // A cluster that was there before has them already; gen3-terraform lets EKS bring its own.
        let is_new = spec.platform == Platform::Eks
            && spec.management.terraform == Mode::Managed
            && !spec.terraform.is_one_root();
        if !is_new || subject.provisioner() == Provisioner::Auto {
            continue;
        }
        for (addon, what) in FIRST {
            // One that only raw values switch on is not taken from EKS.
            let named = spec.addons.get(addon);
            if !named.is_some_and(|named| named.enabled.unwrap_or(true)) {
                continue;
            }
            let path = ["clusters", subject.name, "addons", addon];
            found.push(
                context
                    .finding(
                        &path,
                        format!(
                            "`{addon}` of the cluster `{}` would come by way of Argo CD, which itself runs on nodes that {what} without it",
                            subject.name
                        ),
                    )
                    .help(format!(
                        "take `{addon}` out: EKS then installs it before there are nodes, and `eksAddons` pins its build"
                    ))
                    .label(context.place(&path), "taken from EKS here"),
            );
        }
    }
}

/// Network policies are kept to by one program.
pub(crate) fn network_policy_doubled(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let engines = context.fleet.policy_engines(subject.name);
        let [first, others @ ..] = &engines[..] else {
            continue;
        };
        if others.is_empty() {
            continue;
        }
        // The network of EKS in Auto Mode is there without being named.
        let named = others.iter().find(|engine| subject.said(engine).is_some());
        let path = ["clusters", subject.name, "addons", named.unwrap_or(first)];
        let mut finding = context
            .finding(
                &path,
                format!(
                    "`{}` keep to network policies in the cluster `{}`, each without knowing of the other: a packet passes only if all let it",
                    engines.join("` and `"),
                    subject.name
                ),
            )
            .help(if subject.spec.is_auto() {
                "take the add-on out: in Auto Mode the network of EKS keeps to policies itself, and nothing else can"
            } else {
                "keep one; where neither is named, network policies bring `calico`"
            });
        for engine in others
            .iter()
            .filter(|engine| subject.said(engine).is_some())
        {
            finding = finding.label(subject.place(context, engine), "one more");
        }
        found.push(finding.label(subject.place(context, first), "one"));
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
