//! What a cluster has beside its environments that needs add-ons: the hub's services, Argo CD's credentials, what observes.

use crate::contract::{ClusterRolePurpose, Login};
use crate::model::cluster::Platform;
use crate::rules::context::FleetContext;
use crate::rules::pushing;

/// Something that needs an add-on.
pub(super) struct Want {
    /// Where the fleet asks for it.
    pub(super) path: Vec<String>,
    /// What it is, as part of a sentence, of several.
    pub(super) what: String,
}

impl Want {
    fn new(path: &[&str], what: impl Into<String>) -> Self {
        Self {
            path: path.iter().map(|key| (*key).to_owned()).collect(),
            what: what.into(),
        }
    }
}

/// Nothing that is no environment's.
pub(super) fn nothing(_: &FleetContext<'_>, _: &str) -> Vec<Want> {
    Vec::new()
}

/// What copies secrets out of the secret manager.
pub(super) fn secrets(context: &FleetContext<'_>, cluster: &str) -> Vec<Want> {
    let contracts = context.contracts;
    let mut wants = Vec::new();
    let services = contracts.hub.as_ref().and_then(|hub| hub.services.as_ref());
    if services.is_some_and(|services| services.cluster.as_str() == cluster) {
        wants.push(Want::new(&["hub"], "secrets of the hub's services"));
    }
    let hub = pushing::hub(context).filter(|(name, _)| name.as_str() == cluster);
    let told = hub.and_then(|_| {
        let mut pushed = pushing::pushed(context);
        pushed.find(|(name, _)| matches!(contracts.login(name), Some(Login::Secret(_))))
    });
    if let Some((name, _)) = told {
        wants.push(Want::new(
            &["clusters", name.as_str(), "delivery"],
            "registrations of clusters by a token",
        ));
    }
    let contract = contracts.clusters.values();
    let Some(contract) = contract.into_iter().find(|it| it.name.as_str() == cluster) else {
        return wants;
    };
    let Some(eks) = &contract.eks else {
        return wants;
    };
    let delivery = eks.delivery.as_ref();
    if delivery.is_some_and(|delivery| delivery.credential.is_some()) {
        wants.push(Want::new(
            &["gitops", "credential"],
            "credentials of the repository",
        ));
    }
    if contracts.watch.is_keeper(&contract.name) {
        wants.push(Want::new(
            &["accounts", contract.account.as_str(), "observability"],
            "passwords of Grafana",
        ));
    } else if eks.role(ClusterRolePurpose::Telemetry).is_some() {
        wants.push(Want::new(
            &["clusters", cluster],
            "passwords of what it sends of itself",
        ));
    }
    wants
}

/// What people, or other clusters, reach by a load balancer of AWS.
pub(super) fn entrances(context: &FleetContext<'_>, cluster: &str) -> Vec<Want> {
    let contracts = context.contracts;
    let resolved = context.fleet.cluster(cluster);
    let mut all = contracts.clusters.values();
    let contract = all.find(|it| it.name.as_str() == cluster);
    let (Some(contract), true) = (
        contract,
        resolved.is_some_and(|it| it.spec.platform == Platform::Eks),
    ) else {
        return Vec::new();
    };
    let mut wants = Vec::new();
    let hosts = contract.load_balancers.iter().flat_map(|it| &it.hub_hosts);
    let hosts: Vec<String> = hosts.map(|host| format!("`{host}`")).collect();
    if !hosts.is_empty() {
        let services = contracts.hub.as_ref().and_then(|hub| hub.services.as_ref());
        let is_hub = services.is_some_and(|services| services.cluster == contract.name);
        let own = ["clusters", cluster, "argocd", "host"];
        let path: &[&str] = if is_hub { &["hub"] } else { &own };
        wants.push(Want::new(
            path,
            format!("ingresses of {}", hosts.join(", ")),
        ));
    }
    let sends = contracts.watch.senders_to(&contract.name).next().is_some();
    if let Some(host) = contracts.watch.host(&contract.name).filter(|_| sends) {
        wants.push(Want::new(
            &["clusters", cluster],
            format!("ingresses of `{host}`, where other clusters send what is observed"),
        ));
    }
    wants
}
