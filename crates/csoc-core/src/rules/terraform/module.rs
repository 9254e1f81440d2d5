//! A directory of Terraform as the rules see it: resources with their values, and what policies say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::policy::{Policy, policies};
use super::values::{Flag, account_of, blocks, flag, reference_name, size, word};
use crate::hcl::{Block, Body, Expression, Holes, Scope, evaluate, policy};
use crate::model::Tier;
use crate::value::{Key, Kind, Node};

/// Arguments that hold policies, which are read as such and not as text.
pub(super) const POLICIES: [&str; 4] = [
    "policy",
    "assume_role_policy",
    "access_policies",
    "policy_document",
];

/// How many values a directory may come to; a root of 100 KB comes to some ten thousand.
const BUDGET: usize = 1 << 20;

/// A file of declarations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TerraformFile<'a> {
    /// What it says.
    pub(crate) body: &'a Body,
}

/// A resource or data source with what its arguments come to.
///
/// Nested blocks are lists of maps below their name, and what text does not
/// decide is pending, a `dynamic` block too.
#[derive(Debug)]
pub(crate) struct Resource<'a> {
    /// Its type: `aws_sqs_queue`.
    pub(super) of: &'a str,
    /// Its name.
    pub(super) name: &'a str,
    /// Its block.
    pub(super) block: &'a Block,
    /// Its arguments, without policies.
    pub(super) values: Node,
}

/// A directory with what it declares.
#[derive(Debug)]
pub(crate) struct TerraformModule<'a> {
    /// The directory, relative to what is verified.
    pub(super) path: &'a str,
    /// The resources that are made, by type, in the order written.
    resources: BTreeMap<&'a str, Vec<Resource<'a>>>,
    /// The data sources, by type, in the order written.
    data: BTreeMap<&'a str, Vec<Resource<'a>>>,
    /// The blocks of other kinds, in the order written.
    blocks: Vec<&'a Block>,
    /// The variables that the directory itself does not decide.
    open: BTreeSet<Box<str>>,
    /// Whether another directory calls it.
    pub(super) is_called: bool,
    /// The tier that the tags of its providers say.
    pub(super) tier: Option<Tier>,
    /// The policies of its resources.
    pub(super) policies: Vec<Policy<'a>>,
    /// What names mean.
    scope: Scope<'a>,
    /// How much may still be computed: locals that double each other grow without end.
    budget: AtomicUsize,
}

impl<'a> TerraformModule<'a> {
    /// Reads the files of a directory: `values` are of files that set variables, `foreign` the variables that
    /// callers set.
    pub(crate) fn new<'v>(
        path: &'a str,
        files: &[TerraformFile<'a>],
        values: impl Iterator<Item = (&'v str, &'v Expression)>,
        foreign: impl Iterator<Item = &'v str>,
        is_called: bool,
    ) -> Self {
        let mut scope = Scope::new();
        scope.holes(Holes::Marked);
        for file in files {
            scope.read(file.body);
        }
        let nothing = Scope::new();
        for (name, value) in values {
            scope.define(format!("var.{name}"), evaluate(value, &nothing).node);
        }
        let mut open = BTreeSet::new();
        for name in foreign {
            let address = format!("var.{name}");
            scope.define(
                address.as_str(),
                Node::new(Kind::Pending(Box::new([Key::from(address.as_str())]))),
            );
            open.insert(name.into());
        }
        let mut module = Self {
            path,
            resources: BTreeMap::new(),
            data: BTreeMap::new(),
            blocks: Vec::new(),
            open,
            is_called,
            tier: None,
            policies: Vec::new(),
            scope,
            budget: AtomicUsize::new(BUDGET),
        };
        for file in files {
            for block in file.body.all_blocks() {
                module.add(block);
            }
        }
        module.tier = module.tagged_tier();
        module.policies = policies(&module);
        module
    }

    fn add(&mut self, block: &'a Block) {
        let (Some(of), Some(name)) = (block.label(0), block.label(1)) else {
            self.blocks.push(block);
            return;
        };
        // What policy documents say is read where they are used.
        let values = if of == "aws_iam_policy_document" {
            Node::map()
        } else {
            self.values(&block.body)
        };
        let made = values.get("count").and_then(word) != Some("0");
        let resource = Resource {
            of,
            name,
            block,
            values,
        };
        match &*block.kind {
            "resource" if made => self.resources.entry(of).or_default().push(resource),
            "data" if made => self.data.entry(of).or_default().push(resource),
            _ => {}
        }
    }

    /// What the arguments and blocks of a body come to.
    pub(super) fn values(&self, body: &Body) -> Node {
        let mut node = Node::map();
        for attribute in body.attributes() {
            if !POLICIES.contains(&&*attribute.name) {
                let value = self.value(&attribute.value);
                node.append(&*attribute.name, value);
            }
        }
        for block in body.all_blocks() {
            let (name, value) = if block.kind == "dynamic" {
                let name = block.label(0).unwrap_or_default();
                (name, Node::new(Kind::Pending(Box::new([Key::from(name)]))))
            } else {
                let mut value = self.values(&block.body).at(block.origin);
                if let Some(label) = block.label(0) {
                    value.append("@label", Node::string(label));
                }
                (&*block.kind, value)
            };
            match node.get_mut(name).map(|node| &mut node.kind) {
                Some(Kind::List(items)) => items.push(value),
                _ => node.append(name, Node::list([value])),
            }
        }
        node
    }

