//! A pool of nodes with everything decided.

use crate::model::environment::Size;
use crate::model::nodes::{Architecture, Capacity, InstanceClass, NodePool, Taint, TaintEffect};

/// A pool of nodes.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct Pool {
    pub(crate) name: String,
    pub(crate) size: Size,
    pub(crate) classes: Vec<InstanceClass>,
    /// The exact types; empty where size and classes decide.
    pub(crate) types: Vec<String>,
    pub(crate) architecture: Architecture,
    pub(crate) capacity: Capacity,
    pub(crate) minimum: u16,
    pub(crate) maximum: u16,
    /// Processors and GiB of memory that the pool may have.
    pub(crate) cpu: u32,
    pub(crate) memory_gib: u32,
    pub(crate) volume_gib: u16,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) taints: Vec<Taint>,
}

/// The pool whose nodes hatchery's notebooks ask for.
const JUPYTER: &str = "jupyter";
/// The group that Karpenter itself runs on.
const SYSTEM: &str = "system";

impl Pool {
    /// The pools of a cluster: those of the model, else `default`; and what workspaces need.
    pub(crate) fn all(
        declared: impl Iterator<Item = (String, NodePool)>,
        has_workspaces: bool,
    ) -> Vec<Self> {
        let mut pools: Vec<Self> = declared
            .map(|(name, pool)| Self::new(name, &pool))
            .collect();
        if pools.is_empty() {
            pools.push(Self::new("default".to_owned(), &NodePool::default()));
        }
        // Notebooks ask for nodes of this role, and wait for ever where there are none.
        let is_jupyter = |pool: &Self| {
            pool.labels
                .iter()
                .any(|(key, value)| key == "role" && value == JUPYTER)
        };
        if has_workspaces && !pools.iter().any(is_jupyter) {
            pools.push(Self::new(JUPYTER.to_owned(), &NodePool::default()));
        }
        pools
    }

    fn new(name: String, pool: &NodePool) -> Self {
        let is_jupyter = name == JUPYTER;
        let classes = if pool.instance_classes.is_empty() {
            vec![InstanceClass::General]
        } else {
            pool.instance_classes.clone()
        };
        let minimum = pool.minimum.unwrap_or(if is_jupyter { 0 } else { 2 });
        let mut labels: Vec<(String, String)> = vec![("role".to_owned(), name.clone())];
        labels.retain(|(key, _)| !pool.labels.contains_key(key));
        labels.extend(
            pool.labels
                .iter()
                .map(|(key, value)| (key.clone(), value.clone())),
        );
        labels.sort();
        let taints = pool.taints.clone().unwrap_or_else(|| {
            let role = |text: &str| text.parse().ok();
            match (is_jupyter, role("role")) {
                (true, Some(key)) => vec![taint(key, role(JUPYTER))],
                _ => Vec::new(),
            }
        });
        Self {
            size: pool.size.unwrap_or(Size::Medium),
            classes,
            types: pool
                .instance_types
                .iter()
                .map(ToString::to_string)
                .collect(),
            architecture: pool.architecture,
            capacity: pool.capacity,
            minimum,
            maximum: pool.maximum.unwrap_or(6).max(minimum).max(1),
            cpu: pool.limits.cpu.unwrap_or(200),
            memory_gib: pool.limits.memory_gib.unwrap_or(800),
            volume_gib: pool.volume_gib.unwrap_or(100),
            labels,
            taints,
            name,
        }
    }

    /// The small group that Karpenter runs on.
    pub(crate) fn system() -> Self {
        let pool = NodePool::default();
        Self {
            size: Size::Small,
            maximum: 3,
            volume_gib: 50,
            ..Self::new(SYSTEM.to_owned(), &pool)
        }
    }

    /// The types of machines of a managed group: the exact ones, or two generations of each class.
    pub(crate) fn machines(&self) -> Vec<String> {
        if !self.types.is_empty() {
            return self.types.clone();
        }
        let size = match self.size {
            Size::Small => "large",
            Size::Medium => "xlarge",
            Size::Large => "2xlarge",
        };
        let families = |class: InstanceClass| -> &'static [&'static str] {
            let is_arm = self.architecture == Architecture::Arm64;
            match class {
                InstanceClass::General if is_arm => &["m7g", "m6g"],
                InstanceClass::General => &["m7i", "m6i"],
                InstanceClass::Compute if is_arm => &["c7g", "c6g"],
                InstanceClass::Compute => &["c7i", "c6i"],
                InstanceClass::Memory if is_arm => &["r7g", "r6g"],
                InstanceClass::Memory => &["r7i", "r6i"],
                InstanceClass::Burstable if is_arm => &["t4g"],
                InstanceClass::Burstable => &["t3", "t3a"],
                InstanceClass::Gpu if is_arm => &["g5g"],
                InstanceClass::Gpu => &["g6", "g5"],
            }
        };
        // The smallest machines with a graphics processor are `xlarge`.
        let sized = |class: InstanceClass| match (class, size) {
            (InstanceClass::Gpu, "large") => "xlarge",
            _ => size,
        };
        self.classes
            .iter()
            .flat_map(|class| {
                families(*class)
                    .iter()
                    .map(|family| format!("{family}.{}", sized(*class)))
            })
            .collect()
    }

    /// What EKS calls the image of a managed group.
    pub(crate) fn image(&self) -> &'static str {
        let is_gpu = self.classes.contains(&InstanceClass::Gpu) && self.types.is_empty();
        match (self.architecture, is_gpu) {
            (Architecture::Amd64, false) => "AL2023_x86_64_STANDARD",
            (Architecture::Amd64, true) => "AL2023_x86_64_NVIDIA",
            (Architecture::Arm64, false) => "AL2023_ARM_64_STANDARD",
            (Architecture::Arm64, true) => "AL2023_ARM_64_NVIDIA",
        }
    }
}

fn taint(
    key: crate::model::name::KubernetesName,
    value: Option<crate::model::name::KubernetesName>,
) -> Taint {
    Taint::new(key, value, TaintEffect::NoSchedule)
}
