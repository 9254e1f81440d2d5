//! A cluster's control plane: who reaches it, who may do what in it, which add-ons EKS runs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cloud::Arn;
use super::machine::AddonBuild;
use super::network::Cidr;

/// Who reaches the API of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Endpoint {
    /// From where.
    #[serde(default)]
    pub access: EndpointAccess,
    /// The networks that reach a public endpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cidrs: Vec<Cidr>,
}

/// From where the API of a cluster is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EndpointAccess {
    /// From its network only.
    #[default]
    Private,
    /// Also from the networks that are listed.
    Public,
}

/// Who may do what in a cluster, besides the roles of its account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct ClusterAccess {
    /// Roles of those who may do everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub administrators: Vec<Arn>,
    /// Roles of those who may look at everything but Secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub viewers: Vec<Arn>,
}

/// Add-ons that EKS runs. One that cluster-level-resources installs (`addons`) is left to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct EksAddons {
    /// The network of pods.
    #[serde(default)]
    pub vpc_cni: EksAddon,
    /// Names inside the cluster.
    #[serde(default)]
    pub core_dns: EksAddon,
    /// Addresses of services.
    #[serde(default)]
    pub kube_proxy: EksAddon,
    /// Volumes.
    #[serde(default)]
    pub ebs_csi: EksAddon,
    /// Roles of pods without tokens of an issuer.
    #[serde(default)]
    pub pod_identity_agent: EksAddon,
    /// Records of ingresses in the account's zone. Only where it is named, and the account has a domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_dns: Option<EksAddon>,
}

/// An add-on that EKS runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct EksAddon {
    /// Its build. Default: the one that EKS takes for the cluster's version when it is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<AddonBuild>,
}
