//! Rules about a cluster's own Argo CD, and the repository that it reads.

use super::context::{FleetContext, is_rendered};
use crate::contract::{ClusterContract, HubServiceKind};
use crate::diagnostic::Diagnostics;
use crate::model::cluster::{Delivery, Platform};

/// The clusters that get an Argo CD of their own.
fn delivered<'a>(context: &FleetContext<'a>) -> impl Iterator<Item = &'a ClusterContract> {
    let clusters = context.contracts.clusters.values();
    clusters.filter(|cluster| {
        let eks = cluster.eks.as_ref();
        eks.is_some_and(|eks| eks.delivery.is_some())
    })
}

/// A credential is one that the repository's address can be shown.
pub(crate) fn repository_credential_unfitting(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(gitops) = &context.fleet.spec.gitops else {
        return;
    };
    let Some(credential) = gitops.credential else {
        return;
    };
    let is_ssh = !gitops.repository.as_str().starts_with("https://");
    if credential.is_ssh() == is_ssh {
        return;
    }
    let (message, help) = if is_ssh {
        (
            format!(
                "`{}` is reached over SSH, which takes no `{}`",
                gitops.repository,
                credential.as_str()
            ),
            "say credential: ssh-key, or name the repository by its address with `https://`",
        )
    } else {
        (
            format!(
                "`{}` is reached over HTTPS, which takes no key of SSH",
                gitops.repository
            ),
            "say credential: token or github-app, or name the repository as `git@HOST:PATH`",
        )
    };
    let path = ["gitops", "credential"];
    found.push(
        context
            .finding(&path, message)
            .help(help)
            .label(context.place(&path), "does not fit")
            .label(context.place(&["gitops", "repository"]), "the repository"),
    );
}

/// A repository that is reached over SSH wants a key.
pub(crate) fn repository_credential_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(gitops) = &context.fleet.spec.gitops else {
        return;
    };
    let is_ssh = !gitops.repository.as_str().starts_with("https://");
    let Some(cluster) = delivered(context).next() else {
        return;
    };
    if !is_ssh || gitops.credential.is_some() {
        return;
    }
    let path = ["gitops", "repository"];
    found.push(
        context
            .finding(
                &path,
                format!(
                    "`{}` is reached over SSH, and the Argo CD of the cluster `{}` has no key to show",
                    gitops.repository, cluster.name
                ),
            )
            .help("add credential: ssh-key, or name the repository by its address with `https://` if everyone may read it")
            .label(context.place(&path), "nobody reads it without a key"),
    );
}

/// Whoever is to hear of an environment's syncs does.
///
/// Of the Argo CDs that we install only the hub's sends: what it sends with is among the hub's secrets.
pub(crate) fn notifications_unsent(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let hub = context.contracts.hub.as_ref();
    let services = hub.and_then(|hub| hub.services.as_ref());
    let told = hub.and_then(|hub| hub.spec.argocd.as_ref()?.notifications.as_ref());
    for environment in context.contracts.environments.values() {
        let spec = &environment.spec;
        let Some(cluster) = context.fleet.cluster(environment.cluster.as_str()) else {
            continue;
        };
        let sender = match cluster.spec.delivery {
            Delivery::SpokePull => Some(&environment.cluster),
            Delivery::HubPush => context
                .fleet
                .spec
                .hub
                .as_ref()
                .and_then(|hub| hub.cluster.as_ref()),
        };
        let Some(sender) = sender
            .and_then(|sender| delivered(context).find(|cluster| cluster.name == *sender))
            .filter(|_| is_rendered(spec.management.applications))
        else {
            continue;
        };
        let is_hub = services.is_some_and(|services| {
            services.cluster == sender.name && services.runs(HubServiceKind::ArgoCd)
        });
        let told = told.filter(|_| is_hub);
        for (field, is_asked, is_sent, setting) in [
            (
                "channels",
                !spec.notifications.channels.is_empty(),
                told.is_some_and(|told| !told.slack.is_empty()),
                "slack: [CHANNEL]",
            ),
            (
                "emails",
                !spec.notifications.emails.is_empty(),
                told.is_some_and(|told| told.email.is_some()),
                "email: { host: …, from: …, to: [] }",
            ),
        ] {
            if !is_asked || is_sent {
                continue;
            }
            let path = ["notifications", field];
            let is_pushed = cluster.spec.delivery == Delivery::HubPush;
            let help = if is_hub || is_pushed {
                format!(
                    "add hub: {{ argocd: {{ notifications: {{ {setting} }} }} }}, and fill the secret `hub/argocd-notifications`"
                )
            } else {
                format!(
                    "let the hub deliver to it (delivery: hub-push), or take `{field}` out: the cluster's own Argo CD sends nothing"
                )
            };
            found.push(
                context
                    .environment_finding(
                        &environment.at,
                        &path,
                        format!("nobody in `{field}` hears of syncs of `{}`: Argo CD of the cluster `{}` has nothing to send with", spec.hostname, sender.name),
                    )
                    .help(help)
                    .label(context.environment_place(&environment.at, &path), "hears of nothing"),
            );
        }
    }
}

/// Settings of an Argo CD are of one that we install.
pub(crate) fn argocd_unused(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster) in &context.fleet.clusters {
        let spec = &cluster.spec;
        let contract = context.contracts.clusters.get(name);
        let eks = contract.and_then(|contract| contract.eks.as_ref());
        let is_installed = eks.is_some_and(|eks| eks.delivery.is_some());
        if spec.argocd.is_none() || is_installed {
            continue;
        }
        let (why, help) = if spec.delivery == Delivery::HubPush {
            (
                "the hub's Argo CD pushes to it",
                "take `argocd` out, or say delivery: spoke-pull",
            )
        } else if spec.platform != Platform::Eks {
            (
                "Argo CD is installed only in clusters on EKS",
                "take `argocd` out, and install Argo CD beside gen3-csoc",
            )
        } else if context.fleet.spec.gitops.is_none() {
            (
                "the fleet names no repository that it could read",
                "add `gitops` to fleet.yaml",
            )
        } else {
            (
                "somebody else owns the cluster's Terraform or its applications",
                "take `argocd` out, or let the cluster be managed",
            )
        };
        let path = ["clusters", name.as_str(), "argocd"];
        found.push(
            context
                .finding(
                    &path,
                    format!("`argocd` of the cluster `{name}` is without effect: {why}"),
                )
                .help(help)
                .label(context.place(&path), "nothing is installed"),
        );
    }
}
