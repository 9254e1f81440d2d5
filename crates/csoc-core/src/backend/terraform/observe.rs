//! What the files of one root say about roles, buckets, queues, secrets, keys, certificates and web ACLs.
//!
//! A variable stands for the output that its description names in backticks.
//! So an account's key and a cluster's issuer are known although their ARNs
//! are not.

use std::collections::BTreeMap;

use super::observe_attributes::{define, key_of_root, variables};
use super::observe_policy::{Grants, Texts};
use crate::contract::KeyPurpose;
use crate::graph::{Edge, Fact, Relation, Target, ThingId, ThingKind};
use crate::hcl::{Block, Body, Expression, ExpressionKind, Scope, Step, evaluate, parse_reference};
use crate::model::stack::{OutputId, OutputKind};
use crate::tree::{Document, File};
use crate::value::{Node, Origin};

/// What begins the text that stands for an output's value.
const OUTPUT: &str = "output:";

/// Adds the facts that the files of a root show together.
pub(super) fn directory(files: &[&File], facts: &mut Vec<Fact>) {
    let bodies: Vec<&Body> = files
        .iter()
        .filter_map(|file| match file.document() {
            Document::Hcl(body) => Some(body),
            _ => None,
        })
        .collect();
    let mut scope = Scope::new();
    for file in files {
        variables(file, &mut scope);
    }
    for body in &bodies {
        scope.read(body);
        for variable in body.blocks_of("variable") {
            let description = variable
                .body
                .get("description")
                .and_then(Expression::as_str);
            if let (Some(name), Some(output)) =
                (variable.label(0), description.and_then(named_output))
            {
                scope.define(
                    format!("var.{name}"),
                    Node::string(format!("{OUTPUT}{output}")),
                );
            }
        }
    }
    let blocks = || bodies.iter().flat_map(|body| body.blocks_of("resource"));
    let mut root = Observer::new(&scope, facts);
    root.providers(&bodies);
    blocks().for_each(|block| root.thing(block));
    let (names, accounts) = (root.names, root.accounts);
    // What a resource of the root is called elsewhere is known once all of them are read.
    define(&names, blocks(), &mut scope);
    let mut root = Observer {
        accounts,
        names,
        ..Observer::new(&scope, facts)
    };
    blocks().for_each(|block| root.edges(block));
}

/// The output that a text names in its last backticks.
fn named_output(description: &str) -> Option<OutputId> {
    let (before, _) = description.rsplit_once('`')?;
    let (_, text) = before.rsplit_once('`')?;
    read_output(text)
}

fn read_output(text: &str) -> Option<OutputId> {
    let (stack, output) = text.split_once('#')?;
    let (kind, item) = match output.split_once('.') {
        Some((kind, item)) => (kind, Some(item.into())),
        None => (output, None),
    };
    let stack = stack.parse().ok()?;
    let kind = *OutputKind::ALL
        .iter()
        .find(|known| known.as_str() == kind)?;
    Some(OutputId { stack, kind, item })
}

/// The output that a value stands for.
pub(super) fn output_of(text: &str) -> Option<OutputId> {
    read_output(text.strip_prefix(OUTPUT)?)
}

/// The key that a value stands for.
pub(super) fn key_of(text: &str) -> Option<ThingId> {
    if let Some(key) = key_of_root(text) {
        return Some(key);
    }
    let output = output_of(text)?;
    let purpose = KeyPurpose::ALL
        .into_iter()
        .find(|purpose| purpose.output() == output.kind)?;
    let region = output.stack.region.as_ref()?;
    Some(purpose.thing(&format!("{}/{region}", output.stack.account)))
}

/// Where a provider works; empty where text does not tell.
#[derive(Debug, Clone, Default)]
struct Place {
    account: String,
    region: String,
}

/// One root while it is read.
pub(super) struct Observer<'a, 'b> {
    pub(super) scope: &'a Scope<'a>,
    /// Where things are made, by the alias of the provider.
    accounts: BTreeMap<String, Place>,
    /// What a resource is, by its address.
    names: BTreeMap<(String, String), ThingId>,
    facts: &'b mut Vec<Fact>,
}

impl<'a, 'b> Observer<'a, 'b> {
    fn new(scope: &'a Scope<'a>, facts: &'b mut Vec<Fact>) -> Self {
        Self {
            scope,
            accounts: BTreeMap::new(),
            names: BTreeMap::new(),
            facts,
        }
    }

    fn providers(&mut self, bodies: &[&Body]) {
        let providers = bodies.iter().flat_map(|body| body.blocks_of("provider"));
        for provider in providers.filter(|block| block.label(0) == Some("aws")) {
            let allowed = provider.body.get("allowed_account_ids");
            let allowed = allowed.and_then(|accounts| evaluate(accounts, self.scope).known());
            let allowed = allowed
                .as_ref()
                .and_then(|accounts| accounts.items().first())
                .and_then(Node::text);
            // Whoever becomes a role works in its account.
            let assumed = provider
                .body
                .blocks_of("assume_role")
                .find_map(|block| self.text(block, "role_arn"));
            let assumed = assumed.as_deref().and_then(|role| role.split(':').nth(4));
            let place = Place {
                account: allowed.or(assumed).unwrap_or_default().into(),
                region: self.text(provider, "region").unwrap_or_default(),
            };
            let alias = self.text(provider, "alias").unwrap_or_default();
            self.accounts.entry(alias).or_insert(place);
        }
    }

