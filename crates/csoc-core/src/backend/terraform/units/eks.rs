//! The root of a cluster on EKS.

use super::Cutter;
use crate::backend::terraform::Layer;
use crate::backend::terraform::cluster::{Cluster, Delivery, Reach};
use crate::backend::terraform::place::Place;
use crate::contract::{ClusterContract, ClusterRolePurpose, EksContract, KeyPurpose};
use crate::model::control_plane::EndpointAccess;
use crate::model::stack::{OutputKind, StackKind};
use crate::network::{Joint, ipv4, joint};
use crate::resolve::ResolvedFleet;

impl Cutter<'_> {
    pub(super) fn eks(&mut self, cluster: &ClusterContract) {
        let Some(eks) = &cluster.eks else {
            return;
        };
        let stack = |kind| self.view.fleet.cluster_stack(&cluster.name, kind);
        let (Some(account), Some(own), Some(network)) = (
            self.view.contracts.accounts.get(&cluster.account),
            stack(StackKind::Cluster),
            stack(StackKind::Network),
        ) else {
            return;
        };
        let layer = Cluster {
            place: cluster.place(),
            name: cluster.name.clone(),
            vpc: cluster.vpc.clone(),
            boundary: account.workload_boundary(),
            groups: eks.node_groups(),
            delivery: self.pushed(cluster),
            spokes: self.spokes(eks),
            domain: account.spec.domain.clone(),
            eks: eks.clone(),
        };
        let mut root = self.cluster_root(account, cluster, own);
        for purpose in [KeyPurpose::Cluster, KeyPurpose::Logs] {
            root.variables
                .push(self.key(account, &cluster.region, purpose));
        }
        root.variables
            .push(self.output(network, OutputKind::PrivateSubnetIds));
        let keeps_records = [
            ClusterRolePurpose::ExternalDns,
            ClusterRolePurpose::CertManager,
        ];
        if keeps_records
            .iter()
            .any(|purpose| eks.role(*purpose).is_some())
        {
            let zone = ResolvedFleet::account_stack(&account.spec, None, StackKind::Foundation);
            root.variables.push(self.output(zone, OutputKind::ZoneId));
        }
        // Roles carry the boundary by its name, and entries name roles: both must be there.
        root.after.push(ResolvedFleet::account_stack(
            &account.spec,
            None,
            StackKind::Access,
        ));
        // An entry of Argo CD names the role of the hub's cluster, which trusts by name only what exists.
        if layer.delivery.is_some() {
            let hub = self.view.fleet.spec.hub.as_ref();
            let hub = hub.filter(|hub| hub.argocd_role.is_none());
            let hub = hub.and_then(|hub| hub.cluster.as_ref());
            root.after
                .extend(hub.and_then(|hub| self.view.fleet.cluster_stack(hub, StackKind::Cluster)));
        }
        self.roots.push((root, Layer::Cluster(Box::new(layer))));
    }

    /// What the hub's Argo CD is in a cluster that it pushes to.
    fn pushed(&self, cluster: &ClusterContract) -> Option<Delivery> {
        cluster.eks.as_ref()?.role(ClusterRolePurpose::ArgoCd)?;
        let hub_role = self.view.contracts.pusher(self.view.fleet)?;
        let organization = self.view.fleet.spec.organization.as_ref();
        let mut namespaces: Vec<String> = Vec::new();
        for environment in self.view.contracts.environments.values() {
            if environment.cluster != cluster.name {
                continue;
            }
            namespaces.push(environment.namespace.clone());
            if environment.runs("hatchery") {
                namespaces.push(environment.jupyter_namespace.clone());
            }
        }
        namespaces.sort();
        namespaces.dedup();
        let spoke = self.view.fleet.cluster(cluster.name.as_str())?;
        let installs = self.view.renders(spoke.spec.management.applications);
        Some(Delivery {
            hub_role: hub_role.to_owned(),
            organization: organization
                .and_then(|organization| organization.aws_organization.as_ref())
                .map(ToString::to_string),
            network: self.hub_network(cluster),
            reach: if installs {
                Reach::Cluster
            } else {
                Reach::Namespaces(namespaces)
            },
        })
    }

    /// The hub's network, where it reaches a cluster's API by addresses of the two networks.
    fn hub_network(&self, cluster: &ClusterContract) -> Option<String> {
        let fleet = self.view.fleet;
        let hub = fleet.spec.hub.as_ref()?.cluster.as_ref()?;
        let is_private = cluster.eks.as_ref()?.spec.endpoint.access == EndpointAccess::Private;
        let is_reached = match joint(fleet, hub, &cluster.name) {
            // There the API's name leads to such addresses, whoever else may reach it.
            Joint::Same => true,
            Joint::Joined | Joint::Unknown => is_private,
            Joint::Apart => false,
        };
        let owner = fleet.clusters.get(fleet.network_owner(hub))?;
        let network = ipv4(owner.spec.network.cidr.as_ref()?)?;
        is_reached.then(|| network.to_string())
    }

    /// The roles that the hub's Argo CD becomes in the clusters that it pushes to.
    fn spokes(&self, eks: &EksContract) -> Vec<String> {
        if eks.role(ClusterRolePurpose::ArgoCdHub).is_none() {
            return Vec::new();
        }
        let clusters = self.view.contracts.clusters.values();
        clusters
            .filter_map(|cluster| cluster.eks.as_ref()?.role(ClusterRolePurpose::ArgoCd))
            .map(|role| role.arn.clone())
            .collect()
    }
}

impl ClusterContract {
    /// Where its resources are.
    pub(super) fn place(&self) -> Place {
        Place {
            partition: self.partition,
            account: self.account_id.clone(),
            region: self.region.clone(),
        }
    }
}
