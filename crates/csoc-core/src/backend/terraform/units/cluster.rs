//! The roots of a cluster: what its environments share.

use super::Cutter;
use crate::backend::terraform::Layer;
use crate::backend::terraform::waf::{Waf, WebAcl};
use crate::contract::{ClusterContract, KeyPurpose};
use crate::model::stack::{OutputKind, StackKind};

impl Cutter<'_> {
    pub(super) fn waf(&mut self, cluster: &ClusterContract) {
        let (Some(account), Some(stack)) = (
            self.view.contracts.accounts.get(&cluster.account),
            self.view.fleet.cluster_stack(&cluster.name, StackKind::Waf),
        ) else {
            return;
        };
        let web_acls: Vec<WebAcl> = cluster
            .load_balancers
            .iter()
            .filter_map(|balancer| {
                let web_acl = balancer.web_acl.as_ref()?;
                Some(WebAcl {
                    name: web_acl.name.clone(),
                    load_balancer: balancer.name.clone(),
                    spec: balancer.spec.waf.clone(),
                    allow_lists: web_acl.allow_lists.clone(),
                    hosts: balancer
                        .hosts
                        .iter()
                        .map(|(_, host)| host)
                        .chain(&balancer.hub_hosts)
                        .map(ToString::to_string)
                        .collect(),
                })
            })
            .collect();
        if web_acls.is_empty() {
            return;
        }
        let waf = Waf {
            cluster: cluster.name.clone(),
            web_acls,
        };
        let mut root = self.cluster_root(account, cluster, stack);
        root.variables
            .push(self.key(account, &cluster.region, KeyPurpose::Logs));
        if waf.has_allow_lists() {
            let network = self
                .view
                .fleet
                .cluster_stack(&cluster.name, StackKind::Network);
            root.variables
                .extend(network.map(|stack| self.output(stack, OutputKind::NatAddresses)));
        }
        self.roots.push((root, Layer::Waf(waf)));
    }
}
