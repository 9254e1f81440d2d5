//! Rules about what the hub's Argo CD delivers, and about what projects of Argo CD are to hold.

use super::context::{FleetContext, is_rendered};
use crate::catalog::ComponentCatalog;
use crate::contract::EnvironmentContract;
use crate::diagnostic::Diagnostics;
use crate::model::cluster::{Delivery, Platform};
use crate::model::name::ObjectName;
use crate::resolve::ResolvedCluster;

/// Directories below `gitops/hub/` that hold what is of no cluster.
const DIRECTORIES: [&str; 3] = ["argocd", "clusters", "commons"];
/// Projects of Argo CD that are of no commons: its own, and that of what clusters have beside commons.
const PROJECTS: [&str; 2] = ["default", "platform"];

/// The hub's cluster, where it is one of the fleet's.
pub(super) fn hub<'a>(context: &FleetContext<'a>) -> Option<(&'a ObjectName, &'a ResolvedCluster)> {
    let name = context.fleet.spec.hub.as_ref()?.cluster.as_ref()?;
    context.fleet.clusters.get_key_value(name)
}

/// What a cluster that the hub pushes to has beside its components, by the ends of the names of its Applications.
const BESIDE: [&str; 2] = ["custom-objects", "platform"];

/// The clusters that the hub is to push to, without its own.
pub(super) fn pushed<'a>(
    context: &FleetContext<'a>,
) -> impl Iterator<Item = (&'a ObjectName, &'a ResolvedCluster)> {
    let hub = hub(context).map(|(name, _)| name);
    let clusters = context.fleet.clusters.iter();
    clusters.filter(move |(name, cluster)| {
        cluster.spec.delivery == Delivery::HubPush && Some(*name) != hub
    })
}

/// Nobody delivers Argo CD to the cluster that Argo CD delivers from.
pub(crate) fn delivery_cycle(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some((name, cluster)) = hub(context) else {
        return;
    };
    if cluster.spec.delivery != Delivery::HubPush {
        return;
    }
    let path = ["clusters", name.as_str(), "delivery"];
    found.push(
        context
            .finding(
                &path,
                format!(
                    "the hub's cluster `{name}` is to be pushed to by the hub, which is itself"
                ),
            )
            .help("say delivery: spoke-pull: the hub's Argo CD pulls what its own cluster runs")
            .label(context.place(&path), "waits for itself")
            .label(context.place(&["hub", "cluster"]), "the hub's cluster"),
    );
}

/// Somebody installs the Argo CD that pushes.
pub(crate) fn hub_argocd_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let (Some((name, cluster)), Some((served, _))) = (hub(context), pushed(context).next()) else {
        return;
    };
    let contract = context.contracts.clusters.get(name);
    let eks = contract.and_then(|contract| contract.eks.as_ref());
    let is_installed = eks.is_some_and(|eks| eks.delivery.is_some());
    if is_installed || cluster.spec.delivery == Delivery::HubPush {
        return;
    }
    let (why, field) = if cluster.spec.platform != Platform::Eks {
        ("it is not on EKS", "platform")
    } else if context.fleet.spec.gitops.is_none() {
        return;
    } else {
        (
            "somebody else owns its Terraform or its applications",
            "management",
        )
    };
    let path = ["clusters", name.as_str(), field];
    found.push(
        context
            .finding(
                &path,
                format!("the hub's cluster `{name}` pushes to `{served}`, and nothing of this fleet installs its Argo CD: {why}"),
            )
            .help("install Argo CD there by hand, with `--enable-progressive-syncs`, and apply `gitops/CLUSTER/argocd/`; or name a cluster on EKS whose Terraform is managed")
            .label(context.place(&path), "of the hub's cluster")
            .label(
                context.place(&["clusters", served.as_str(), "delivery"]),
                "pushed to",
            ),
    );
}

/// Argo CD of the hub knows as whom it speaks to a cluster.
pub(crate) fn cluster_registration_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    if hub(context).is_none() {
        return;
    }
    for (name, cluster) in pushed(context) {
        let is_linked = context.contracts.clusters.contains_key(name);
        let has_login = context.contracts.login(name).is_some();
        // What could not be linked is an error of its own.
        if has_login || !is_linked || !is_rendered(cluster.spec.management.applications) {
            continue;
        }
        let (why, help, at) = unspoken(context, name);
        let path = ["clusters", name.as_str(), "delivery"];
        found.push(
            context
                .finding(
                    &path,
                    format!("the hub's Argo CD has no way to speak to the cluster `{name}`: {why}"),
                )
                .help(format!("{help}; or register the cluster by hand and say management: {{ applications: external }}"))
                .label(context.place(&path), "cannot be registered")
                .label(context.place(&at), "therefore"),
        );
    }
}