    /// What an expression comes to here. Nothing is decided once too much was computed.
    pub(super) fn value(&self, expression: &Expression) -> Node {
        let left = self.budget.load(Ordering::Relaxed);
        if left == 0 {
            let text = Key::from("what is too large");
            return Node::new(Kind::Pending(Box::new([text]))).at(expression.origin);
        }
        let node = evaluate(expression, &self.scope).node;
        self.spend(&node);
        node
    }

    /// The policy that an expression is, within the same limit.
    pub(super) fn policy(&self, expression: &Expression) -> Node {
        if self.budget.load(Ordering::Relaxed) == 0 {
            return Node::map();
        }
        let node = policy(expression, &self.scope).node;
        self.spend(&node);
        node
    }

    fn spend(&self, node: &Node) {
        let left = self.budget.load(Ordering::Relaxed);
        self.budget
            .store(left.saturating_sub(size(node)), Ordering::Relaxed);
    }

    /// The resources of a type.
    pub(super) fn of(&self, of: &str) -> &[Resource<'a>] {
        self.resources.get(of).map_or(&[], Vec::as_slice)
    }

    /// The resources of several types.
    pub(super) fn of_any<'s>(
        &'s self,
        types: &'s [&'s str],
    ) -> impl Iterator<Item = &'s Resource<'a>> {
        types.iter().flat_map(|of| self.of(of))
    }

    /// All resources, by type.
    pub(super) fn resources(&self) -> impl Iterator<Item = &Resource<'a>> {
        self.resources.values().flatten()
    }

    /// The data sources of a type.
    pub(super) fn data(&self, of: &str) -> &[Resource<'a>] {
        self.data.get(of).map_or(&[], Vec::as_slice)
    }

    /// The blocks of a kind at the outermost level that is neither of resources nor of data.
    pub(super) fn blocks(&self, kind: &'static str) -> impl Iterator<Item = &'a Block> {
        let blocks = self.blocks.iter().copied();
        blocks.filter(move |block| block.kind == kind)
    }

    /// Whether it leaves a variable to whoever calls it.
    pub(super) fn is_open(&self, variable: &str) -> bool {
        self.open.contains(variable)
    }

    /// The tier in the tags that its providers give everything, where they agree.
    fn tagged_tier(&self) -> Option<Tier> {
        let tags = |provider: &'a Block| {
            let tags = provider.body.blocks_of("default_tags").next()?;
            let tags = self.value(tags.body.get("tags")?);
            tags.get(Tier::TAG)?.text()?.parse().ok()
        };
        let mut tiers = self.blocks("provider").filter_map(tags);
        let first = tiers.next()?;
        tiers.all(|tier| tier == first).then_some(first)
    }

    /// The accounts that its providers work in, as far as they are written down.
    pub(super) fn accounts(&self) -> BTreeSet<String> {
        let mut accounts = BTreeSet::new();
        for block in self.blocks("provider") {
            let values = self.values(&block.body);
            for account in values
                .get("allowed_account_ids")
                .map_or(&[][..], Node::items)
            {
                accounts.extend(account.text().map(ToOwned::to_owned));
            }
            for role in values.get("assume_role").map_or(&[][..], Node::items) {
                let account = role
                    .get("role_arn")
                    .and_then(Node::text)
                    .and_then(account_of);
                accounts.extend(account.map(ToOwned::to_owned));
            }
        }
        accounts
    }

    /// The resource of a type that an expression refers to.
    pub(super) fn referred(
        &self,
        of: &str,
        expression: Option<&Expression>,
    ) -> Option<&Resource<'a>> {
        let name = reference_name(of, expression?)?;
        self.of(of).iter().find(|resource| resource.name == name)
    }

    /// Whether a resource of one of those types refers to a resource with an argument.
    pub(super) fn has_companion(
        &self,
        types: &[&str],
        argument: &str,
        resource: &Resource<'_>,
    ) -> bool {
        self.companions(types, argument, resource).next().is_some()
    }

    /// The resources of those types that refer to a resource with an argument, or name it alike.
    pub(super) fn companions<'s>(
        &'s self,
        types: &'s [&'s str],
        argument: &'s str,
        resource: &'s Resource<'_>,
    ) -> impl Iterator<Item = &'s Resource<'a>> {
        let own = resource.text("bucket");
        self.of_any(types).filter(move |companion| {
            let body = &companion.block.body;
            // One for each of several buckets goes through what it is made for.
            let by_reference = [argument, "for_each"].into_iter().any(|name| {
                let expression = body.get(name);
                expression.and_then(|it| reference_name(resource.of, it)) == Some(resource.name)
            });
            let by_name = companion.text(argument);
            by_reference || (by_name.is_some() && by_name == own)
        })
    }
}

impl Resource<'_> {
    /// How it is referred to.
    pub(super) fn address(&self) -> String {
        let prefix = if self.block.kind == "data" {
            "data."
        } else {
            ""
        };
        format!("{prefix}{}.{}", self.of, self.name)
    }

    /// The value of an argument; nothing where it is `null` or not set.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.values.get(name).filter(|node| !node.is_null())
    }

    /// The text of an argument.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Node::text)
    }

    /// Whether nothing will destroy it.
    pub(super) fn is_kept(&self) -> bool {
        blocks(&self.values, "lifecycle").any(|block| flag(block, "prevent_destroy") == Flag::On)
    }
}