    /// Where a resource is made.
    fn place(&self, block: &Block) -> Option<&Place> {
        let alias = match block.body.get("provider") {
            None => "",
            Some(provider) => match &provider.bare().kind {
                ExpressionKind::Reference(kind, steps) if kind == "aws" => match &**steps {
                    [] => "",
                    [Step::Attribute(alias)] => alias,
                    _ => return None,
                },
                _ => return None,
            },
        };
        self.accounts.get(alias)
    }

    /// The text of an attribute, where it is known.
    pub(super) fn text(&self, block: &Block, name: &str) -> Option<String> {
        let node = evaluate(block.body.get(name)?, self.scope).known()?;
        node.text().map(str::to_owned)
    }

    pub(super) fn edge(&mut self, from: &ThingId, relation: Relation, to: Target, origin: Origin) {
        self.facts.push(Fact::Edge(Edge {
            from: from.clone(),
            relation,
            to,
            origin,
        }));
    }

    /// The thing that a resource is.
    fn thing(&mut self, block: &'a Block) {
        let (Some(kind), Some(label)) = (block.label(0), block.label(1)) else {
            return;
        };
        let (thing, attribute) = match kind {
            "aws_iam_role" => (ThingKind::Role, "name"),
            "aws_s3_bucket" => (ThingKind::Bucket, "bucket"),
            "aws_sqs_queue" => (ThingKind::Queue, "name"),
            "aws_sns_topic" => (ThingKind::Topic, "name"),
            "aws_secretsmanager_secret" => (ThingKind::Secret, "name"),
            "aws_kms_alias" => (ThingKind::Key, "name"),
            "aws_acm_certificate" => (ThingKind::Certificate, "domain_name"),
            "aws_wafv2_web_acl" => (ThingKind::WebAcl, "name"),
            "aws_wafv2_ip_set" => (ThingKind::IpSet, "name"),
            _ => return,
        };
        // Things of unknown accounts cannot be told apart: better none than a wrong one.
        let Some(scope) = self.scope_of(thing, block) else {
            return;
        };
        let Some(name) = self.text(block, attribute) else {
            return;
        };
        let name = match thing {
            ThingKind::Role => {
                let path = self.text(block, "path").unwrap_or_default();
                format!("{}{name}", path.trim_start_matches('/'))
            }
            ThingKind::Key => name.strip_prefix("alias/").unwrap_or(&name).to_owned(),
            _ => name,
        };
        let thing = ThingId::new(thing, scope, name);
        self.names
            .insert((kind.to_owned(), label.to_owned()), thing.clone());
        self.facts.push(Fact::Thing(thing, block.origin));
    }

    /// The scope of a thing that a resource makes.
    fn scope_of(&self, kind: ThingKind, block: &Block) -> Option<String> {
        if kind == ThingKind::Bucket {
            return Some("world".to_owned());
        }
        let place = self.place(block)?;
        match kind {
            _ if place.account.is_empty() => None,
            ThingKind::Role => Some(place.account.clone()),
            _ if place.region.is_empty() => None,
            _ => Some(format!("{}/{}", place.account, place.region)),
        }
    }

    /// What a resource says of itself or of another.
    fn edges(&mut self, block: &'a Block) {
        let (Some(kind), Some(label)) = (block.label(0), block.label(1)) else {
            return;
        };
        let own = self
            .names
            .get(&(kind.to_owned(), label.to_owned()))
            .cloned();
        match (kind, own) {
            ("aws_iam_role", Some(role)) => {
                if let Some(policy) = block.body.get("assume_role_policy") {
                    Grants::of(policy, self.scope).trusts(&role, self);
                }
                self.inside(&role, block);
            }
            ("aws_iam_role_policy", _) => {
                let role = block.body.get("role").and_then(|role| self.referred(role));
                if let (Some(role), Some(policy)) = (role, block.body.get("policy")) {
                    Grants::of(policy, self.scope).allows(&role, self);
                }
            }
            ("aws_iam_role_policy_attachment", _) => {
                let role = block.body.get("role").and_then(|role| self.referred(role));
                if let Some(role) = role {
                    self.elsewhere(&role, block.origin);
                }
            }
            (
                "aws_sqs_queue_policy"
                | "aws_sns_topic_policy"
                | "aws_sns_topic_subscription"
                | "aws_s3_bucket_notification",
                _,
            ) => self.events(kind, block),
            ("aws_sqs_queue", Some(queue)) => {
                self.encrypted(&queue, block, "kms_master_key_id");
                if let Some(policy) = block.body.get("policy") {
                    self.accepts(&queue, policy);
                }
            }
            ("aws_kms_key", _) => {
                if let Some(key) = parse_reference(&format!("aws_kms_key.{label}.arn")) {
                    self.opens(&key, block);
                }
            }
            ("aws_kms_key_policy", _) => {
                if let Some(key) = block.body.get("key_id") {
                    self.opens(key, block);
                }
            }
            ("aws_sns_topic", Some(topic)) => {
                if let Some(policy) = block.body.get("policy") {
                    self.accepts(&topic, policy);
                }
            }
            ("aws_secretsmanager_secret", Some(secret)) => {
                self.encrypted(&secret, block, "kms_key_id");
            }
            ("aws_s3_bucket_server_side_encryption_configuration", _) => {
                let bucket = block
                    .body
                    .get("bucket")
                    .and_then(|bucket| self.referred(bucket));
                let defaults = block.body.blocks_of("rule").flat_map(|rule| {
                    rule.body
                        .blocks_of("apply_server_side_encryption_by_default")
                });
                let defaults: Vec<&Block> = defaults.collect();
                if let Some(bucket) = bucket {
                    for default in defaults {
                        self.encrypted(&bucket, default, "kms_master_key_id");
                    }
                }
            }
            ("aws_acm_certificate", own) => self.covers(own, label, block),
            ("aws_wafv2_web_acl", _) => {
                for rule in block.body.blocks_of("rule") {
                    self.admits(rule);
                }
            }
            _ => {}
        }
    }

