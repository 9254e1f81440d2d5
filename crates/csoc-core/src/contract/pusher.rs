//! Who the hub's Argo CD is where it pushes to, and as whom it speaks to a cluster: whatever is trusted or registered by a name is
//! something that somebody makes.

use super::eks::{ClusterRole, ClusterRolePurpose};
use super::hub::HubContract;
use super::hub_services::HubSecret;
use super::linker::Contracts;
use crate::model::Mode;
use crate::model::cluster::{Cluster, Platform};
use crate::model::name::ObjectName;
use crate::resolve::ResolvedFleet;

/// As whom the hub's Argo CD speaks to a cluster that it pushes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Login<'c> {
    /// A role that the cluster's Terraform makes.
    Role(&'c ClusterRole),
    /// What this secret of the hub's account holds, which a role of the hub's cluster reads.
    Secret(String),
}

/// Whether roles of a cluster are ours: it is on EKS, and its Terraform is not another's.
pub(super) fn makes_eks(spec: &Cluster) -> bool {
    spec.platform == Platform::Eks && spec.management.terraform != Mode::External
}

/// Whether the hub's cluster makes a role for its Argo CD: one that it could not make has to be named, and one that is named
/// somebody else makes.
pub(super) fn makes_pusher(fleet: &ResolvedFleet) -> bool {
    let hub = fleet.spec.hub.as_ref();
    let Some(hub) = hub.filter(|hub| hub.argocd_role.is_none()) else {
        return false;
    };
    let cluster = hub.cluster.as_ref();
    let cluster = cluster.and_then(|name| fleet.clusters.get(name));
    cluster
        .map(|cluster| &cluster.spec)
        .is_some_and(|spec| makes_eks(spec) && !spec.terraform.is_one_root())
}

/// Whether there is a role that the hub's Argo CD is, which a cluster can trust.
pub(super) fn has_pusher(fleet: &ResolvedFleet) -> bool {
    let hub = fleet.spec.hub.as_ref();
    hub.is_some_and(|hub| hub.cluster.is_some() && hub.argocd_role.is_some()) || makes_pusher(fleet)
}

impl Contracts {
    /// The role that the hub's Argo CD is, by its ARN.
    pub(crate) fn pusher<'c>(&'c self, fleet: &'c ResolvedFleet) -> Option<&'c str> {
        let hub = fleet.spec.hub.as_ref()?;
        if let Some(role) = &hub.argocd_role {
            return Some(role.as_str());
        }
        let eks = self.clusters.get(hub.cluster.as_ref()?)?.eks.as_ref()?;
        let role = eks.role(ClusterRolePurpose::ArgoCdHub);
        role.map(|role| role.arn.as_str())
    }

    /// As whom the hub's Argo CD speaks to a cluster; none where nobody makes what it would speak as.
    pub(crate) fn login(&self, cluster: &ObjectName) -> Option<Login<'_>> {
        if let Some(role) = self.clusters.get(cluster)?.pushed_as() {
            return Some(Login::Role(role));
        }
        self.reads_hub_secrets()
            .then(|| Login::Secret(HubSecret::token(cluster).name()))
    }

    /// Whether something in the hub's cluster may read secrets of the hub's account.
    pub(crate) fn reads_hub_secrets(&self) -> bool {
        self.hub.as_ref().is_some_and(HubContract::has_readers)
    }
}
