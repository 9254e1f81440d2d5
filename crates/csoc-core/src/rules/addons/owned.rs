//! Each add-on has one owner, who has what it needs to install it.

use super::{Subject, subjects};
use crate::catalog::Fits;
use crate::diagnostic::Diagnostics;
use crate::model::cluster::Delivery;
use crate::model::nodes::Provisioner;
use crate::rules::context::FleetContext;

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