/// Why there is nothing that the hub's Argo CD could speak to a cluster as, what mends it, and what says so.
fn unspoken<'a>(
    context: &FleetContext<'a>,
    name: &'a ObjectName,
) -> (String, String, Vec<&'a str>) {
    let eks = context.contracts.clusters.get(name);
    let has_eks = eks.is_some_and(|contract| contract.eks.is_some());
    if has_eks {
        return (
            "nothing of this fleet makes a role for its Argo CD, so that no role in the cluster could trust it".to_owned(),
            "name the role that the hub's Argo CD is: hub: { argocdRole: arn:aws:iam::111122223333:role/argocd }, or let the hub's cluster be one on EKS whose Terraform is managed".to_owned(),
            vec!["hub", "cluster"],
        );
    }
    let how = "no role of ours is in it, and a token for it could only be read by a role of the hub's cluster";
    let Some(hub) = &context.contracts.hub else {
        return (
            format!("{how}, whose account is somebody else's"),
            "let the hub's account, or the cluster, be managed".to_owned(),
            vec!["hub", "account"],
        );
    };
    let cluster = hub.spec.cluster.as_ref();
    let cluster = cluster.and_then(|name| context.fleet.clusters.get(name));
    if cluster.is_some_and(|cluster| cluster.spec.account != hub.account) {
        return (
            format!(
                "{how}, which is not in the account `{}` of the hub",
                hub.account
            ),
            "make the account of the hub's cluster the hub's, or let the cluster be managed"
                .to_owned(),
            vec!["hub", "account"],
        );
    }
    (
        format!("{how}, whose Terraform is somebody else's"),
        "let the hub's cluster, or this one, be one on EKS whose Terraform is managed".to_owned(),
        vec!["hub", "cluster"],
    )
}

/// No cluster that is pushed to takes the name of a directory that is ours.
pub(crate) fn cluster_directory_reserved(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, _) in pushed(context).filter(|(name, _)| DIRECTORIES.contains(&name.as_str())) {
        let path = ["clusters", name.as_str()];
        found.push(
            context
                .finding(
                    &path,
                    format!("a cluster that the hub pushes to may not be named `{name}`"),
                )
                .help(format!(
                    "give it another name: `gitops/hub/{name}/` holds what is of no cluster"
                ))
                .label(context.place(&path), "named here"),
        );
    }
}

/// No commons takes the name of a project that is not its own.
pub(crate) fn project_name_reserved(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for name in PROJECTS {
        let mut own = context.linked().filter(|(at, contract)| {
            at.commons.as_str() == name && contract.spec.application.project.is_none()
        });
        if own.next().is_none() {
            continue;
        }
        let path = ["commons", name];
        found.push(
            context
                .finding(
                    &path,
                    format!("the commons `{name}` would have Argo CD's project `{name}`, which is of no commons"),
                )
                .help("give the commons another name, or its environments a project: application: { project: NAME }")
                .label(context.place(&path), "named here"),
        );
    }
}

/// No environment's application is called as one that holds others.
pub(crate) fn application_name_reserved(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, contract) in context.linked() {
        let Some(what) = reserved(context, contract) else {
            continue;
        };
        let field = ["identity", "application"];
        found.push(
            context
                .environment_finding(
                    at,
                    &field,
                    format!(
                        "the application `{}` is called as {what} in the same Argo CD",
                        contract.application.name
                    ),
                )
                .help("set `identity.application` to another name, or change the naming rule `argocd-application`")
                .label(context.environment_place(at, &field), "one of the two is lost"),
        );
    }
}

/// What else is called as an environment's application.
fn reserved(context: &FleetContext<'_>, contract: &EnvironmentContract) -> Option<&'static str> {
    let name = contract.application.name.as_str();
    let instance = contract.application.instance.as_str();
    if name.strip_suffix("-root") == Some(instance) {
        return Some("the root");
    }
    let is_hub = hub(context).is_some_and(|(hub, _)| hub.as_str() == instance);
    match name {
        "hub" if is_hub => return Some("what makes the applications that the hub pushes"),
        "cluster-level-resources" => return Some("what installs the cluster's add-ons"),
        _ => {}
    }
    let component = |name: &str| ComponentCatalog::embedded().get(name).is_some();
    let holds = |name: &str| component(name) || BESIDE.contains(&name);
    let of_pushed = is_hub
        && pushed(context).any(|(cluster, _)| {
            let rest = name.strip_prefix(cluster.as_str());
            rest.and_then(|rest| rest.strip_prefix('-'))
                .is_some_and(holds)
        });
    (component(name) || of_pushed).then_some("a component of a cluster")
}

/// Groups and windows stand in a project of ours.
pub(crate) fn project_settings_unused(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (at, contract) in context.linked() {
        let spec = &contract.spec;
        let Some(project) = &spec.application.project else {
            continue;
        };
        if !is_rendered(spec.management.applications) {
            continue;
        }
        let (path, what) = if spec.sync.windows.is_empty() {
            let commons = context.fleet.commons.get(&at.commons);
            let is_bound = commons.is_some_and(|commons| {
                !commons.access.operators.is_empty() || !commons.access.readers.is_empty()
            });
            if !is_bound {
                continue;
            }
            (["application", "project"], "the groups of its commons")
        } else {
            (["sync", "windows"], "its windows")
        };
        found.push(
            context
                .environment_finding(
                    at,
                    &path,
                    format!("{what} are without effect: its project `{project}` is somebody else's"),
                )
                .help("take `application.project` out, so that the commons has a project of ours, or set them in that project")
                .label(context.environment_place(at, &path), "nothing is rendered of it"),
        );
    }
}