    fn encrypted(&mut self, thing: &ThingId, block: &Block, attribute: &str) {
        if block.body.get(attribute).is_none() {
            return;
        }
        let key = self.text(block, attribute);
        let target = match key.as_deref().map(|key| (key_of(key), key)) {
            Some((Some(key), _)) => Target::Exact(key),
            Some((None, key)) => Target::Pattern(key.into()),
            None => Target::Undecidable("the key is not known from text".into()),
        };
        self.edge(thing, Relation::EncryptedBy, target, block.origin);
    }

    /// Which hosts a certificate is for.
    fn covers(&mut self, own: Option<ThingId>, label: &str, block: &Block) {
        let Some(scope) = self.scope_of(ThingKind::Certificate, block) else {
            return;
        };
        let unknown = || Target::Undecidable("the names of the certificate are not known".into());
        let Some(own) = own else {
            let own = ThingId::new(ThingKind::Certificate, scope, label);
            self.edge(&own, Relation::Covers, unknown(), block.origin);
            return;
        };
        let main = Target::Pattern(own.name.clone());
        self.edge(&own, Relation::Covers, main, block.origin);
        if let Some(others) = block.body.get("subject_alternative_names") {
            let others = evaluate(others, self.scope).node;
            let others = Texts::of(Some(&others));
            for name in others.known {
                let target = Target::Pattern(name.into());
                self.edge(&own, Relation::Covers, target, block.origin);
            }
            if others.unknown {
                self.edge(&own, Relation::Covers, unknown(), block.origin);
            }
        }
    }

    /// What a role says of itself: its own policies, and those that it names.
    fn inside(&mut self, role: &ThingId, block: &Block) {
        for inline in block.body.blocks_of("inline_policy") {
            if let Some(policy) = inline.body.get("policy") {
                Grants::of(policy, self.scope).allows(role, self);
            }
        }
        if let Some(attached) = block.body.get("managed_policy_arns") {
            self.elsewhere(role, attached.origin);
        }
    }

    /// A policy that is attached may allow anything.
    fn elsewhere(&mut self, role: &ThingId, origin: Origin) {
        let target = Target::Undecidable("a policy is attached to it".into());
        self.edge(role, Relation::Allows, target, origin);
    }

    /// The resource that `kind.label.attribute` is of.
    pub(super) fn referred(&self, expression: &Expression) -> Option<ThingId> {
        let ExpressionKind::Reference(kind, steps) = &expression.bare().kind else {
            return None;
        };
        match steps.first() {
            Some(Step::Attribute(label)) => {
                let address = (kind.to_string(), label.to_string());
                self.names.get(&address).cloned()
            }
            _ => None,
        }
    }

    /// Who reaches a host: the sets whose addresses a rule does not block.
    fn admits(&mut self, rule: &Block) {
        let conditions = rule
            .body
            .blocks_of("statement")
            .flat_map(|statement| statement.body.blocks_of("and_statement"))
            .flat_map(|all| all.body.blocks_of("statement"));
        let mut host = None;
        let mut sets = Vec::new();
        for condition in conditions {
            for plain in condition.body.blocks_of("byte_match_statement") {
                host = host.or(self.text(plain, "search_string"));
            }
            let excepted = condition
                .body
                .blocks_of("not_statement")
                .flat_map(|not| not.body.blocks_of("statement"))
                .flat_map(|inner| inner.body.blocks_of("ip_set_reference_statement"));
            sets.extend(excepted.filter_map(|set| self.referred(set.body.get("arn")?)));
        }
        if let Some(host) = host {
            let host = ThingId::new(ThingKind::Hostname, "world", host);
            for set in sets {
                self.edge(&host, Relation::Admits, Target::Exact(set), rule.origin);
            }
        }
    }
}
