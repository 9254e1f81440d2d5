//! The add-ons of a cluster that the hub pushes to: each from the chart of those who make it.
//!
//! The chart cluster-level-resources makes Applications that only reach the cluster of their own Argo CD. A new add-on is a
//! row in the catalog of components and, where it must know something of its cluster, a function in `argocd::addons::values`.

mod objects;
#[cfg(test)]
mod tests;

use super::super::addons::Subject;
use super::super::input::destination;
use super::Component;
use crate::backend::FleetView;
use crate::catalog::ComponentCatalog;
use crate::model::cluster::Delivery;
use crate::model::fleet::Gitops;
use crate::value::Exact;
use crate::value::overlay::{Nulls, merge};

/// The components of all clusters that are pushed to.
pub(super) fn components(view: &FleetView<'_>, gitops: &Gitops) -> Vec<Component> {
    let clusters = view.contracts.clusters.values();
    let subjects = clusters.filter_map(|contract| {
        let subject = Subject::new(view, contract)?;
        let is_ours = subject.spec.delivery == Delivery::HubPush
            && view.renders(subject.spec.management.applications);
        is_ours.then_some(subject)
    });
    subjects
        .flat_map(|subject| subject.components(gitops))
        .collect()
}

impl Subject<'_> {
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
}
