//! What a cluster on EKS has of its own: roles, a queue, and what its databases and search domains are used for.

use super::delivery::{ARGO_CD, CredentialContract, DeliveryContract};
use super::observability::MONITORING;
use super::pool::Pool;
use super::store::StoreUse;
use crate::model::cluster::Cluster;
use crate::model::data_store::DatabaseMonitoring;
use crate::model::environment::Tier;
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::model::nodes::{Nodes, Provisioner};

/// A cluster on EKS.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct EksContract {
    pub(crate) spec: Cluster,
    /// Its roles, in the order in which they are made.
    pub(crate) roles: Vec<ClusterRole>,
    /// The queue that tells Karpenter of machines that go.
    pub(crate) queue: Option<String>,
    /// The tier of the environment on it that matters most.
    pub(crate) tier: Option<Tier>,
    /// Whether an environment on it has workspaces.
    pub(crate) has_workspaces: bool,
    /// The database clusters that are used or declared.
    pub(crate) databases: Vec<StoreUse>,
    /// The search domains that are used or declared, and made by us.
    pub(crate) search: Vec<StoreUse>,
    /// The vault of backups.
    pub(crate) vault: Option<String>,
    /// Its own Argo CD.
    pub(crate) delivery: Option<DeliveryContract>,
    /// The hosts whose certificates are proved by records of the account's zone, which something in the cluster writes.
    pub(crate) challenges: Vec<Hostname>,
    /// The secret that it shows to another cluster that keeps something, or asks of others.
    pub(crate) telemetry: Option<String>,
}

/// A role of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct ClusterRole {
    pub(crate) purpose: ClusterRolePurpose,
    /// Its name with its path.
    pub(crate) role: String,
    pub(crate) arn: String,
}

impl ClusterRole {
    /// Its name without its path.
    pub(crate) fn name(&self) -> &str {
        self.role.rsplit('/').next().unwrap_or(&self.role)
    }

    /// Its path, with a slash on both ends.
    pub(crate) fn path(&self) -> String {
        match self.role.rsplit_once('/') {
            Some((path, _)) => format!("/{path}/"),
            None => "/".to_owned(),
        }
    }
}

/// What a role of a cluster is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) enum ClusterRolePurpose {
    /// The control plane.
    Cluster,
    /// Nodes.
    Nodes,
    /// The network of pods.
    VpcCni,
    /// Volumes.
    EbsCsi,
    /// File systems that many machines share.
    EfsCsi,
    /// Load balancers.
    Ingress,
    /// Nodes that Karpenter makes.
    Karpenter,
    /// Records.
    ExternalDns,
    /// Records that prove certificates.
    CertManager,
    /// The hub's Argo CD, in the hub's cluster.
    ArgoCdHub,
    /// What the hub's Argo CD is in a cluster that it pushes to.
    ArgoCd,
    /// What brings the credential of its repository to a cluster's own Argo CD.
    ArgoCdRepository,
    /// What keeps logs.
    Loki,
    /// What keeps metrics.
    Mimir,
    /// What keeps traces.
    Tempo,
    /// What brings the credential of what is sent between clusters.
    Telemetry,
    /// AWS Backup.
    Backup,
    /// What writes down how the machines of databases fare.
    Monitoring,
}

impl ClusterRolePurpose {
    /// Its purpose in names.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Nodes => "nodes",
            Self::VpcCni => "vpc-cni",
            Self::EbsCsi => "ebs-csi",
            Self::EfsCsi => "efs-csi",
            Self::Ingress => "ingress",
            Self::Karpenter => "karpenter",
            Self::ExternalDns => "external-dns",
            Self::CertManager => "cert-manager",
            Self::ArgoCdHub => "argocd-hub",
            Self::ArgoCd => "argocd",
            Self::ArgoCdRepository => CredentialContract::NAME,
            Self::Loki => "loki",
            Self::Mimir => "mimir",
            Self::Tempo => "tempo",
            Self::Telemetry => "telemetry",
            Self::Backup => "backup",
            Self::Monitoring => "monitoring",
        }
    }

    /// The namespace and names of the service accounts that are it.
    pub(crate) const fn service_accounts(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::VpcCni => ("kube-system", &["aws-node"]),
            Self::EbsCsi => ("kube-system", &["ebs-csi-controller-sa"]),
            Self::EfsCsi => ("kube-system", &["efs-csi-controller-sa"]),
            Self::Ingress => ("kube-system", &["aws-load-balancer-controller"]),
            Self::Karpenter => ("karpenter", &["karpenter"]),
            Self::ExternalDns => ("external-dns", &["external-dns"]),
            Self::CertManager => ("cert-manager", &["acme-dns01"]),
            Self::Loki => (MONITORING, &["loki"]),
            Self::Mimir => (MONITORING, &["mimir"]),
            Self::Tempo => (MONITORING, &["tempo"]),
            Self::Telemetry => (MONITORING, &["telemetry"]),
            Self::ArgoCdRepository => (ARGO_CD, &[CredentialContract::NAME]),
            Self::ArgoCdHub => (
                ARGO_CD,
                &[
                    "argocd-application-controller",
                    "argocd-applicationset-controller",
                    "argocd-server",
                ],
            ),
            Self::Cluster | Self::Nodes | Self::ArgoCd | Self::Backup | Self::Monitoring => {
                ("", &[])
            }
        }
    }
}

impl EksContract {
    /// The role of a purpose.
    pub(crate) fn role(&self, purpose: ClusterRolePurpose) -> Option<&ClusterRole> {
        self.roles.iter().find(|role| role.purpose == purpose)
    }

    /// Whether the machines of any of its databases are watched.
    pub(crate) fn is_monitored(&self) -> bool {
        let specs = &self.spec.databases;
        let how = |used: &StoreUse| specs.get(&used.name).map(|spec| spec.monitoring);
        let mut databases = self.databases.iter();
        databases.any(|used| how(used).unwrap_or_default() != DatabaseMonitoring::None)
    }

    /// What makes its nodes.
    pub(crate) fn provisioner(&self) -> Provisioner {
        self.spec.provisioner()
    }

    /// Whether cluster-level-resources installs an add-on, as the model says.
    pub(crate) fn installs(&self, addon: &str) -> bool {
        let addon = self.spec.addons.get(addon);
        addon.is_some_and(|addon| addon.enabled.unwrap_or(true))
    }

    /// Whether its node pools are raw values of the chart.
    pub(crate) fn has_chart_pools(&self) -> bool {
        let nodes: Option<&Nodes> = self.spec.nodes.as_ref();
        nodes.is_some_and(|nodes| nodes.values.is_some())
    }

    /// The pools that the model asks for, or those that every cluster needs; none where the chart's values say them.
    pub(crate) fn node_pools(&self) -> Vec<Pool> {
        if self.has_chart_pools() {
            return Vec::new();
        }
        let declared = self.spec.nodes.iter().flat_map(|nodes| &nodes.pools);
        Pool::all(
            declared.map(|(name, pool)| (name.to_string(), pool.clone())),
            self.has_workspaces,
        )
    }

    /// The groups that EKS keeps: every pool, or the one that Karpenter runs on.
    pub(crate) fn node_groups(&self) -> Vec<Pool> {
        match self.provisioner() {
            Provisioner::Managed => self.node_pools(),
            Provisioner::Karpenter => vec![Pool::system()],
            Provisioner::Auto => Vec::new(),
        }
    }

    /// The instance profile of machines that Karpenter makes.
    pub(crate) fn node_profile(cluster: &ObjectName) -> String {
        format!("{cluster}-nodes")
    }
}
