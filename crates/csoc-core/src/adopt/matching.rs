//! Which resource of a root is which that exists: by the names that both give it.

use std::collections::BTreeMap;

use super::resources::{Known, Resource, index};
use crate::hcl::{self, Block, Body, ExpressionKind, Scope};
use crate::resolve::RecordedImport;
use crate::value::{Kind, Node};

/// Attributes that name a resource, the surest first.
const NAMES: [&str; 22] = [
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
    "arn",
    "cidr_block",
    "backup_vault_name",
    "node_group_name",
    "addon_name",
    "principal_arn",
];
/// Attributes that others refer to.
const REFERRED: [&str; 6] = ["id", "arn", "name", "bucket", "url", "key_id"];

/// More of one resource than this are not told apart by their numbers.
const MANY: u64 = 1000;

/// The files of one root.
pub(super) struct Module<'a> {
    bodies: Vec<&'a Body>,
    variables: Option<&'a Node>,
}

/// What was found for a root.
pub(super) struct Matched {
    /// Address and identifier.
    pub(super) found: BTreeMap<String, String>,
    /// Addresses that nothing was found for.
    pub(super) missing: Vec<String>,
}

impl<'a> Module<'a> {
    pub(super) fn new(bodies: Vec<&'a Body>, variables: Option<&'a Node>) -> Self {
        Self { bodies, variables }
    }

    /// Finds what it can, besides what is recorded already; a resource that exists is taken once.
    pub(super) fn match_with(&self, known: &mut Known, recorded: &[RecordedImport]) -> Matched {
        let mut scope = Scope::new();
        for body in &self.bodies {
            scope.read(body);
        }
        if let Some(variables) = self.variables {
            scope.define_variables(variables);
        }
        let mut found = BTreeMap::new();
        for RecordedImport { address, id, .. } in recorded {
            let kind = address.split_once('.').map_or("", |(kind, _)| kind);
            let resource = known
                .0
                .iter()
                .position(|resource| resource.kind == kind && resource.id == *id);
            if let Some(at) = resource {
                let resource = known.0.remove(at);
                define(&mut scope, address, &resource);
            } else if !address.contains('[') {
                // Of what only the record names, the identifier is known, and what it is by its kind.
                let same = match kind {
                    "aws_s3_bucket" => "bucket",
                    "aws_sqs_queue" => "url",
                    "aws_iam_role" | "aws_iam_user" => "name",
                    _ if id.starts_with("arn:") => "arn",
                    _ => "id",
                };
                for key in ["id", same] {
                    scope.define(format!("{address}.{key}"), Node::string(id.as_str()));
                }
            }
            found.insert(address.clone(), id.clone());
        }
        let mut wanted = self.wanted(&mut scope);
        wanted.retain(|wanted| !wanted.is_found(&found));
        // What one resource is tells what those are that refer to it.
        loop {
            let before = found.len();
            wanted.retain(|wanted| {
                let Some(at) = wanted.one(&mut scope, known) else {
                    return true;
                };
                let resource = known.0.remove(at);
                let address = match &wanted.each {
                    Each::Unknown => {
                        let index = resource.index.as_deref().unwrap_or_default();
                        format!("{}{index}", wanted.address)
                    }
                    _ => wanted.address.clone(),
                };
                define(&mut scope, &address, &resource);
                found.insert(address, resource.id);
                // Of those whose number nobody knows there may be more.
                wanted.each == Each::Unknown
            });
            if found.len() == before {
                break;
            }
        }
        let missing = wanted.into_iter().filter(|wanted| !wanted.is_found(&found));
        Matched {
            missing: missing.map(|wanted| wanted.address).collect(),
            found,
        }
    }

    /// The resources of the root, each of several by itself where it is known which there are.
    fn wanted(&self, scope: &mut Scope<'_>) -> Vec<Wanted<'a>> {
        let mut wanted = Vec::new();
        let bodies = self.bodies.iter();
        for block in bodies.flat_map(|body| body.blocks_of("resource")) {
            let Some((kind, label)) = block.label(0).zip(block.label(1)) else {
                continue;
            };
            let address = format!("{kind}.{label}");
            let mut push = |index: &str, each| {
                wanted.push(Wanted {
                    address: format!("{address}{index}"),
                    block,
                    each,
                });
            };
            match instances(block, scope) {
                None => push("", Each::Unknown),
                Some(all) => all.into_iter().for_each(|(index, each)| push(&index, each)),
            }
        }
        wanted.sort_by(|one, other| one.address.cmp(&other.address));
        wanted.dedup_by(|one, other| one.address == other.address);
        wanted
    }
}

/// Which of several a resource is.
#[derive(Debug, Clone, PartialEq)]
enum Each {
    /// There is one.
    Only,
    /// The one of a key and its value.
    Key(Node, Node),
    /// The one of a number.
    Number(Node),
    /// Only the cloud knows which there are.
    Unknown,
}

/// A resource that a root makes.
struct Wanted<'a> {
    address: String,
    block: &'a Block,
    each: Each,
}

