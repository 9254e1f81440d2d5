//! The root of what a cluster's environments share of databases and search.

use super::Cutter;
use crate::backend::terraform::Layer;
use crate::backend::terraform::data::{Data, Database, Search, Vault};
use crate::contract::{ClusterContract, ClusterRolePurpose, EksContract, Resource};
use crate::model::stack::{OutputKind, StackKind};
use crate::resolve::ResolvedFleet;

impl Cutter<'_> {
    pub(super) fn data(&mut self, cluster: &ClusterContract) {
        let Some(eks) = &cluster.eks else {
            return;
        };
        let databases = self.databases(cluster, eks);
        let search = self.search(cluster, eks);
        if databases.is_empty() && search.is_empty() {
            return;
        }
        let stack = |kind| self.view.fleet.cluster_stack(&cluster.name, kind);
        let (Some(account), Some(own), Some(network), Some(nodes)) = (
            self.view.contracts.accounts.get(&cluster.account),
            stack(StackKind::Data),
            stack(StackKind::Network),
            stack(StackKind::Cluster),
        ) else {
            return;
        };
        let vault = eks.vault.as_ref().zip(eks.role(ClusterRolePurpose::Backup));
        let data = Data {
            place: cluster.place(),
            cluster: cluster.name.clone(),
            vpc: cluster.vpc.clone(),
            boundary: account.workload_boundary(),
            tier: eks.tier,
            vault: vault.map(|(name, role)| Vault {
                name: name.clone(),
                spec: eks.spec.backup.clone(),
                role: role.clone(),
            }),
            monitoring: eks.role(ClusterRolePurpose::Monitoring).cloned(),
            databases,
            search,
        };
        let mut root = self.cluster_root(account, cluster, own);
        for purpose in data.keys() {
            root.variables
                .push(self.key(account, &cluster.region, purpose));
        }
        root.variables
            .push(self.output(network.clone(), OutputKind::VpcId));
        root.variables
            .push(self.output(network, OutputKind::DatabaseSubnetIds));
        root.variables
            .push(self.output(nodes, OutputKind::ClusterSecurityGroupId));
        if data.vault.is_some() || data.monitoring.is_some() {
            root.after.push(ResolvedFleet::account_stack(
                &account.spec,
                None,
                StackKind::Access,
            ));
        }
        self.roots.push((root, Layer::Data(data)));
    }

    fn databases(&self, cluster: &ClusterContract, eks: &EksContract) -> Vec<Database> {
        let all = eks.databases.iter().filter_map(|used| {
            let contract = cluster
                .databases
                .iter()
                .find(|database| database.name == used.name)?;
            let secret = Resource::Secret(contract.master_secret.clone());
            let spec = eks.spec.databases.get(&used.name);
            Some(Database {
                spec: spec.cloned().unwrap_or_default(),
                identifier: contract.identifier.clone(),
                readers: self.roles_with(cluster, &secret),
                master_secret: contract.master_secret.clone(),
                used: used.clone(),
            })
        });
        all.collect()
    }

    fn search(&self, cluster: &ClusterContract, eks: &EksContract) -> Vec<Search> {
        let all = eks.search.iter().filter_map(|used| {
            let contract = cluster
                .search
                .iter()
                .find(|search| search.name == used.name)?;
            let spec = eks.spec.search.get(&used.name);
            let domain = Resource::SearchDomain(contract.domain.clone());
            Some(Search {
                spec: spec.cloned().unwrap_or_default(),
                users: self.roles_with(cluster, &domain),
                domain: contract.domain.clone(),
                used: used.clone(),
            })
        });
        all.collect()
    }

    /// The roles of the cluster's environments that something is granted to.
    fn roles_with(&self, cluster: &ClusterContract, wanted: &Resource) -> Vec<String> {
        let environments = self.view.contracts.environments_on(cluster.name.as_str());
        let mut roles: Vec<String> = environments
            .flat_map(|environment| &environment.identities)
            .filter(|identity| {
                identity
                    .grants
                    .iter()
                    .any(|grant| grant.resources.contains(wanted))
            })
            .map(|identity| identity.role_arn.clone())
            .collect();
        roles.sort();
        roles.dedup();
        roles
    }
}
