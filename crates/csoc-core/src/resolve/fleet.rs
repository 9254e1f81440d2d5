//! The resolved fleet: typed objects with their merged trees, names and outputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::imports::Imports;
use super::layer::Stack;
use super::on_clusters::OnClusters;
use super::outputs::Outputs;
use super::retired::Retired;
use crate::catalog::Regions;
use crate::model::account::Provider;
use crate::model::cloud::{AccountId, Region};
use crate::model::cluster::Delivery;
use crate::model::name::ObjectName;
use crate::model::stack::{OutputId, OutputKind, StackId, StackKind, StackScope};
use crate::model::{Account, Cluster, Commons, Environment, FleetSpec, Tier};
use crate::naming::Names;
use crate::source::Loaded;
use crate::span::Span;
use crate::value::Node;

/// The network that EKS has of its own, by its name among add-ons.
const NETWORK_OF_EKS: &str = "vpc-cni";

/// A fleet after all layers are merged and everything is decoded.
#[derive(Debug)]
pub(crate) struct ResolvedFleet {
    /// The fleet's own fields.
    pub(crate) spec: FleetSpec,
    /// The whole fleet as one tree, with places.
    pub(crate) root: Arc<Node>,
    /// Accounts by name.
    pub(crate) accounts: BTreeMap<ObjectName, Account>,
    /// Clusters by name.
    pub(crate) clusters: BTreeMap<ObjectName, ResolvedCluster>,
    /// Commons by name.
    pub(crate) commons: BTreeMap<ObjectName, Commons>,
    /// Environments by commons and name.
    pub(crate) environments: BTreeMap<EnvironmentRef, ResolvedEnvironment>,
    /// What is written down still, and gone.
    pub(crate) retired: Retired,
    /// Which environments say that they are on a cluster, whether there is such a one or not.
    pub(crate) on_clusters: OnClusters,
    /// Recorded outputs.
    pub(crate) outputs: Outputs,
    /// Recorded imports.
    pub(crate) imports: Imports,
    /// Files and texts the fleet was made of.
    pub(crate) loaded: Loaded,
}

/// A commons and an environment of it, by their names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub(crate) struct EnvironmentRef {
    pub(crate) commons: ObjectName,
    pub(crate) environment: ObjectName,
}

impl std::fmt::Display for EnvironmentRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "commons.{}.environments.{}",
            self.commons, self.environment
        )
    }
}

/// A cluster with what follows from its account.
#[derive(Debug)]
pub(crate) struct ResolvedCluster {
    pub(crate) spec: Cluster,
    /// Its region: its own or its account's; none where the account is unknown and it names none.
    pub(crate) region: Option<Region>,
    /// The naming rules that hold for it, with its variables.
    pub(crate) names: Names,
}

/// An environment with its merged tree.
#[derive(Debug)]
pub(crate) struct ResolvedEnvironment {
    pub(crate) spec: Environment,
    /// Its layers and what they merged to.
    pub(crate) layers: Stack,
    /// The naming rules that hold for it, with its variables.
    pub(crate) names: Names,
}

impl ResolvedCluster {
    /// Whether both name the same network.
    pub(crate) fn shares_network(&self, other: &Self) -> bool {
        let (one, other_spec) = (&self.spec, &other.spec);
        one.vpc.is_some()
            && one.network.cidr.is_some()
            && one.vpc == other_spec.vpc
            && one.account == other_spec.account
            && self.region == other.region
            && one.network.cidr == other_spec.network.cidr
    }
}

