//! What a root becomes: the trees of its account, cluster and environment, and what became of each leaf.

use std::collections::BTreeMap;

use super::read::Root;
use crate::import::ledger::{Claims, LedgerUnit, Outcome};
use crate::import::skeleton::set_typed;
use crate::model::stack::OutputKind;
use crate::value::Node;

/// The tree that a field is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Cluster,
    Environment,
}

impl On {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Environment => "environment",
        }
    }
}

/// A root on its way into the model.
pub(super) struct Target<'a> {
    pub(super) root: &'a Root,
    pub(super) cluster: Node,
    /// None where nothing says that Gen3 runs on it.
    pub(super) environment: Option<Node>,
    /// Outputs by kind.
    pub(super) outputs: BTreeMap<OutputKind, Node>,
    pub(super) unit: LedgerUnit,
    claims: Vec<Claims>,
    output_claims: Vec<Claims>,
}

impl<'a> Target<'a> {
    pub(super) fn new(
        root: &'a Root,
        object: String,
        cluster: Node,
        environment: Option<Node>,
    ) -> Self {
        Self {
            root,
            cluster,
            environment,
            outputs: BTreeMap::new(),
            unit: LedgerUnit::new(root.title(), object),
            claims: root
                .variables
                .iter()
                .map(|part| Claims::new(&part.path))
                .collect(),
            output_claims: root
                .outputs
                .iter()
                .map(|part| Claims::new(&part.path))
                .collect(),
        }
    }

    /// Says what became of a variable, in the file where it holds.
    pub(super) fn claim(&mut self, name: &str, outcome: Outcome, target: &str, reason: &str) {
        let Some((holds, _)) = self.root.variable(name) else {
            return;
        };
        for (number, part) in self.root.variables.iter().enumerate() {
            if part.node.get(name).is_none() {
                continue;
            }
            let Some(claims) = self.claims.get_mut(number) else {
                continue;
            };
            if number == holds || outcome == Outcome::Refused {
                claims.claim(&[name], outcome, target, reason);
            } else {
                let reason = "another file is read later and sets it too";
                claims.claim(&[name], Outcome::Dropped, "", reason);
            }
        }
    }

    /// Says what became of an output.
    pub(super) fn claim_output(
        &mut self,
        name: &str,
        outcome: Outcome,
        target: &str,
        reason: &str,
    ) {
        for (claims, part) in self.output_claims.iter_mut().zip(&self.root.outputs) {
            if part.node.get(name).is_some() {
                claims.claim(&[name], outcome, target, reason);
            }
        }
    }

    fn tree(&mut self, on: On) -> Option<&mut Node> {
        match on {
            On::Cluster => Some(&mut self.cluster),
            On::Environment => self.environment.as_mut(),
        }
    }

    /// A variable becomes a field.
    pub(super) fn field(&mut self, name: &str, on: On, to: &[&str], value: Node) {
        match self.tree(on) {
            Some(tree) => {
                tree.set(to, value);
                let target = format!("{}: {}", on.as_str(), to.join("."));
                self.claim(name, Outcome::Mapped, &target, "");
            }
            None => self.nowhere(name),
        }
    }

    /// A text becomes a field, where the model's type takes it.
    pub(super) fn typed<T: std::str::FromStr>(&mut self, name: &str, on: On, to: &[&str]) {
        let Some(text) = self.root.text(name).map(str::to_owned) else {
            let reason = "it is empty";
            return self.claim(name, Outcome::Dropped, "", reason);
        };
        let Some(tree) = self.tree(on) else {
            return self.nowhere(name);
        };
        if set_typed::<T>(tree, to, &text) {
            let target = format!("{}: {}", on.as_str(), to.join("."));
            self.claim(name, Outcome::Mapped, &target, "");
        } else {
            let reason = format!("`{}` does not take such a value", to.join("."));
            self.claim(name, Outcome::Unmapped, "", &reason);
        }
    }

    /// A variable becomes a raw value of the chart.
    pub(super) fn value(&mut self, name: &str, to: &[&str]) {
        let Some((_, node)) = self.root.variable(name) else {
            return;
        };
        let node = node.clone();
        let place: Vec<&str> = ["values"].iter().chain(to).copied().collect();
        match self.environment.as_mut() {
            Some(tree) => {
                tree.set(&place, Node::string(node.text().unwrap_or_default()));
                let target = format!("environment: {}", place.join("."));
                self.claim(name, Outcome::Overlaid, &target, "");
            }
            None => self.nowhere(name),
        }
    }

    fn nowhere(&mut self, name: &str) {
        let reason = "no host name is set, so that there is no environment";
        self.claim(name, Outcome::Unmapped, "", reason);
    }

    /// Accounts for all leaves.
    pub(super) fn finish(mut self, sources: &crate::span::Sources) -> Done {
        for (claims, part) in self.claims.into_iter().zip(&self.root.variables) {
            let reason = "the root `commons` has no such variable";
            claims.settle(&part.node, sources, reason, &mut self.unit);
        }
        for (claims, part) in self.output_claims.into_iter().zip(&self.root.outputs) {
            let reason = "nothing of the model waits for it";
            claims.settle(&part.node, sources, reason, &mut self.unit);
        }
        self.unit.rows.sort();
        Done {
            cluster: self.cluster,
            environment: self.environment,
            outputs: self.outputs,
            unit: self.unit,
        }
    }
}

/// A root that has arrived.
pub(super) struct Done {
    pub(super) cluster: Node,
    pub(super) environment: Option<Node>,
    pub(super) outputs: BTreeMap<OutputKind, Node>,
    pub(super) unit: LedgerUnit,
}
