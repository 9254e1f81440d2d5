//! What the hub's cluster runs for the people of the fleet: Argo CD's own entrance and secrets, Keycloak, the portal.
//!
//! Grafana has a host here and is installed with what observes.

mod grafana;
mod ingress;
mod keycloak;
mod objects;
mod portal;
mod realm;

use super::super::input::{Destination, destination};
use super::Component;
use crate::backend::FleetView;
use crate::contract::{
    ARGO_CD, HubContract, HubServiceKind, HubServices, LoadBalancerContract, choose,
};
use crate::model::fleet::Gitops;
use crate::model::hub::Hub;
use crate::model::name::ObjectName;
pub(super) use grafana::grafana;
use ingress::Entrance;

/// The hub, with what its services share.
struct Center<'a> {
    view: &'a FleetView<'a>,
    hub: &'a Hub,
    contract: &'a HubContract,
    services: &'a HubServices,
    /// The load balancer that the services are behind.
    balancer: &'a LoadBalancerContract,
    gitops: &'a Gitops,
}

impl<'a> Center<'a> {
    fn of(view: &'a FleetView<'a>, gitops: &'a Gitops) -> Option<Self> {
        let contract = view.contracts.hub.as_ref()?;
        let services = contract.services.as_ref()?;
        let cluster = view.fleet.cluster(services.cluster.as_str())?;
        let balancers = &view
            .contracts
            .clusters
            .get(&services.cluster)?
            .load_balancers;
        let names: Vec<&ObjectName> = balancers.iter().map(|balancer| &balancer.name).collect();
        let chosen = choose(services.load_balancer.as_ref(), &names, "public")?;
        let is_here = destination(view, services.cluster.as_str()) == Destination::Here;
        (is_here && view.renders(cluster.spec.management.applications)).then_some(())?;
        Some(Self {
            view,
            hub: &contract.spec,
            contract,
            services,
            balancer: balancers.iter().find(|balancer| balancer.name == *chosen)?,
            gitops,
        })
    }

    /// How a service is reached; none where it does not run.
    fn entrance(&self, kind: HubServiceKind) -> Option<Entrance<'a>> {
        Some(Entrance {
            host: self.services.host(kind)?.as_str(),
            certificate: &self.services.certificate,
            balancer: self.balancer,
        })
    }

    fn component(&self, name: &str, values: crate::value::Node) -> Option<Component> {
        let cluster = self.services.cluster.as_str();
        Component::new(name, cluster, Destination::Here, self.gitops, values)
    }
}

/// The components of the hub's cluster.
pub(super) fn components(view: &FleetView<'_>, gitops: &Gitops) -> Vec<Component> {
    let Some(center) = Center::of(view, gitops) else {
        return Vec::new();
    };
    [
        Some(argocd(&center)),
        keycloak::component(&center),
        portal::component(&center),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Objects that stand beside the Applications: the store of the hub's secrets, and Argo CD's own.
fn argocd(center: &Center<'_>) -> Component {
    let mut all = vec![
        (
            "hub-secret-account".to_owned(),
            objects::account(center.contract),
        ),
        ("hub-secret-store".to_owned(), objects::store(center)),
    ];
    let secrets = center.services.secrets(center.hub);
    for secret in &secrets {
        if secret.service == HubServiceKind::ArgoCd {
            let name = objects::kubernetes_name(secret);
            all.push((name, objects::external_secret(secret, ARGO_CD)));
        }
    }
    if let Some(entrance) = center.entrance(HubServiceKind::ArgoCd) {
        let ingress = entrance.ingress("argocd-server", ARGO_CD, "/healthz");
        all.push(("hub-ingress-argocd".to_owned(), ingress));
    }
    Component::objects("hub", center.services.cluster.as_str(), center.gitops, all)
}
