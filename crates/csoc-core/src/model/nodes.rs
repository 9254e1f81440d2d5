//! Nodes: what makes them, and which pools of them a cluster has.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::environment::Size;
use super::machine::{ImageRelease, InstanceType};
use super::name::{KubernetesName, ObjectName};
use super::open::Open;

/// The nodes of a cluster.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Nodes {
    /// What makes them.
    #[serde(default)]
    pub provisioner: Provisioner,
    /// Pools by name. Default: `default`. Where an environment has workspaces, `jupyter` is added.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("x-key-parser" = "ObjectName"))]
    pub pools: IndexMap<ObjectName, NodePool>,
    /// The release of the nodes' image. Default: what EKS gives for the cluster's version when a pool is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageRelease>,
    /// Raw values of the Karpenter part of cluster-level-resources (`karpenter-crds`), whose pools then stand in place of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Open>,
}

/// What makes nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Provisioner {
    /// Node groups that EKS keeps, each of a fixed size.
    #[default]
    Managed,
    /// Karpenter in the cluster, on a small node group of its own.
    Karpenter,
    /// EKS itself, in Auto Mode.
    Auto,
}

/// Nodes of one kind.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NodePool {
    /// How large each node is. Default: medium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// What the nodes are good at. Default: general.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instance_classes: Vec<InstanceClass>,
    /// The exact types of machines; `size` and `instanceClasses` then count for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instance_types: Vec<InstanceType>,
    /// What the processors are.
    #[serde(default)]
    pub architecture: Architecture,
    /// How the machines are bought.
    #[serde(default)]
    pub capacity: Capacity,
    /// The fewest nodes of a managed group. Default: 2, and 0 for `jupyter`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<u16>,
    /// The most nodes of a managed group. Default: 6, and at least the fewest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<u16>,
    /// How much all nodes of the pool may have, where they come and go by themselves.
    #[serde(default)]
    pub limits: NodeLimits,
    /// GiB of each node's volume. Default: 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_gib: Option<u16>,
    /// Labels of the nodes. `role` is the pool's name, unless it is said here.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub labels: IndexMap<String, String>,
    /// What keeps pods away that do not tolerate it. Default: `role=jupyter:NoSchedule` for `jupyter`, as notebooks expect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taints: Option<Vec<Taint>>,
}

/// What machines are good at.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InstanceClass {
    /// As much memory as usual: `m`.
    General,
    /// More processors than memory: `c`.
    Compute,
    /// More memory than usual: `r`.
    Memory,
    /// Processor time in bursts: `t`.
    Burstable,
    /// Graphics processors: `g`.
    Gpu,
}

impl InstanceClass {
    /// The letter that families of the class start with.
    pub const fn category(self) -> &'static str {
        match self {
            Self::General => "m",
            Self::Compute => "c",
            Self::Memory => "r",
            Self::Burstable => "t",
            Self::Gpu => "g",
        }
    }
}

/// What processors are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Architecture {
    /// x86, which every image of Gen3 is made for.
    #[default]
    Amd64,
    /// Arm.
    Arm64,
}

impl Architecture {
    /// Its name in fleet files and in labels of nodes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }
}

/// How machines are bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Capacity {
    /// At the full price; they stay.
    #[default]
    OnDemand,
    /// What is left over, cheaper; they go at two minutes' notice.
    Spot,
    /// Either, where Karpenter or EKS decides; a managed group of it is spot.
    Mixed,
}

/// How much all nodes of a pool may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NodeLimits {
    /// Processors. Default: 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<u32>,
    /// GiB of memory. Default: 800.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_gib: Option<u32>,
}

/// What keeps pods from nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Taint {
    /// Its key.
    pub key: KubernetesName,
    /// Its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<KubernetesName>,
    /// What it does.
    #[serde(default)]
    pub effect: TaintEffect,
}

/// What a taint does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TaintEffect {
    /// No pod comes.
    #[default]
    NoSchedule,
    /// Pods come only where nothing else is left.
    PreferNoSchedule,
    /// Pods that are there leave, too.
    NoExecute,
}

impl TaintEffect {
    /// Its name in Kubernetes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSchedule => "NoSchedule",
            Self::PreferNoSchedule => "PreferNoSchedule",
            Self::NoExecute => "NoExecute",
        }
    }
}

impl Taint {
    /// A taint.
    pub fn new(key: KubernetesName, value: Option<KubernetesName>, effect: TaintEffect) -> Self {
        Self { key, value, effect }
    }
}
