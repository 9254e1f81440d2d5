//! Kubernetes clusters and what they share among commons.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::argocd::ArgoCd;
use super::cloud::Region;
use super::control_plane::{ClusterAccess, EksAddons, Endpoint};
use super::data_store::{Backup, DatabaseCluster, SearchDomain};
use super::lifecycle::{Lifecycle, Management};
use super::name::{ContentPath, KeyPath, KubernetesName, NamePattern, ObjectName};
use super::nodes::{Nodes, Provisioner};
use super::open::Open;
use super::terraform::ClusterTerraform;
use super::version::Version;

pub use super::cluster_network::{
    ClusterNetwork, Egress, FlowLogs, InterfaceEndpoint, Nat, NetworkCapacity, PeerNetwork,
    Peering, Proxy, Traffic, TransitGateway, TransitGatewaySource,
};

/// The Kubernetes version of clusters on EKS that name none.
pub(crate) const KUBERNETES_VERSION: &str = "1.35";

/// A Kubernetes cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Cluster {
    /// The account it is in, by its name under `accounts`.
    pub account: ObjectName,
    /// Its region. Default: the account's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// What kind of Kubernetes it is.
    #[serde(default)]
    pub platform: Platform,
    /// The Kubernetes version. Default on EKS: 1.35.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// The name of its network, `{vpc}` in names. Default: the cluster's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<ObjectName>,
    /// What it is for, a label of its metrics and costs. Default: the fleet's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ObjectName>,
    /// What makes its Terraform.
    #[serde(default)]
    pub terraform: ClusterTerraform,
    /// Its network.
    #[serde(default)]
    pub network: ClusterNetwork,
    /// Who reaches its API.
    #[serde(default)]
    pub endpoint: Endpoint,
    /// Who may do what in it, besides the roles of its account.
    #[serde(default)]
    pub access: ClusterAccess,
    /// Its nodes. Default: managed groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes: Option<Nodes>,
    /// Builds of the add-ons that EKS runs.
    #[serde(default)]
    pub eks_addons: EksAddons,
    /// Days that the log of its control plane is kept. Default: 365.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_retention_days: Option<u32>,
    /// Whether it is kept from being destroyed. Default: yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
    /// Add-ons by their name in cluster-level-resources. Those that the environments need are added.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub addons: IndexMap<String, Addon>,
    /// How applications reach it.
    #[serde(default)]
    pub delivery: Delivery,
    /// Its own Argo CD, where it pulls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub argocd: Option<ArgoCd>,
    /// Load balancers that environments share, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("x-key-parser" = "ObjectName"))]
    pub load_balancers: IndexMap<ObjectName, LoadBalancer>,
    /// Database clusters that environments share, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("x-key-parser" = "ObjectName"))]
    pub databases: IndexMap<ObjectName, DatabaseCluster>,
    /// Search domains that environments share, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("x-key-parser" = "ObjectName"))]
    pub search: IndexMap<ObjectName, SearchDomain>,
    /// Backups of its databases beside those of RDS.
    #[serde(default)]
    pub backup: Backup,
    /// What gen3-kro makes of it, where it is a spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kro: Option<super::kro::KroSpoke>,
    /// A layer below the environments of this cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment_defaults: Option<Open>,
    /// Raw values of the chart cluster-level-resources, merged last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Open>,
    /// Values that we would generate for the chart cluster-level-resources and that must not be there: dotted paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omit: Vec<KeyPath>,
    /// Files beside the values of cluster-level-resources, by their path there: `custom-objects/quota.yaml`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub content: IndexMap<String, ContentPath>,
    /// Naming rules of this cluster.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub naming: IndexMap<String, NamePattern>,
    /// Whether it stays. It leaves after its environments and before its account.
    #[serde(default)]
    pub lifecycle: Lifecycle,
    /// Who owns its outputs.
    #[serde(default)]
    pub management: Management,
}

impl Cluster {
    /// What makes its nodes.
    pub(crate) fn provisioner(&self) -> Provisioner {
        let nodes = self.nodes.as_ref();
        nodes.map_or_else(Provisioner::default, |nodes| nodes.provisioner)
    }

    /// Whether EKS makes its nodes itself.
    pub(crate) fn is_auto(&self) -> bool {
        self.platform == Platform::Eks && self.provisioner() == Provisioner::Auto
    }

