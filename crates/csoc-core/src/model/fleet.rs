//! The fleet as a whole: what holds for every account, cluster and commons.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::argocd::RepositoryCredential;
use super::cloud::{Arn, BucketName, Region};
use super::hub::Hub;
use super::name::{NamePattern, ObjectName};
use super::network::{Cidr, Registry, RepositoryUrl};
use super::open::Open;
use super::organization::Organization;
use super::policy::Policy;
use super::terraform::{Program, Syntax};
use super::version::{Edition, Revision, VersionRange};

/// The format of fleet files that this version reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub enum ApiVersion {
    /// The first public format.
    #[serde(rename = "csoc.gen3.org/v1beta1")]
    V1Beta1,
}

/// What a fleet file describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub enum FleetKind {
    /// A fleet.
    Fleet,
}

/// A fleet of data commons: `fleet.yaml` without what has files of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct FleetSpec {
    /// The format of the files.
    pub api_version: ApiVersion,
    /// Always `Fleet`.
    pub kind: FleetKind,
    /// The set of product defaults, tier profiles and naming rules; fixed until it is changed here.
    pub edition: Edition,
    /// The name of the fleet.
    pub name: ObjectName,
    /// Who runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// The account, cluster and domain that the fleet is run from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<Hub>,
    /// The repository that Argo CD reads the rendered `gitops/` tree from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gitops: Option<Gitops>,
    /// Where images of the Gen3 release come from. Default `quay.io/cdis`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<Registry>,
    /// Versions and state of Terraform.
    #[serde(default)]
    pub terraform: Terraform,
    /// The charts and their pinned versions.
    #[serde(default)]
    pub charts: Charts,
    /// Variables of gen3-kro's hub, where clusters are its spokes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kro: Option<super::kro::Kro>,
    /// Naming rules that differ from the edition's, by name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub naming: IndexMap<String, NamePattern>,
    /// Address space of the fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<FleetNetwork>,
    /// A layer below every environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaults: Option<Open>,
    /// Layers below the environments of one tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<Open>,
    /// Severities and waivers.
    #[serde(default)]
    pub policy: Policy,
}

/// The repository that Argo CD reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Gitops {
    /// Its address.
    pub repository: RepositoryUrl,
    /// The branch, tag or commit that clusters follow.
    pub revision: Revision,
    /// The directory in it that holds the rendered tree; empty for its root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What Argo CD shows to it. Default: nothing, since everyone may read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<RepositoryCredential>,
}

/// Versions and state of Terraform.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Terraform {
    /// Which Terraform, or which `OpenTofu`, may run the roots. Default `>= 1.11, < 2.0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionRange>,
    /// Which program runs them.
    #[serde(default)]
    pub program: Program,
    /// How the roots are written.
    #[serde(default)]
    pub syntax: Syntax,
    /// Version ranges of providers by name. Default `aws: ~> 5.100`, `helm: ~> 3.1`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub providers: IndexMap<String, VersionRange>,
    /// Where state lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
}

impl Terraform {
    /// The versions of the provider `aws` that roots are written for.
    pub fn aws_versions(&self) -> &str {
        self.providers
            .get("aws")
            .map_or("~> 5.100", VersionRange::as_str)
    }

    /// The versions of the provider `helm` that roots are written for.
    pub fn helm_versions(&self) -> &str {
        self.providers
            .get("helm")
            .map_or("~> 3.1", VersionRange::as_str)
    }
}

/// Where Terraform state lies: one bucket for the fleet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct State {
    /// The bucket.
    pub bucket: BucketName,
    /// Its region.
    pub region: Region,
    /// The key that encrypts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<Arn>,
}

/// The charts of the fleet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Charts {
    /// The umbrella chart `gen3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gen3: Option<Chart>,
    /// The chart `cluster-level-resources`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_level_resources: Option<Chart>,
}

/// Where a chart is and which revision of it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Chart {
    /// A chart repository or a git repository.
    pub repository: RepositoryUrl,
    /// The directory of the chart in a git repository; absent for a chart repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A chart version, or a tag or commit of git.
    pub revision: Revision,
}

/// Address space of the fleet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct FleetNetwork {
    /// Networks that clusters' networks are taken from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pool: Vec<Cidr>,
    /// Networks in use elsewhere, that no cluster may touch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserved: Vec<Cidr>,
    /// How large a network a cluster takes from the pool: the length of its prefix. Default: 16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 16, max = 22))]
    pub prefix: Option<u8>,
}
