//! Rules about clusters that gen3-terraform makes: what is called, what it is called with, and what it cannot make.

mod calls;
mod combinations;
mod fields;
mod registry;
mod variables;

pub(super) use registry::RULES;

use super::context::FleetContext;
use crate::catalog::module::{ModuleFacts, is_secret};
use crate::contract::{ClusterContract, ModuleContract};
use crate::diagnostic::Diagnostics;
use crate::resolve::ResolvedCluster;
use crate::value::{Entry, Node};

/// A cluster that gen3-terraform makes.
struct Subject<'a> {
    name: &'a str,
    cluster: &'a ResolvedCluster,
    contract: &'a ClusterContract,
    module: &'a ModuleContract,
    /// What is known of the module at that commit.
    facts: Option<ModuleFacts<'a>>,
}

/// The clusters that gen3-terraform makes and whose Terraform is not another's.
fn subjects<'a>(context: &FleetContext<'a>) -> impl Iterator<Item = Subject<'a>> {
    let clusters = context.contracts.clusters.values();
    let (fleet, catalogs) = (context.fleet, context.call.facts());
    clusters.filter_map(move |contract| {
        let module = contract.module.as_ref()?;
        Some(Subject {
            name: contract.name.as_str(),
            cluster: fleet.clusters.get(&contract.name)?,
            contract,
            module,
            facts: ModuleFacts::find(catalogs, &module.source, None),
        })
    })
}

impl<'a> Subject<'a> {
    /// The fleet's own variables, as they stand in it.
    fn own(&self, context: &FleetContext<'a>) -> &'a [Entry] {
        let path = ["clusters", self.name, "terraform", "variables"];
        context.fleet.root.path(&path).map_or(&[], Node::entries)
    }

    /// Says what is wrong with a variable of the fleet's own.
    fn say(
        &self,
        context: &FleetContext<'a>,
        variable: &str,
        message: String,
        help: &str,
        found: &mut Diagnostics,
    ) {
        let path = ["clusters", self.name, "terraform", "variables", variable];
        // The line of a secret would show it.
        let own = self
            .own(context)
            .iter()
            .find(|entry| entry.key.as_str() == variable);
        let is_secret = self.facts.is_some_and(|facts| facts.is_sensitive(variable))
            || own.is_some_and(|entry| is_secret(variable, &entry.node));
        let shown = if is_secret {
            path.split_last().map_or(&path[..], |(_, above)| above)
        } else {
            &path[..]
        };
        found.push(
            context
                .finding(&path, message)
                .help(help)
                .label(context.place(shown), "set here"),
        );
    }

    /// Whether a variable is set to that.
    fn is(&self, variable: &str, value: &str) -> bool {
        self.module.value(variable).and_then(Node::text) == Some(value)
    }
}
