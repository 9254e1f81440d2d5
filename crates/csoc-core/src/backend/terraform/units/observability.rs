//! The roots of what observes a region, and of the alarms of its clusters.

use super::Cutter;
use crate::backend::terraform::Layer;
use crate::backend::terraform::data::Search;
use crate::backend::terraform::observability::{
    AlarmedDatabase, AlarmedQueue, AlarmedSearch, Alarms, Observability, Relay,
};
use crate::backend::terraform::place::{Place, label};
use crate::contract::{
    AccountContract, ClusterContract, ClusterRolePurpose, EksContract, KeyPurpose,
    ObservabilityContract,
};
use crate::model::cluster::Nat;
use crate::model::stack::{OutputKind, StackId, StackKind};
use crate::network;
use crate::resolve::ResolvedFleet;

impl Cutter<'_> {
    /// What a region has once, and the alarms of its clusters.
    pub(super) fn observability(&mut self, contract: &ObservabilityContract) {
        let Some(account) = self.view.contracts.accounts.get(&contract.account) else {
            return;
        };
        let region = &contract.region;
        let own =
            ResolvedFleet::account_stack(&account.spec, Some(region), StackKind::Observability);
        let fleet = self.view.fleet;
        let rendered: Vec<&ClusterContract> = contract
            .alarmed
            .iter()
            .filter_map(|name| self.view.contracts.clusters.get(name))
            .filter(|cluster| {
                let resolved = fleet.clusters.get(&cluster.name);
                resolved.is_some_and(|it| self.view.renders(it.spec.management.terraform))
            })
            .collect();
        let has_gateways = rendered.iter().any(|cluster| {
            let plan = network::plan(fleet, &cluster.name);
            plan.is_some_and(|plan| plan.nat != Nat::None)
        });
        let layer = Observability {
            place: Place {
                partition: contract.partition,
                account: contract.account_id.clone(),
                region: region.clone(),
            },
            contract: contract.clone(),
            boundary: account.workload_boundary(),
            has_gateways,
        };
        let object = format!("accounts.{}", account.name);
        let mut root = self.root(account, object, own.clone(), region);
        let keeper = contract
            .stores
            .as_ref()
            .and_then(|(keeper, _)| self.view.fleet.cluster_stack(keeper, StackKind::Cluster));
        if let Some(stack) = keeper {
            root.variables.extend(
                [OutputKind::OidcIssuer, OutputKind::OidcProviderArn]
                    .map(|kind| self.output(stack.clone(), kind)),
            );
        }
        // Whoever deploys is made there, and roles carry its boundary by name.
        root.after.push(ResolvedFleet::account_stack(
            &account.spec,
            None,
            StackKind::Access,
        ));
        self.roots
            .push((root, Layer::Observability(Box::new(layer))));
        for cluster in rendered {
            self.alarms(contract, cluster, &own);
        }
    }

    fn alarms(
        &mut self,
        contract: &ObservabilityContract,
        cluster: &ClusterContract,
        region: &StackId,
    ) {
        let stack = self
            .view
            .fleet
            .cluster_stack(&cluster.name, StackKind::Observability);
        let (Some(eks), Some(stack), Some(account)) = (
            &cluster.eks,
            stack,
            self.view.contracts.accounts.get(&cluster.account),
        ) else {
            return;
        };
        let keeper = contract.stores.as_ref().map(|(keeper, _)| keeper);
        let keeps = keeper == Some(&cluster.name);
        let layer = Alarms {
            place: cluster.place(),
            cluster: cluster.name.clone(),
            databases: databases(cluster, eks),
            search: search(cluster, eks),
            queues: self.queues(cluster),
            vault: eks.vault.clone(),
            topics: contract.topics(),
            relay: self.relay(account, cluster),
            host: contract.host.clone().filter(|_| keeps),
        };
        let mut root = self.cluster_root(account, cluster, stack);
        let nodes = self
            .view
            .fleet
            .cluster_stack(&cluster.name, StackKind::Cluster);
        if let Some(nodes) = nodes.filter(|_| layer.relay.is_some()) {
            root.variables.extend(
                [OutputKind::OidcIssuer, OutputKind::OidcProviderArn]
                    .map(|kind| self.output(nodes.clone(), kind)),
            );
            root.variables
                .push(self.key(account, &cluster.region, KeyPurpose::Secrets));
            root.after.push(ResolvedFleet::account_stack(
                &account.spec,
                None,
                StackKind::Access,
            ));
        }
        if layer.host.is_some() {
            let zone = ResolvedFleet::account_stack(&account.spec, None, StackKind::Foundation);
            root.variables.push(self.output(zone, OutputKind::ZoneId));
        }
        // The topic is there before what tells it something.
        root.after.push(region.clone());
        self.roots.push((root, Layer::Alarms(layer)));
    }

    /// The credential of what is sent between clusters, where something is.
    fn relay(&self, account: &AccountContract, cluster: &ClusterContract) -> Option<Relay> {
        let eks = cluster.eks.as_ref()?;
        let watch = &self.view.contracts.watch;
        Some(Relay {
            secret: eks.telemetry.clone()?,
            keys: watch.telemetry_keys(&cluster.name),
            reader: eks.role(ClusterRolePurpose::Telemetry)?.clone(),
            boundary: account.workload_boundary(),
            tier: eks.tier,
        })
    }

    /// The queues of what could not be worked off, of environments that we make queues for.
    fn queues(&self, cluster: &ClusterContract) -> Vec<AlarmedQueue> {
        let environments = self.view.contracts.environments_on(cluster.name.as_str());
        let here = environments
            .filter(|environment| self.view.renders(environment.spec.management.terraform));
        here.flat_map(|environment| {
            environment.queues.iter().map(|queue| AlarmedQueue {
                label: format!(
                    "queue_{}_{}_{}",
                    label(environment.at.commons.as_str()),
                    label(environment.at.environment.as_str()),
                    label(queue.purpose.as_str())
                ),
                name: queue.dead_name(),
            })
        })
        .collect()
    }
}

fn databases(cluster: &ClusterContract, eks: &EksContract) -> Vec<AlarmedDatabase> {
    let all = eks.databases.iter().filter_map(|used| {
        let contract = cluster
            .databases
            .iter()
            .find(|database| database.name == used.name)?;
        let spec = eks.spec.databases.get(&used.name);
        Some(AlarmedDatabase {
            name: used.name.clone(),
            identifier: contract.identifier.clone(),
            grows: spec.is_none_or(|spec| spec.instance_class.is_none()),
        })
    });
    all.collect()
}

fn search(cluster: &ClusterContract, eks: &EksContract) -> Vec<AlarmedSearch> {
    let all = eks.search.iter().filter_map(|used| {
        let contract = cluster
            .search
            .iter()
            .find(|search| search.name == used.name)?;
        let search = Search {
            spec: eks.spec.search.get(&used.name).cloned().unwrap_or_default(),
            users: Vec::new(),
            domain: contract.domain.clone(),
            used: used.clone(),
        };
        Some(AlarmedSearch {
            name: used.name.clone(),
            volume_gib: search.volume(),
            domain: search.domain,
        })
    });
    all.collect()
}
