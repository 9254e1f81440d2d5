//! Argo CD in a cluster that pulls, and what it reads its repository with.

use super::namer::Namer;
use crate::model::argocd::{ARGO_CD_CHART, RepositoryCredential};
use crate::model::cluster::{Cluster, Delivery, Platform};
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::model::{Mode, Tier};
use crate::naming::NameKind;
use crate::resolve::ResolvedFleet;

/// The namespace that Argo CD runs in.
pub(crate) const ARGO_CD: &str = "argocd";

/// Argo CD in a cluster that pulls.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct DeliveryContract {
    /// Its host, where it has one of its own; the hub's has that of the hub's services.
    pub(crate) host: Option<Hostname>,
    /// The version of the chart argo-cd.
    pub(crate) chart: String,
    /// Copies of what answers people and reads repositories.
    pub(crate) replicas: u8,
    /// What it shows to the repository, where not everyone may read it.
    pub(crate) credential: Option<CredentialContract>,
}

/// A credential of a repository: by the name of a secret, never its value.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct CredentialContract {
    pub(crate) kind: RepositoryCredential,
    /// The name in the secret manager of the cluster's account and region.
    pub(crate) secret: String,
}

impl CredentialContract {
    /// What it is called among a cluster's secrets, and the Kubernetes objects that bring it to Argo CD.
    pub(crate) const NAME: &'static str = "argocd-repository";
}

/// How people reach the Argo CD of a cluster by its own host.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ArgoCdEntrance<'f> {
    /// The host.
    pub(crate) host: &'f Hostname,
    /// The load balancer that it is behind; none where the cluster declares none and has the usual one.
    pub(crate) balancer: Option<&'f ObjectName>,
}

/// The entrance of a cluster's own Argo CD; none where it has no host, or cannot have the one that is named.
///
/// The certificate is proved in the zone of the account, and a load balancer of AWS ends TLS. In the hub's cluster the host
/// of the hub's services counts.
pub(crate) fn argocd_entrance<'f>(
    fleet: &'f ResolvedFleet,
    name: &ObjectName,
    spec: &'f Cluster,
) -> Option<ArgoCdEntrance<'f>> {
    let host = spec.argocd.as_ref()?.host.as_ref()?;
    let domain = fleet.account(spec.account.as_str())?.domain.as_ref()?;
    let is_ours = |mode: Mode| mode != Mode::External;
    let is_made = spec.platform == Platform::Eks
        && spec.delivery == Delivery::SpokePull
        && is_ours(spec.management.terraform)
        && is_ours(spec.management.applications)
        && !spec.terraform.is_one_root();
    let is_of_hub = fleet
        .spec
        .hub
        .as_ref()
        .is_some_and(|hub| hub.cluster.as_ref() == Some(name) && hub.argocd.is_some());
    if !is_made || is_of_hub || !host.is_within(domain) {
        return None;
    }
    let names: Vec<&ObjectName> = spec.load_balancers.keys().collect();
    let balancer = match super::choose(None, &names, "public") {
        Some(chosen) => {
            let (name, balancer) = spec.load_balancers.get_key_value(chosen)?;
            spec.controller_class(balancer)
                .is_none()
                .then_some(Some(name))?
        }
        None if names.is_empty() => None,
        None => return None,
    };
    Some(ArgoCdEntrance { host, balancer })
}

/// Argo CD of a cluster on EKS; none where the hub's pushes, somebody else owns its applications, or there is nothing to read.
pub(crate) fn delivery(
    fleet: &ResolvedFleet,
    (name, spec): (&ObjectName, &Cluster),
    tier: Option<Tier>,
    namer: &mut Namer<'_>,
) -> Option<DeliveryContract> {
    let gitops = fleet.spec.gitops.as_ref()?;
    let applications = spec.management.applications;
    if spec.delivery != Delivery::SpokePull || applications == Mode::External {
        return None;
    }
    let settings = spec.argocd.clone().unwrap_or_default();
    let usual = if super::matters(tier) { 2 } else { 1 };
    let entrance = argocd_entrance(fleet, name, spec);
    Some(DeliveryContract {
        host: entrance.map(|entrance| entrance.host.clone()),
        chart: settings
            .chart
            .map_or_else(|| ARGO_CD_CHART.to_owned(), |chart| chart.to_string()),
        replicas: settings.replicas.unwrap_or(usual).max(1),
        credential: gitops.credential.map(|kind| CredentialContract {
            kind,
            secret: namer.name(NameKind::ClusterSecret, Some(CredentialContract::NAME)),
        }),
    })
}
