//! Argo CD in a cluster that pulls, and what it reads its repository with.

use super::namer::Namer;
use crate::model::argocd::{ARGO_CD_CHART, RepositoryCredential};
use crate::model::cluster::{Cluster, Delivery};
use crate::model::{Mode, Tier};
use crate::naming::NameKind;
use crate::resolve::ResolvedFleet;

/// The namespace that Argo CD runs in.
pub(crate) const ARGO_CD: &str = "argocd";

/// Argo CD in a cluster that pulls.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct DeliveryContract {
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

/// Argo CD of a cluster on EKS; none where the hub's pushes, somebody else owns its applications, or there is nothing to read.
pub(crate) fn delivery(
    fleet: &ResolvedFleet,
    spec: &Cluster,
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
    Some(DeliveryContract {
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