impl Wanted<'_> {
    /// Whether it, or one of those that it may be, was found.
    fn is_found(&self, found: &BTreeMap<String, String>) -> bool {
        let is_one = |address: &String| {
            address
                .strip_prefix(&*self.address)
                .is_some_and(|rest| rest.starts_with('['))
        };
        found.contains_key(&self.address)
            || (self.each == Each::Unknown && found.keys().any(is_one))
    }

    /// The number of the one resource that it can only be.
    fn one(&self, scope: &mut Scope<'_>, known: &Known) -> Option<usize> {
        let (kind, label) = (self.block.label(0)?, self.block.label(1)?);
        if self.each == Each::Unknown {
            // Their names are not known either: what a state calls them tells.
            return known.0.iter().position(|resource| {
                resource.kind == kind
                    && resource.name.as_deref() == Some(label)
                    && resource.index.is_some()
            });
        }
        match &self.each {
            Each::Key(key, value) => {
                scope.define("each.key", key.clone());
                scope.define("each.value", value.clone());
            }
            Each::Number(number) => scope.define("count.index", number.clone()),
            Each::Only | Each::Unknown => {}
        }
        let said: Vec<(&str, String)> = NAMES
            .iter()
            .filter_map(|name| {
                let value = hcl::evaluate(self.block.body.get(name)?, scope).known()?;
                Some((*name, value.text()?.to_owned()))
            })
            .collect();
        let fits = |resource: &Resource| {
            resource.kind == kind
                && said.iter().all(|(name, text)| {
                    resource.attributes.get(name).and_then(Node::text) == Some(text.as_str())
                })
        };
        let all: Vec<usize> = (0..known.0.len())
            .filter(|at| fits(&known.0[*at]))
            .collect();
        match all[..] {
            [at] if !said.is_empty() => Some(at),
            _ => self.called_so(label, &all, known),
        }
    }

    /// Of those that no name tells apart, the one that a state calls as we do; without a state they are nobody's to
    /// choose from.
    fn called_so(&self, label: &str, all: &[usize], known: &Known) -> Option<usize> {
        let index = self.address.split_once('[').map_or("", |(_, index)| index);
        let mut same = all.iter().filter(|at| {
            let resource = &known.0[**at];
            let its = resource.index.as_deref().unwrap_or_default();
            resource.name.as_deref() == Some(label) && its.trim_start_matches('[') == index
        });
        match (same.next(), same.next()) {
            (Some(at), None) => Some(*at),
            _ => None,
        }
    }
}

/// Which resources a block makes, by what stands behind its address; nothing where only the cloud knows.
fn instances(block: &Block, scope: &Scope<'_>) -> Option<Vec<(String, Each)>> {
    if let Some(count) = block.body.get("count") {
        let count: u64 = hcl::evaluate(count, scope).known()?.text()?.parse().ok()?;
        let number = |number: u64| (format!("[{number}]"), Each::Number(Node::integer(number)));
        return (count <= MANY).then(|| (0..count).map(number).collect());
    }
    let Some(each) = block.body.get("for_each") else {
        return Some(vec![(String::new(), Each::Only)]);
    };
    // A set is made of a list only, and the same list is as good here.
    let each = match &each.kind {
        ExpressionKind::Call(call) if &*call.name == "toset" => call.arguments.first()?,
        _ => each,
    };
    let each = hcl::evaluate(each, scope).known()?;
    let pairs: Option<Vec<(Node, Node)>> = match &each.kind {
        Kind::Map(entries) => Some(
            entries
                .iter()
                .map(|entry| (Node::string(entry.key.as_str()), entry.node.clone()))
                .collect(),
        ),
        Kind::List(items) => items
            .iter()
            .map(|item| Some((Node::string(item.text()?), item.clone())))
            .collect(),
        _ => None,
    };
    pairs?
        .into_iter()
        .map(|(key, value)| Some((index(&key)?, Each::Key(key, value))))
        .collect()
}

/// What others that refer to a resource then know. One of several is none that can be referred to by a name alone.
fn define(scope: &mut Scope<'_>, address: &str, resource: &Resource) {
    if address.contains('[') {
        return;
    }
    for key in REFERRED {
        if let Some(value) = resource.attributes.get(key) {
            scope.define(format!("{address}.{key}"), value.clone());
        }
    }
}
