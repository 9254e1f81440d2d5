//! The contract graph to look at: who runs as what, reads which secret, is reached by which name; printed in several forms.

mod build;
mod dot;
mod focus;
mod graph;
mod layout;
mod mermaid;
mod palette;
mod stacks;
mod svg;
#[cfg(test)]
mod tests;

pub use focus::{FocusError, GraphFocus, Reached};
pub use graph::{ContractGraph, GraphLink, GraphNode};

use crate::fleet::Fleet;

impl Fleet {
    /// The contract graph of all environments that can be linked, with what clusters and accounts share.
    ///
    /// ```no_run
    /// use csoc_core::{Context, Fleet};
    ///
    /// let fleet = Fleet::load("fleet", &Context::default())?;
    /// let graph = fleet.graph().focus("commons.midrc.environments.prod")?;
    /// std::fs::write("prod.svg", graph.to_svg()?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn graph(&self) -> ContractGraph {
        build::graph(self.contracts())
    }
}