impl ResolvedFleet {
    /// An account by name.
    pub(crate) fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.get(name)
    }

    /// A cluster by name.
    pub(crate) fn cluster(&self, name: &str) -> Option<&ResolvedCluster> {
        self.clusters.get(name)
    }

    /// Whether an add-on of a cluster is on, as the fleet says it; nothing where it does not name it.
    ///
    /// Raw values of cluster-level-resources count, which are merged last where somebody installs that chart.
    pub(crate) fn addon(&self, cluster: &str, addon: &str) -> Option<bool> {
        let spec = &self.cluster(cluster)?.spec;
        let path = ["clusters", cluster, "values", addon, "enabled"];
        let raw = self.root.path(&path).and_then(Node::text);
        match raw.filter(|_| spec.delivery == Delivery::SpokePull) {
            Some(switch) => Some(switch == "true"),
            None => Some(spec.addons.get(addon)?.enabled.unwrap_or(true)),
        }
    }

    /// What keeps to network policies in a cluster, as the fleet names it: add-ons, and the network of EKS itself.
    pub(crate) fn policy_engines(&self, cluster: &str) -> Vec<&'static str> {
        let spec = self.cluster(cluster).map(|cluster| &cluster.spec);
        // It is told by our own object in Auto Mode, and else by whoever says so.
        let is_auto = spec.is_some_and(Cluster::is_auto);
        let told = [
            "clusters",
            cluster,
            "addons",
            NETWORK_OF_EKS,
            "values",
            "enableNetworkPolicy",
        ];
        let is_told = self.root.path(&told).and_then(Node::text) == Some("true");
        let is_on = |addon: &str| self.addon(cluster, addon) == Some(true);
        ["calico", "cilium", NETWORK_OF_EKS]
            .into_iter()
            .filter(|engine| match *engine {
                NETWORK_OF_EKS => is_auto || (is_told && is_on(engine)),
                addon => is_on(addon),
            })
            .collect()
    }

    /// The cluster and the account of an environment, where both exist.
    pub(crate) fn home(
        &self,
        environment: &ResolvedEnvironment,
    ) -> Option<(&ResolvedCluster, &Account)> {
        let cluster = self.clusters.get(&environment.spec.cluster)?;
        let account = self.accounts.get(&cluster.spec.account)?;
        Some((cluster, account))
    }

    /// The environments of a cluster, in order.
    pub(crate) fn environments_on<'a>(
        &'a self,
        cluster: &str,
    ) -> impl Iterator<Item = (&'a EnvironmentRef, &'a ResolvedEnvironment)> + use<'a> {
        let all = self.on_clusters.of(cluster).iter();
        all.filter_map(|at| self.environments.get_key_value(at))
    }

    /// The tier of a cluster: that of its environment that matters most. None where it has no environment.
    pub(crate) fn cluster_tier(&self, name: &ObjectName) -> Option<Tier> {
        self.environments_on(name.as_str())
            .map(|(_, environment)| environment.spec.tier)
            .max()
    }

    /// The cluster whose stack makes the network of a cluster: itself, or the first of those that share one.
    ///
    /// Clusters share a network if they name the same one, with the same addresses, in one account and region.
    pub(crate) fn network_owner<'a>(&'a self, name: &'a ObjectName) -> &'a ObjectName {
        let Some(cluster) = self.clusters.get(name) else {
            return name;
        };
        self.clusters
            .iter()
            .find(|(_, other)| cluster.shares_network(other))
            .map_or(name, |(owner, _)| owner)
    }

    /// The place of a value of the fleet by its path, or of its nearest parent that has one.
    pub(crate) fn place(&self, path: &[&str]) -> Option<Span> {
        (0..=path.len())
            .rev()
            .find_map(|length| self.root.path(&path[..length]).and_then(Node::span))
    }

    /// The place of a field of an environment: where the layer stands that set it, or the environment itself.
    pub(crate) fn environment_place(&self, at: &EnvironmentRef, path: &[&str]) -> Option<Span> {
        let environment = self.environments.get(at)?;
        let exact = environment.layers.merged.path(path).and_then(Node::span);
        exact.or_else(|| {
            self.place(&[
                "commons",
                at.commons.as_str(),
                "environments",
                at.environment.as_str(),
            ])
        })
    }

    /// The partition of ARNs in a region.
    pub(crate) fn partition(region: &Region) -> &'static str {
        Regions::partition(region.as_str())
    }

    /// The stack of an account, for what it has once or once a region.
    pub(crate) fn account_stack(
        account: &Account,
        region: Option<&Region>,
        kind: StackKind,
    ) -> StackId {
        StackId {
            account: account.id.clone(),
            region: region.cloned(),
            kind,
            scope: StackScope::Account,
        }
    }

    /// The stack of a cluster. Where gen3-terraform makes it, one stands for its network and its databases, too.
    pub(crate) fn cluster_stack(&self, name: &ObjectName, kind: StackKind) -> Option<StackId> {
        let name = match kind {
            StackKind::Network => self.network_owner(name),
            _ => name,
        };
        let cluster = self.clusters.get(name)?;
        let kind = match kind {
            StackKind::Network | StackKind::Data if cluster.spec.terraform.is_one_root() => {
                StackKind::Cluster
            }
            kind => kind,
        };
        let account = self.accounts.get(&cluster.spec.account)?;
        Some(StackId {
            account: account.id.clone(),
            region: Some(cluster.region.clone()?),
            kind,
            scope: StackScope::Cluster(name.clone()),
        })
    }

    /// The stack of an environment.
    pub(crate) fn environment_stack(
        &self,
        at: &EnvironmentRef,
        kind: StackKind,
    ) -> Option<StackId> {
        let (cluster, account) = self.home(self.environments.get(at)?)?;
        Some(StackId {
            account: account.id.clone(),
            region: Some(cluster.region.clone()?),
            kind,
            scope: StackScope::Environment(at.commons.clone(), at.environment.clone()),
        })
    }

    /// Whether a stack is of an object that the fleet has, in the account and region that the object is in.
    pub(crate) fn has_stack(&self, stack: &StackId) -> bool {
        match &stack.scope {
            StackScope::Account => {
                let mut accounts = self.accounts.values();
                accounts.any(|account| account.id == stack.account)
            }
            StackScope::Member(member) => {
                let has = |id: &AccountId| self.accounts.values().any(|account| account.id == *id);
                has(&stack.account) && has(member)
            }
            StackScope::Cluster(name) => {
                self.cluster_stack(name, stack.kind).as_ref() == Some(stack)
            }
            StackScope::Environment(commons, environment) => {
                let at = EnvironmentRef {
                    commons: commons.clone(),
                    environment: environment.clone(),
                };
                self.environment_stack(&at, stack.kind).as_ref() == Some(stack)
            }
        }
    }

    /// The kinds of outputs that a stack gives.
    pub(crate) fn outputs_of(
        &self,
        stack: &StackId,
    ) -> impl Iterator<Item = OutputKind> + Clone + use<> {
        let is_one_root = match &stack.scope {
            StackScope::Cluster(name) => {
                let cluster = self.clusters.get(name);
                cluster.is_some_and(|cluster| cluster.spec.terraform.is_one_root())
            }
            _ => false,
        };
        stack.kind.outputs(is_one_root)
    }

    /// The stacks of one kind that objects of the fleet can have.
    pub(crate) fn stacks_of(&self, kind: StackKind) -> impl Iterator<Item = StackId> {
        let accounts = self.accounts.values().flat_map(move |account| {
            [None, Some(&account.region)].map(|region| Self::account_stack(account, region, kind))
        });
        let clusters = self.clusters.keys();
        let clusters = clusters.filter_map(move |name| self.cluster_stack(name, kind));
        let environments = self.environments.keys();
        let environments = environments.filter_map(move |at| self.environment_stack(at, kind));
        accounts.chain(clusters).chain(environments)
    }

    /// An output of a stack.
    pub(crate) fn output(stack: StackId, kind: OutputKind, item: Option<&str>) -> OutputId {
        OutputId {
            stack,
            kind,
            item: item.map(Into::into),
        }
    }

    /// Whether an account is one that Terraform is rendered for.
    pub(crate) fn is_aws(account: &Account) -> bool {
        account.provider == Provider::Aws
    }
}
