//! The root of a cluster's own Argo CD.

use super::Cutter;
use crate::backend::argocd::{delivered, platforms};
use crate::backend::terraform::Layer;
use crate::backend::terraform::delivery::{Client, Delivery, People};
use crate::backend::terraform::helm::Helm;
use crate::contract::{
    ClusterContract, ClusterRolePurpose, DeliveryContract, HubServiceKind, KeyPurpose, Login,
    argocd_clients, sign_in,
};
use crate::model::stack::{OutputKind, StackKind};
use crate::resolve::ResolvedFleet;

impl Cutter<'_> {
    /// What a cluster's Argo CD is to people; nothing where it has no host.
    fn people(&self, cluster: &ClusterContract, own: &DeliveryContract) -> Option<Box<People>> {
        let fleet = self.view.fleet;
        let kind = HubServiceKind::ArgoCd;
        let hub = self.view.contracts.hub.as_ref();
        let services = hub.and_then(|hub| hub.services.as_ref());
        let services = services.filter(|it| it.cluster == cluster.name);
        let people = if let Some(host) = services.and_then(|it| it.host(kind)) {
            let argocd = hub.and_then(|hub| hub.spec.argocd.as_ref());
            let sign_in = services.and_then(|it| it.sign_in.clone());
            People {
                address: format!("https://{host}"),
                admin: argocd.map(|argocd| argocd.admin_user).unwrap_or_default(),
                sign_in: sign_in.and_then(|it| {
                    let client = kind.client(&it.spec.clients)?.to_owned();
                    Some((it, Client::Confidential(client)))
                }),
                notifications: argocd.and_then(|argocd| argocd.notifications.clone()),
            }
        } else {
            let host = own.host.as_ref()?;
            let argocd = fleet.cluster(cluster.name.as_str())?.spec.argocd.as_ref();
            let clients = argocd_clients(fleet);
            let client = clients.into_iter().find(|it| it.cluster == cluster.name);
            People {
                address: format!("https://{host}"),
                admin: argocd.map(|argocd| argocd.admin_user).unwrap_or_default(),
                sign_in: sign_in(fleet)
                    .zip(client)
                    .map(|(it, client)| (it, Client::Public(client.client))),
                notifications: None,
            }
        };
        Some(Box::new(people))
    }

    /// The role that a cluster's Argo CD is towards the clusters that it pushes to, where it is the hub's and there are any.
    fn pusher(&self, cluster: &ClusterContract) -> Option<String> {
        let (fleet, contracts) = (self.view.fleet, self.view.contracts);
        let hub = fleet.spec.hub.as_ref()?.cluster.as_ref()?;
        let is_trusted = |spoke| matches!(contracts.login(spoke), Some(Login::Role(_)));
        let pushes = *hub == cluster.name && contracts.clusters.keys().any(is_trusted);
        let role = contracts.pusher(fleet).filter(|_| pushes);
        role.map(ToOwned::to_owned)
    }

    pub(super) fn delivery(&mut self, cluster: &ClusterContract) {
        let stack = |kind| self.view.fleet.cluster_stack(&cluster.name, kind);
        let (Some(eks), Some(contract), Some(gitops), Some(account), Some(own), Some(nodes)) = (
            &cluster.eks,
            delivered(self.view, cluster),
            self.view.fleet.spec.gitops.clone(),
            self.view.contracts.accounts.get(&cluster.account),
            stack(StackKind::Delivery),
            stack(StackKind::Cluster),
        ) else {
            return;
        };
        let platforms = self.platforms.get_or_init(|| platforms(self.view, &gitops));
        let Some(platform) = platforms.get(cluster.name.as_str()) else {
            return;
        };
        let role = |purpose| eks.role(purpose).cloned();
        let layer = Delivery {
            place: cluster.place(),
            cluster: cluster.name.clone(),
            contract: contract.clone(),
            gitops,
            platform: platform.clone(),
            tier: eks.tier,
            boundary: account.workload_boundary(),
            people: self.people(cluster, contract),
            reader: role(ClusterRolePurpose::ArgoCdRepository),
            pusher: self.pusher(cluster),
        };
        let mut root = self.cluster_root(account, cluster, own);
        root.helm = Some(Helm {
            cluster: cluster.name.clone(),
            region: cluster.region.clone(),
        });
        let mut outputs = vec![
            OutputKind::ClusterEndpoint,
            OutputKind::ClusterCertificateAuthority,
        ];
        if layer.contract.host.is_some() {
            let zone = ResolvedFleet::account_stack(&account.spec, None, StackKind::Foundation);
            root.variables.push(self.output(zone, OutputKind::ZoneId));
        }
        if layer.reader.is_some() {
            outputs.extend([OutputKind::OidcIssuer, OutputKind::OidcProviderArn]);
            root.variables
                .push(self.key(account, &cluster.region, KeyPurpose::Secrets));
            // The role carries the boundary by its name.
            root.after.push(ResolvedFleet::account_stack(
                &account.spec,
                None,
                StackKind::Access,
            ));
        }
        root.variables.extend(
            outputs
                .into_iter()
                .map(|kind| self.output(nodes.clone(), kind)),
        );
        self.roots.push((root, Layer::Delivery(Box::new(layer))));
    }
}
