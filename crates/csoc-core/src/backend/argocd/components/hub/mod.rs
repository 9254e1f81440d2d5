//! What the hub's cluster runs for the people of the fleet: Argo CD's own entrance and secrets, Keycloak, the portal.
//!
//! Grafana is installed with what observes, and gets its host and its sign-in here.

mod grafana;
pub(super) mod ingress;
mod keycloak;
mod objects;
mod portal;
mod realm;
#[cfg(test)]
mod tests;

use super::super::hub::registrations;
use super::super::input::{Destination, Input, destination};
use super::Component;
use crate::backend::FleetView;
use crate::contract::{
    ARGO_CD, HubContract, HubServiceKind, HubServices, LoadBalancerContract, choose,
};
use crate::model::fleet::Gitops;
use crate::model::hub::Hub;
use crate::model::name::ObjectName;
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
            certificate: Some(&self.services.certificate),
            balancer: self.balancer,
        })
    }

    fn component(&self, name: &str, values: crate::value::Node) -> Option<Component> {
        let cluster = self.services.cluster.as_str();
        Component::new(name, cluster, Destination::Here, self.gitops, values)
    }
}

/// Adds the components of the hub's cluster, and what people need of those that are there.
pub(super) fn add(view: &FleetView<'_>, gitops: &Gitops, components: &mut Vec<Component>) {
    let Some(center) = Center::of(view, gitops) else {
        return;
    };
    let cluster = center.services.cluster.as_str();
    let mut there = components.iter_mut();
    if let Some(grafana) = there.find(|it| it.name == "grafana" && it.cluster == cluster) {
        // Without a host it stays as it is.
        let _ = grafana::open(&center, grafana);
    }
    let own = [
        Some(argocd(&center)),
        keycloak::component(&center),
        portal::component(&center),
    ];
    components.extend(own.into_iter().flatten());
}

/// Objects that stand beside the Applications: the store of the hub's secrets, and Argo CD's own.
fn argocd(center: &Center<'_>) -> Component {
    let mut all = vec![("hub-secret-store".to_owned(), objects::store(center))];
    // Where clusters are registered out of secrets, the account stands beside what reads those.
    let registered = registrations(center.view);
    if !registered
        .iter()
        .any(|unit| matches!(unit.input, Input::Store(_)))
    {
        let account = objects::account(center.contract);
        all.push(("hub-secret-account".to_owned(), account));
    }
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
