//! The add-ons that a cluster does not work without, and what each is told of it, whoever installs it.

mod network;
#[cfg(test)]
mod tests;
mod values;

pub(super) use network::told as policies_of_network;

use crate::backend::FleetView;
use crate::catalog::AddonCatalog;
use crate::contract::{ClusterContract, EksContract, EnvironmentContract, Pool};
use crate::model::cluster::Cluster;
use crate::model::environment::Certificate;
use crate::model::nodes::{InstanceClass, Provisioner};

/// What an add-on may know of the cluster that it is for.
pub(super) struct Subject<'a> {
    pub(super) view: &'a FleetView<'a>,
    pub(super) contract: &'a ClusterContract,
    pub(super) spec: &'a Cluster,
}

impl<'a> Subject<'a> {
    /// A cluster of the fleet; none where nothing says how it is.
    pub(super) fn new(view: &'a FleetView<'a>, contract: &'a ClusterContract) -> Option<Self> {
        let spec = &view.fleet.cluster(contract.name.as_str())?.spec;
        Some(Self {
            view,
            contract,
            spec,
        })
    }

    pub(super) fn name(&self) -> &'a str {
        self.contract.name.as_str()
    }

    /// The add-ons that the cluster does not work without: those of its environments, and those of its nodes.
    pub(super) fn needed(&self) -> Vec<&'static str> {
        let provisioner = self.contract.eks.as_ref().map(EksContract::provisioner);
        // In Auto Mode machines with such processors come with what shows them.
        let shows_processors = provisioner.is_some_and(|it| it != Provisioner::Auto);
        [
            (
                "alb-controller",
                self.spec.platform.ingress_class().is_none(),
            ),
            ("external-secrets", true),
            ("metrics-server", self.any(grows)),
            ("cert-manager", self.any(issues)),
            ("calico", self.isolates()),
            ("karpenter", provisioner == Some(Provisioner::Karpenter)),
            (
                "nvidia-device-plugin",
                shows_processors && !self.gpu_pools().is_empty(),
            ),
        ]
        .into_iter()
        .filter(|(name, wanted)| *wanted && AddonCatalog::embedded().get(name).is_some())
        .map(|(name, _)| name)
        .collect()
    }

    /// Whether its environments ask for network policies and nothing of it keeps to them: one that does is enough.
    fn isolates(&self) -> bool {
        self.any(|environment| environment.spec.network_policies)
            && self.view.fleet.policy_engines(self.name()).is_empty()
    }

    fn any(&self, wanted: fn(&EnvironmentContract) -> bool) -> bool {
        let mut on = self.view.contracts.environments_on(self.name());
        on.any(wanted)
    }

    /// The pools whose machines have graphics processors.
    fn gpu_pools(&self) -> Vec<Pool> {
        let pools = self.contract.eks.as_ref().map(EksContract::node_pools);
        pools
            .unwrap_or_default()
            .into_iter()
            .filter(|pool| {
                let by_type = |name: &String| name.starts_with(['g', 'p']);
                pool.classes.contains(&InstanceClass::Gpu) && pool.types.is_empty()
                    || pool.types.iter().any(by_type)
            })
            .collect()
    }
}

/// Whether a service of it grows with its load.
fn grows(environment: &EnvironmentContract) -> bool {
    environment.services.iter().any(|service| {
        let autoscaling = service.settings.autoscaling.as_ref();
        service.enabled && autoscaling.is_some_and(|autoscaling| autoscaling.enabled)
    })
}

/// Whether its certificate is issued in the cluster.
fn issues(environment: &EnvironmentContract) -> bool {
    matches!(
        environment.spec.certificate,
        Certificate::LeDns01 | Certificate::LeHttp01
    )
}
