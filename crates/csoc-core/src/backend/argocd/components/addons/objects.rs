//! Plain objects beside an add-on: what its own kinds are for in this cluster.

use super::super::super::addons::Subject;
use super::super::super::input::scaling;
use super::super::super::nodes;
use crate::backend::acme;
use crate::model::nodes::Provisioner;
use crate::value::Node;

impl Subject<'_> {
    /// The objects beside an add-on, each with the name of its file.
    pub(super) fn objects(&self, addon: &str) -> Vec<(String, Node)> {
        match addon {
            "cert-manager" => acme::issuers(self.view, self.name()),
            "karpenter" => self.pools(),
            _ => Vec::new(),
        }
    }

    /// The pools that Karpenter makes nodes by.
    fn pools(&self) -> Vec<(String, Node)> {
        scaling(self.contract)
            .filter(|scaling| scaling.provisioner == Provisioner::Karpenter)
            .map(|scaling| nodes::objects(self.name(), &self.contract.vpc, &scaling))
            .unwrap_or_default()
    }
}
