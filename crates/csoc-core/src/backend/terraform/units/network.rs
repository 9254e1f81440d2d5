//! The root of a cluster's network.

use super::Cutter;
use crate::backend::terraform::Layer;
use crate::backend::terraform::network::Network;
use crate::backend::terraform::place::Place;
use crate::backend::terraform::variables::Source;
use crate::contract::{ClusterContract, KeyPurpose};
use crate::model::stack::{OutputKind, StackKind};
use crate::network::{GatewaySource, PeerTarget, gateway, peers, plan};
use crate::resolve::ResolvedFleet;

impl Cutter<'_> {
    pub(super) fn network(&mut self, cluster: &ClusterContract) {
        let fleet = self.view.fleet;
        let resolved = &fleet.clusters[&cluster.name];
        if fleet.network_owner(&cluster.name) != &cluster.name {
            return;
        }
        let (Some(account), Some(stack), Some(plan), Some(flow_logs_role)) = (
            self.view.contracts.accounts.get(&cluster.account),
            fleet.cluster_stack(&cluster.name, StackKind::Network),
            plan(fleet, &cluster.name),
            cluster.flow_logs_role.clone(),
        ) else {
            return;
        };
        let network = Network {
            place: Place {
                partition: cluster.partition,
                account: cluster.account_id.clone(),
                region: cluster.region.clone(),
            },
            cluster: cluster.name.clone(),
            vpc: cluster.vpc.clone(),
            plan,
            egress: resolved.spec.network.egress.clone(),
            flow_logs: resolved.spec.network.flow_logs.clone(),
            boundary: account.workload_boundary(),
            flow_logs_role,
            peers: peers(fleet, &cluster.name),
            gateway: gateway(fleet, &cluster.name),
            shares_outside: account.organization.is_none(),
        };
        let mut root = self.cluster_root(account, cluster, stack);
        root.variables
            .push(self.key(account, &cluster.region, KeyPurpose::Logs));
        for peer in &network.peers {
            let PeerTarget::Fleet(there) = &peer.target else {
                continue;
            };
            for kind in [OutputKind::VpcId, OutputKind::PrivateRouteTableIds] {
                let mut variable = self.output(there.clone(), kind);
                if let Source::Output(output) = variable.source {
                    variable.source = Source::Peer(output, peer.name.clone());
                }
                root.variables.push(variable);
            }
        }
        if let Some(GatewaySource::Output(there)) =
            network.gateway.as_ref().map(|gateway| &gateway.source)
        {
            root.variables
                .push(self.output(there.clone(), OutputKind::TransitGatewayId));
        }
        // The role of flow logs carries the boundary by its name: it must be there.
        root.after.push(ResolvedFleet::account_stack(
            &account.spec,
            None,
            StackKind::Access,
        ));
        self.roots.push((root, Layer::Network(Box::new(network))));
    }
}