    /// Whether external-dns runs in it: by EKS or by Argo CD.
    pub(crate) fn keeps_records(&self) -> bool {
        let addon = self.addons.get("external-dns");
        self.eks_addons.external_dns.is_some()
            || addon.is_some_and(|addon| addon.enabled.unwrap_or(true))
    }

    /// The class of a load balancer's ingresses, where a controller in the cluster leads requests in; none where one of
    /// the cloud does.
    pub(crate) fn controller_class<'c>(&self, balancer: &'c LoadBalancer) -> Option<&'c str> {
        let named = balancer.ingress_class.as_ref().map(KubernetesName::as_str);
        match self.platform {
            Platform::Eks => named.filter(|class| *class != ALB),
            other => other.ingress_class().map(|usual| named.unwrap_or(usual)),
        }
    }
}

/// The class of ingresses that a load balancer of AWS is made for.
const ALB: &str = "alb";

/// What kind of Kubernetes a cluster is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Platform {
    /// Amazon EKS.
    #[default]
    Eks,
    /// Google GKE.
    Gke,
    /// Azure AKS.
    Aks,
    /// Red Hat OpenShift.
    Openshift,
    /// Rancher RKE2.
    Rke2,
    /// k3s.
    K3s,
    /// kind, on a laptop.
    Kind,
}

impl Platform {
    /// The class of ingresses that it has where nobody says; none where load balancers of a cloud lead into it.
    pub(crate) const fn ingress_class(self) -> Option<&'static str> {
        match self {
            Self::K3s => Some("traefik"),
            Self::Aks | Self::Rke2 | Self::Kind => Some("nginx"),
            Self::Eks | Self::Gke | Self::Openshift => None,
        }
    }
}

/// How applications reach a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Delivery {
    /// Argo CD in the cluster pulls.
    #[default]
    SpokePull,
    /// The hub's Argo CD pushes.
    HubPush,
}

/// An add-on of a cluster.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Addon {
    /// Whether it is there. Default: yes, once it is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Its chart version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Values of the add-on's own chart: a file of its own beside the cluster's values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Open>,
}

/// A load balancer that environments of a cluster share.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct LoadBalancer {
    /// Who reaches it.
    #[serde(default)]
    pub scheme: Scheme,
    /// The group that joins the environments' ingresses. Default: the name rule `ingress-group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<KubernetesName>,
    /// The class of its ingresses, where a controller in the cluster leads requests in. Default: a load balancer of AWS on EKS, traefik on k3s, nginx on AKS, RKE2 and kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ingress_class: Option<KubernetesName>,
    /// Whether a web ACL stands before it. Default: yes for an internet-facing one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_acl: Option<WebAclMode>,
    /// Rules of the web ACL.
    #[serde(default)]
    pub waf: Waf,
}

/// Who reaches a load balancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Scheme {
    /// Everyone, as far as the web ACL lets them.
    #[default]
    InternetFacing,
    /// The network it is in.
    Internal,
}

/// Whether a web ACL stands before a load balancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WebAclMode {
    /// One of ours.
    Managed,
    /// None.
    None,
}

/// Rules of a web ACL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Waf {
    /// Requests that one address may make in five minutes.
    #[serde(default = "Waf::default_rate_limit")]
    pub rate_limit: u32,
    /// Rules of managed groups that only count, by group and rule name: `AWSManagedRulesCommonRuleSet/SizeRestrictions_BODY`.
    #[serde(default = "Waf::default_count_only")]
    pub count_only: Vec<String>,
    /// Days that its log is kept.
    #[serde(default = "Waf::default_log_days")]
    pub log_retention_days: u32,
}

impl Waf {
    fn default_rate_limit() -> u32 {
        2000
    }

    fn default_count_only() -> Vec<String> {
        ["SizeRestrictions_BODY", "CrossSiteScripting_BODY"]
            .map(|rule| format!("AWSManagedRulesCommonRuleSet/{rule}"))
            .into_iter()
            .chain(["AWSManagedRulesSQLiRuleSet/SQLi_BODY".to_owned()])
            .collect()
    }

    fn default_log_days() -> u32 {
        365
    }
}

impl Default for Waf {
    fn default() -> Self {
        Self {
            rate_limit: Self::default_rate_limit(),
            count_only: Self::default_count_only(),
            log_retention_days: Self::default_log_days(),
        }
    }
}
