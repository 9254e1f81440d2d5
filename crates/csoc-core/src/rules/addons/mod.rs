//! Rules about add-ons: each has one owner, what it needs, and a version that fits.

mod fits;
mod foreign;
mod needed;
mod owned;
mod wanted;

use super::context::{FleetContext, is_rendered};
use crate::catalog::{AddonCatalog, ComponentCatalog};
use crate::contract::EnvironmentContract;
use crate::model::Mode;
use crate::model::cluster::{Cluster, Delivery, Platform};
use crate::model::nodes::Provisioner;
use crate::resolve::ResolvedFleet;
use crate::span::Span;
use crate::value::Node;

/// A cluster whose add-ons are ours to say.
struct Subject<'a> {
    fleet: &'a ResolvedFleet,
    name: &'a str,
    spec: &'a Cluster,
    /// Raw values of cluster-level-resources, where somebody reads them.
    raw: Option<&'a Node>,
}

fn subjects<'a>(context: &FleetContext<'a>) -> impl Iterator<Item = Subject<'a>> {
    let fleet = context.fleet;
    fleet.clusters.iter().filter_map(move |(name, cluster)| {
        let spec = &cluster.spec;
        let management = spec.management;
        (is_rendered(management.applications) || is_rendered(management.values)).then(|| {
            let raw = fleet.root.path(&["clusters", name.as_str(), "values"]);
            Subject {
                fleet,
                name: name.as_str(),
                spec,
                raw: raw.filter(|_| spec.delivery == Delivery::SpokePull),
            }
        })
    })
}

impl Subject<'_> {
    /// What raw values or the model say of an add-on; nothing where they do not name it.
    fn said(&self, addon: &str) -> Option<bool> {
        self.fleet.addon(self.name, addon)
    }

    /// Where the fleet names an add-on: among the cluster's, else in raw values.
    fn place(&self, context: &FleetContext<'_>, addon: &str) -> Option<Span> {
        let named = ["clusters", self.name, "addons", addon];
        let raw = ["clusters", self.name, "values", addon];
        let is_named = self.fleet.root.path(&named).is_some();
        context.place(if is_named { &named } else { &raw })
    }

    /// Whether EKS makes and keeps what it can, by Terraform of ours.
    fn is_eks(&self) -> bool {
        self.spec.platform == Platform::Eks && self.spec.management.terraform != Mode::External
    }

    fn provisioner(&self) -> Provisioner {
        self.spec.provisioner()
    }

    /// The version of an add-on that will run, if it does.
    fn version(&self, addon: &str) -> Option<String> {
        let given = self.spec.addons.get(addon);
        if let Some(version) = given.and_then(|given| given.version.as_ref()) {
            return Some(version.to_string());
        }
        if self.spec.delivery == Delivery::HubPush {
            let component = ComponentCatalog::embedded().of_addon(addon);
            return component.map(|(_, facts)| facts.version.clone());
        }
        AddonCatalog::embedded().get(addon)?.version.clone()
    }

    /// The environments on it that stay.
    fn environments<'c>(
        &self,
        context: &FleetContext<'c>,
    ) -> impl Iterator<Item = &'c EnvironmentContract> {
        context.contracts.environments_on(self.name)
    }
}

pub(crate) use fits::{addon_version_new, karpenter_version_old};
pub(crate) use foreign::{node_keys_foreign, telemetry_foreign};
pub(crate) use needed::{
    alb_controller_uninstalled, argo_workflows_uninstalled, cert_manager_uninstalled,
    external_secrets_uninstalled, metrics_server_uninstalled, network_policy_unenforced,
};
pub(crate) use owned::{
    addon_owned_twice, addon_role_missing, addon_too_late, cluster_values_unread,
    network_policy_doubled,
};
