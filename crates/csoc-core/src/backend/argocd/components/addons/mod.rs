//! The add-ons of a cluster that the hub pushes to: each from the chart of those who make it.
//!
//! The chart cluster-level-resources makes Applications that only reach the cluster of their own Argo CD. A new add-on is a
//! row in the catalog of components and, where it must know something of its cluster, a function in `values`.

mod objects;
#[cfg(test)]
mod tests;
mod values;

use super::super::input::{destination, needed};
use super::Component;
use crate::backend::FleetView;
use crate::catalog::ComponentCatalog;
use crate::contract::{ClusterContract, EksContract, EnvironmentContract, Pool};
use crate::model::cluster::{Cluster, Delivery};
use crate::model::fleet::Gitops;
use crate::model::nodes::{InstanceClass, Provisioner};
use crate::value::Exact;
use crate::value::overlay::{Nulls, merge};

/// What an add-on may know of the cluster that it is for.
struct Subject<'a> {
    view: &'a FleetView<'a>,
    contract: &'a ClusterContract,
    spec: &'a Cluster,
}

/// The components of all clusters that are pushed to.
pub(super) fn components(view: &FleetView<'_>, gitops: &Gitops) -> Vec<Component> {
    let clusters = view.contracts.clusters.values();
    let subjects = clusters.filter_map(|contract| {
        let spec = &view.fleet.cluster(contract.name.as_str())?.spec;
        let is_ours =
            spec.delivery == Delivery::HubPush && view.renders(spec.management.applications);
        is_ours.then_some(Subject {
            view,
            contract,
            spec,
        })
    });
    subjects
        .flat_map(|subject| subject.components(gitops))
        .collect()
}

impl Subject<'_> {
    fn name(&self) -> &str {
        self.contract.name.as_str()
    }

    fn components(&self, gitops: &Gitops) -> Vec<Component> {
        let needed = self.needed();
        let all = ComponentCatalog::embedded().iter();
        all.filter_map(|(component, facts)| Some((component, facts.addon.as_deref()?)))
            .filter(|(_, addon)| match self.spec.addons.get(*addon) {
                Some(settings) => settings.enabled.unwrap_or(true),
                None => needed.contains(addon),
            })
            .filter_map(|(component, addon)| self.component(component, addon, gitops))
            .collect()
    }

    fn component(&self, component: &str, addon: &str, gitops: &Gitops) -> Option<Component> {
        let path = ["clusters", self.name(), "addons", addon, "values"];
        let values = self.values(addon);
        let values = match self.view.fleet.root.path(&path) {
            Some(given) => merge(values, given, Nulls::Data),
            None => values,
        };
        let to = destination(self.view, self.name());
        let mut made = Component::new(component, self.name(), to, gitops, values)?;
        let settings = self.spec.addons.get(addon);
        if let Some(version) = settings.and_then(|settings| settings.version.as_ref()) {
            made.facts.version = version.to_string();
        }
        made.objects = self
            .objects(addon)
            .into_iter()
            .map(|(name, node)| (name, Exact(node)))
            .collect();
        Some(made)
    }

    /// The add-ons that the cluster does not work without: those of its environments, and those of its nodes.
    fn needed(&self) -> Vec<&'static str> {
        let on: Vec<&EnvironmentContract> = self
            .view
            .contracts
            .environments_on(self.contract.name.as_str())
            .collect();
        let mut needed = needed(self.view.fleet, self.name(), &on);
        let provisioner = self.contract.eks.as_ref().map(EksContract::provisioner);
        if provisioner == Some(Provisioner::Karpenter) {
            needed.push("karpenter");
        }
        // In Auto Mode machines with such processors come with what shows them.
        let shows_processors = provisioner.is_some_and(|it| it != Provisioner::Auto);
        if shows_processors && !self.gpu_pools().is_empty() {
            needed.push("nvidia-device-plugin");
        }
        needed
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
