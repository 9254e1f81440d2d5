//! One commons on its way: the environment that it becomes, and what became of each leaf.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::read::{Commons, Part};
use crate::import::ledger::{Claims, LedgerUnit, Outcome};
use crate::import::skeleton::set_typed;
use crate::resolve::EnvironmentRef;
use crate::span::Sources;
use crate::value::Node;

/// What nobody claims.
const UNKNOWN: &str = "neither the model nor a chart has it";

/// A block of the manifest: in it, or in a file of its own that stands in its place.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// Which of the files; the manifest is the last.
    document: usize,
    prefix: Vec<String>,
    pub(super) node: Node,
}

/// A commons on its way into the model.
pub(super) struct Migration<'a> {
    pub(super) commons: &'a Commons,
    pub(super) at: &'a EnvironmentRef,
    /// The environment.
    pub(super) node: Node,
    /// Files below `content/`.
    pub(super) content: BTreeMap<Utf8PathBuf, Arc<[u8]>>,
    /// What a person does to finish, beside what everyone does.
    pub(super) steps: Vec<String>,
    pub(super) unit: LedgerUnit,
    documents: Vec<(&'a Part, Claims)>,
}

impl<'a> Migration<'a> {
    pub(super) fn new(commons: &'a Commons, at: &'a EnvironmentRef, frame: Node) -> Self {
        let parts = commons.parts.values().chain([&commons.manifest]);
        Self {
            commons,
            at,
            node: frame,
            content: BTreeMap::new(),
            steps: Vec::new(),
            unit: LedgerUnit::new(commons.host.as_str(), at.to_string()),
            documents: parts.map(|part| (part, Claims::new(&part.path))).collect(),
        }
    }

    /// A block by its name. Where it has a file of its own, that file alone holds.
    pub(super) fn block(&mut self, name: &str) -> Option<Block> {
        let manifest = self.documents.len().saturating_sub(1);
        let own = self.commons.parts.keys().position(|key| key == name);
        let in_manifest = self.commons.manifest.node.get(name);
        match (own, in_manifest) {
            (Some(document), other) => {
                if other.is_some() {
                    let reason = format!("`manifests/{name}/{name}.json` stands in its place");
                    self.claim_in(manifest, &[name.to_owned()], Outcome::Dropped, "", &reason);
                }
                let node = self.commons.parts.get(name)?.node.clone();
                Some(Block {
                    document,
                    prefix: Vec::new(),
                    node,
                })
            }
            (None, Some(node)) => Some(Block {
                document: manifest,
                prefix: vec![name.to_owned()],
                node: node.clone(),
            }),
            (None, None) => None,
        }
    }

    fn claim_in(
        &mut self,
        document: usize,
        at: &[String],
        outcome: Outcome,
        target: &str,
        reason: &str,
    ) {
        let at: Vec<&str> = at.iter().map(String::as_str).collect();
        if let Some((_, claims)) = self.documents.get_mut(document) {
            claims.claim(&at, outcome, target, reason);
        }
    }

    /// Says what became of everything below a place of a block.
    pub(super) fn claim(
        &mut self,
        block: &Block,
        below: &[&str],
        outcome: Outcome,
        target: &str,
        reason: &str,
    ) {
        let below = below.iter().map(|&step| step.to_owned());
        let at: Vec<String> = block.prefix.iter().cloned().chain(below).collect();
        self.claim_in(block.document, &at, outcome, target, reason);
    }

    /// A value becomes a field of the model as it is.
    pub(super) fn field(&mut self, block: &Block, below: &[&str], to: &[&str], value: Node) {
        self.node.set(to, value);
        self.claim(block, below, Outcome::Mapped, &to.join("."), "");
    }

    /// A text becomes a field, where the model's type takes it.
    pub(super) fn typed<T: std::str::FromStr>(
        &mut self,
        block: &Block,
        below: &[&str],
        to: &[&str],
        text: &str,
    ) -> bool {
        let holds = set_typed::<T>(&mut self.node, to, text);
        if holds {
            self.claim(block, below, Outcome::Mapped, &to.join("."), "");
        } else {
            let reason = format!("`{}` does not take such a value", to.join("."));
            self.claim(block, below, Outcome::Unmapped, "", &reason);
        }
        holds
    }

    /// A value becomes a raw value of the chart.
    pub(super) fn value(&mut self, block: &Block, below: &[&str], to: &[&str], value: Node) {
        let place: Vec<&str> = ["values"].iter().chain(to).copied().collect();
        self.node.set(&place, value);
        self.claim(block, below, Outcome::Overlaid, &place.join("."), "");
    }

    /// A value of a chart that the model has no field for, without a claim.
    pub(super) fn raw(&mut self, to: &[&str], value: Node) {
        let place: Vec<&str> = ["values"].iter().chain(to).copied().collect();
        self.node.set(&place, value);
    }

    /// A file becomes content of a name.
    pub(super) fn content(
        &mut self,
        name: &str,
        file: &str,
        bytes: impl Into<Arc<[u8]>>,
    ) -> String {
        let path = format!("{}/{}/{file}", self.at.commons, self.at.environment);
        self.node.set(&["content", name], path.as_str().into());
        self.content.insert(path.as_str().into(), bytes.into());
        format!("content/{path}")
    }

    /// What became of a whole file.
    pub(super) fn file(&mut self, file: &Utf8Path, outcome: Outcome, target: &str, reason: &str) {
        self.unit.file(file, outcome, target, reason);
    }

    /// Something that a person must do.
    pub(super) fn step(&mut self, step: impl Into<String>) {
        let step = step.into();
        if !self.steps.contains(&step) {
            self.steps.push(step);
        }
    }

    /// Accounts for all leaves.
    pub(super) fn finish(mut self, sources: &Sources) -> Migrated {
        for (part, claims) in self.documents {
            claims.settle(&part.node, sources, UNKNOWN, &mut self.unit);
        }
        self.unit.rows.sort();
        self.unit.steps = self.steps;
        Migrated {
            node: self.node,
            content: self.content,
            unit: self.unit,
        }
    }
}

/// A commons that has arrived.
pub(super) struct Migrated {
    pub(super) node: Node,
    pub(super) content: BTreeMap<Utf8PathBuf, Arc<[u8]>>,
    pub(super) unit: LedgerUnit,
}

/// Whether a switch is on, in any of the ways that manifests write it.
pub(super) fn is_on(node: &Node) -> bool {
    node.text().is_some_and(|text| {
        matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "on" | "yes" | "1"
        )
    })
}
