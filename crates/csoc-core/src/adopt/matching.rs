//! Which resource of a root is which that exists: by the names that both give it.

use std::collections::{BTreeMap, BTreeSet};

use super::resources::{Known, Resource};
use crate::hcl::{self, Block, Body, Expression, Scope};
use crate::value::Node;

/// Attributes that name a resource, the surest first.
const NAMES: [&str; 16] = [
    "bucket",
    "name",
    "identifier",
    "cluster_identifier",
    "domain_name",
    "function_name",
    "alias",
    "repository",
    "role",
    "policy_arn",
    "queue_url",
    "secret_id",
    "resource_arn",
    "key_id",
    "zone_id",
    "fqdn",
];
/// Attributes that others refer to.
const REFERRED: [&str; 6] = ["id", "arn", "name", "bucket", "url", "key_id"];

/// The files of one root.
pub(super) struct Module<'a> {
    bodies: Vec<&'a Body>,
    variables: Option<&'a Node>,
}

/// What was found for a root.
pub(super) struct Matched {
    /// Import blocks: address and identifier.
    pub(super) blocks: Vec<(String, String)>,
    /// Addresses that nothing was found for.
    pub(super) missing: Vec<String>,
}

impl Matched {
    /// The blocks as Terraform reads them.
    pub(super) fn text(&self) -> String {
        let mut body = Body::new();
        for (address, id) in &self.blocks {
            let block = Block::unlabelled("import")
                .attribute("to", Expression::reference(address))
                .attribute("id", id.as_str());
            body = body.block(block);
        }
        hcl::print(&body)
    }
}

impl<'a> Module<'a> {
    pub(super) fn new(bodies: Vec<&'a Body>, variables: Option<&'a Node>) -> Self {
        Self { bodies, variables }
    }

    /// Finds what it can; a resource that exists is taken once.
    pub(super) fn match_with(&self, known: &mut Known) -> Matched {
        let mut scope = Scope::new();
        for body in &self.bodies {
            scope.read(body);
        }
        if let Some(variables) = self.variables {
            scope.define_variables(variables);
        }
        let mut wanted: BTreeMap<String, &Block> = BTreeMap::new();
        for block in self
            .bodies
            .iter()
            .flat_map(|body| body.blocks_of("resource"))
        {
            if let Some((kind, label)) = block.label(0).zip(block.label(1)) {
                wanted.insert(format!("{kind}.{label}"), block);
            }
        }
        let mut blocks = Vec::new();
        // What one resource is tells what those are that refer to it.
        loop {
            let mut found = Vec::new();
            for (address, block) in &wanted {
                if let Some(at) = one(block, &scope, known) {
                    let resource = known.0.remove(at);
                    for key in REFERRED {
                        if let Some(value) = resource.attributes.get(key) {
                            scope.define(format!("{address}.{key}"), value.clone());
                        }
                    }
                    found.push((address.clone(), resource.id));
                }
            }
            if found.is_empty() {
                break;
            }
            for (address, _) in &found {
                wanted.remove(address);
            }
            blocks.append(&mut found);
        }
        blocks.sort();
        let missing: BTreeSet<String> = wanted.into_keys().collect();
        Matched {
            blocks,
            missing: missing.into_iter().collect(),
        }
    }
}

/// The number of the one resource that a block can only be.
fn one(block: &Block, scope: &Scope<'_>, known: &Known) -> Option<usize> {
    let kind = block.label(0)?;
    if block.body.get("for_each").is_some() || block.body.get("count").is_some() {
        return None;
    }
    let said: Vec<(&str, String)> = NAMES
        .iter()
        .filter_map(|name| {
            let value = hcl::evaluate(block.body.get(name)?, scope).known()?;
            Some((*name, value.text()?.to_owned()))
        })
        .collect();
    if said.is_empty() {
        return None;
    }
    let fits = |resource: &Resource| {
        resource.kind == kind
            && said.iter().all(|(name, text)| {
                resource.attributes.get(name).and_then(Node::text) == Some(text.as_str())
            })
    };
    let mut all = known
        .0
        .iter()
        .enumerate()
        .filter(|(_, resource)| fits(resource));
    match (all.next(), all.next()) {
        (Some((at, _)), None) => Some(at),
        // Two that cannot be told apart are nobody's to choose from.
        _ => None,
    }
}
