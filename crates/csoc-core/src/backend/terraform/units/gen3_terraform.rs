//! The root of a cluster that gen3-terraform makes.

use super::Cutter;
use crate::backend::terraform::Layer;
use crate::backend::terraform::gen3_terraform::Gen3Terraform;
use crate::backend::terraform::root::RunBy;
use crate::contract::{ClusterContract, KeyPurpose};
use crate::model::stack::{OutputKind, StackKind};

impl Cutter<'_> {
    pub(super) fn gen3_terraform(&mut self, cluster: &ClusterContract) {
        let (Some(module), Some(account), Some(stack)) = (
            &cluster.module,
            self.view.contracts.accounts.get(&cluster.account),
            self.view
                .fleet
                .cluster_stack(&cluster.name, StackKind::Cluster),
        ) else {
            return;
        };
        let mut root = self.cluster_root(account, cluster, stack);
        if module
            .outputs()
            .any(|kind| kind == OutputKind::DatabaseKeyArn)
        {
            root.variables
                .push(self.key(account, &cluster.region, KeyPurpose::Database));
        }
        // The module makes users, and roles without a path and a boundary: the role that deploys may not.
        root.run_by = RunBy::People;
        let layer = Gen3Terraform {
            vpc: cluster.vpc.clone(),
            module: module.clone(),
        };
        self.roots.push((root, Layer::Gen3Terraform(layer)));
    }
}
