//! What the files of one root say about roles, buckets, queues, secrets, keys, certificates and web ACLs.
//!
//! A variable stands for the output that its description names in backticks.
//! So an account's key and a cluster's issuer are known although their ARNs
//! are not.

use std::collections::BTreeMap;

use super::observe_policy::Grants;
use crate::contract::KeyPurpose;
use crate::graph::{Edge, Fact, Relation, Target, ThingId, ThingKind};
use crate::hcl::{Block, Body, Expression, ExpressionKind, Scope, Step, evaluate};
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
        if let Document::Json(values) = file.document()
            && file.path().as_str().ends_with(".tfvars.json")
        {
            scope.define_variables(values);
        }
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
    let mut root = Observer {
        scope: &scope,
        account: String::new(),
        region: String::new(),
        names: BTreeMap::new(),
        facts,
    };
    root.provider(&bodies);
    let blocks = || bodies.iter().flat_map(|body| body.blocks_of("resource"));
    blocks().for_each(|block| root.thing(block));
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
    let output = output_of(text)?;
    let purpose = KeyPurpose::ALL
        .into_iter()
        .find(|purpose| purpose.output() == output.kind)?;
    let region = output.stack.region.as_ref()?;
    Some(purpose.thing(&format!("{}/{region}", output.stack.account)))
}

/// One root while it is read.
pub(super) struct Observer<'a, 'b> {
    pub(super) scope: &'a Scope<'a>,
    account: String,
    region: String,
    /// What a resource is, by its address.
    names: BTreeMap<(&'a str, &'a str), ThingId>,
    facts: &'b mut Vec<Fact>,
}

impl<'a> Observer<'a, '_> {
    fn provider(&mut self, bodies: &[&'a Body]) {
        let providers = bodies.iter().flat_map(|body| body.blocks_of("provider"));
        let Some(provider) = providers
            .into_iter()
            .find(|block| block.label(0) == Some("aws"))
        else {
            return;
        };
        let account = provider.body.get("allowed_account_ids");
        let account = account.and_then(|accounts| evaluate(accounts, self.scope).known());
        let account = account
            .as_ref()
            .and_then(|accounts| accounts.items().first());
        self.account = account.and_then(Node::text).unwrap_or_default().into();
        self.region = format!(
            "{}/{}",
            self.account,
            self.text(provider, "region").unwrap_or_default()
        );
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
        let (thing, scope, attribute) = match kind {
            "aws_iam_role" => (ThingKind::Role, self.account.as_str(), "name"),
            "aws_s3_bucket" => (ThingKind::Bucket, "world", "bucket"),
            "aws_sqs_queue" => (ThingKind::Queue, self.region.as_str(), "name"),
            "aws_secretsmanager_secret" => (ThingKind::Secret, self.region.as_str(), "name"),
            "aws_kms_alias" => (ThingKind::Key, self.region.as_str(), "name"),
            "aws_acm_certificate" => (ThingKind::Certificate, self.region.as_str(), "domain_name"),
            "aws_wafv2_web_acl" => (ThingKind::WebAcl, self.region.as_str(), "name"),
            "aws_wafv2_ip_set" => (ThingKind::IpSet, self.region.as_str(), "name"),
            _ => return,
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
        self.names.insert((kind, label), thing.clone());
        self.facts.push(Fact::Thing(thing, block.origin));
    }

    /// What a resource says of itself or of another.
    fn edges(&mut self, block: &'a Block) {
        let (Some(kind), Some(label)) = (block.label(0), block.label(1)) else {
            return;
        };
        let own = self.names.get(&(kind, label)).cloned();
        match (kind, own) {
            ("aws_iam_role", Some(role)) => {
                if let Some(policy) = block.body.get("assume_role_policy") {
                    Grants::of(policy, self.scope).trusts(&role, self);
                }
            }
            ("aws_iam_role_policy", _) => {
                let role = block.body.get("role").and_then(|role| self.referred(role));
                if let (Some(role), Some(policy)) = (role, block.body.get("policy")) {
                    Grants::of(policy, self.scope).allows(&role, self);
                }
            }
            ("aws_sqs_queue", Some(queue)) => self.encrypted(&queue, block, "kms_master_key_id"),
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

    /// The resource that `kind.label.attribute` is of.
    fn referred(&self, expression: &Expression) -> Option<ThingId> {
        let ExpressionKind::Reference(kind, steps) = &expression.bare().kind else {
            return None;
        };
        match steps.first() {
            Some(Step::Attribute(label)) => self.names.get(&(&**kind, &**label)).cloned(),
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
