//! What a cluster's environments share.

use std::fmt;

use super::eks::{ClusterRole, ClusterRolePurpose, EksContract};
use super::hub_services::HubServiceKind;
use super::module::ModuleContract;
use crate::model::cloud::{AccountId, Region};
use crate::model::cluster::{LoadBalancer, Scheme};
use crate::model::deferred::Deferred;
use crate::model::name::ObjectName;
use crate::model::network::{Cidr, Hostname};
use crate::resolve::EnvironmentRef;

/// A cluster with what its environments share.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct ClusterContract {
    pub(crate) name: ObjectName,
    pub(crate) account: ObjectName,
    pub(crate) account_id: AccountId,
    pub(crate) region: Region,
    pub(crate) partition: &'static str,
    /// `{vpc}` in names.
    pub(crate) vpc: String,
    /// The ARN of the role that writes the network's flow logs, where we make the network.
    pub(crate) flow_logs_role: Option<String>,
    pub(crate) load_balancers: Vec<LoadBalancerContract>,
    pub(crate) databases: Vec<DatabaseContract>,
    pub(crate) search: Vec<SearchContract>,
    /// What it has of its own, where it is on EKS and its Terraform is ours.
    pub(crate) eks: Option<EksContract>,
    /// What gen3-terraform is called with, where it makes the cluster in place of our roots.
    pub(crate) module: Option<ModuleContract>,
}

impl ClusterContract {
    /// The role that the hub's Argo CD becomes there; none where that takes no role of ours, and a token is needed.
    pub(crate) fn pushed_as(&self) -> Option<&ClusterRole> {
        self.eks.as_ref()?.role(ClusterRolePurpose::ArgoCd)
    }
}

/// A load balancer and the environments behind it.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct LoadBalancerContract {
    pub(crate) name: ObjectName,
    /// The ingress group that joins the environments' ingresses.
    pub(crate) group: String,
    pub(crate) scheme: Scheme,
    pub(crate) spec: LoadBalancer,
    /// The web ACL before it.
    pub(crate) web_acl: Option<WebAclContract>,
    /// The hosts it serves, in order.
    pub(crate) hosts: Vec<(EnvironmentRef, Hostname)>,
    /// The hosts of the hub's own services, or of the cluster's own Argo CD.
    pub(crate) hub_hosts: Vec<Hostname>,
}

/// A web ACL: one a load balancer.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct WebAclContract {
    pub(crate) name: String,
    /// Its ARN, once the stack has run.
    pub(crate) arn: Deferred<String>,
    /// The hosts that only some addresses reach.
    pub(crate) allow_lists: Vec<AllowList>,
}

/// Whose host only some networks reach.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Guarded {
    /// An environment's.
    Environment(EnvironmentRef),
    /// That of a service of the hub.
    Hub(HubServiceKind),
    /// What of Keycloak's host is not for those who sign in.
    KeycloakAdministration,
    /// That of a cluster's own Argo CD.
    ArgoCd(ObjectName),
}

impl Guarded {
    /// The environment, where it is one's.
    pub(crate) fn environment(&self) -> Option<&EnvironmentRef> {
        match self {
            Self::Environment(at) => Some(at),
            Self::Hub(_) | Self::KeycloakAdministration | Self::ArgoCd(_) => None,
        }
    }

    /// Its name in labels and rules. Names hold no `_`, so that two never share one.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::Environment(at) => format!("{}_{}", at.commons, at.environment),
            Self::Hub(kind) => format!("hub_service_{}", kind.as_str()),
            Self::KeycloakAdministration => "hub_keycloak_administration".to_owned(),
            Self::ArgoCd(cluster) => format!("argo_cd_of_{cluster}"),
        }
    }
}

impl fmt::Display for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(at) => at.fmt(f),
            Self::Hub(kind) => kind.fmt(f),
            Self::KeycloakAdministration => HubServiceKind::Keycloak.fmt(f),
            Self::ArgoCd(cluster) => write!(f, "clusters.{cluster}.argocd"),
        }
    }
}

/// The only networks that reach a host.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct AllowList {
    pub(crate) guarded: Guarded,
    pub(crate) hostname: Hostname,
    /// A second host that leads there.
    pub(crate) also: Option<Hostname>,
    /// Paths that the list does not guard, each with all below it; the whole host is guarded where there is none.
    pub(crate) open: Vec<String>,
    /// The names of the sets of addresses, IPv4 and IPv6.
    pub(crate) ip_set_v4: String,
    pub(crate) ip_set_v6: String,
    /// The networks that the model lists.
    pub(crate) v4: Vec<Cidr>,
    pub(crate) v6: Vec<Cidr>,
    /// The addresses that the cluster itself calls the host from, as `/32`; known once its network is.
    pub(crate) nat: Deferred<Vec<String>>,
}

/// A database cluster that environments share.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct DatabaseContract {
    pub(crate) name: ObjectName,
    /// The identifier in the cloud.
    pub(crate) identifier: String,
    /// The secret that holds its master credentials.
    pub(crate) master_secret: String,
}

/// A search domain that environments share.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct SearchContract {
    pub(crate) name: ObjectName,
    /// The domain's name in the cloud.
    pub(crate) domain: String,
    /// Where it answers: a host without `https://`.
    pub(crate) endpoint: Deferred<String>,
}
