//! What the resources of a root or module say of each other.

use super::instance::Instance;
use super::output::key_of;
use super::policies::Policies;
use super::resource;
use super::statement::Statements;
use crate::graph::{ANY, Edge, Fact, Relation, Target, ThingId, ThingKind};
use crate::hcl::{Block, Expression, ExpressionKind, Scope, Step, evaluate, parse_reference};
use crate::value::Origin;

/// One root or module while it is read.
pub(super) struct Observer<'i, 'a> {
    pub(super) instance: &'i Instance<'a>,
    pub(super) scope: &'i Scope<'a>,
    /// The policies of the whole root, by what stands for their ARNs.
    pub(super) policies: &'i Policies,
    facts: &'i mut Vec<Fact>,
}

impl<'i, 'a> Observer<'i, 'a> {
    /// Reads one instance of a module.
    pub(super) fn new(
        instance: &'i Instance<'a>,
        policies: &'i Policies,
        facts: &'i mut Vec<Fact>,
    ) -> Self {
        Self {
            instance,
            scope: &instance.scope,
            policies,
            facts,
        }
    }

    /// The text of an attribute, where it is known.
    pub(super) fn text(&self, block: &Block, name: &str) -> Option<String> {
        resource::text(block, name, self.scope)
    }

    /// The text of an expression, where it is known.
    pub(super) fn text_of(&self, expression: &Expression) -> Option<String> {
        let node = evaluate(expression, self.scope).known()?;
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

    /// The resource that `kind.label.attribute` is of.
    pub(super) fn referred(&self, expression: &Expression) -> Option<ThingId> {
        let ExpressionKind::Reference(kind, steps) = &expression.bare().kind else {
            return None;
        };
        match steps.first() {
            Some(Step::Attribute(label)) => self.instance.resources.get(kind, label).cloned(),
            _ => None,
        }
    }

    /// What a resource says of itself or of another.
    pub(super) fn edges(&mut self, block: &Block) {
        let (Some(kind), Some(label)) = (block.label(0), block.label(1)) else {
            return;
        };
        let own = self.instance.resources.get(kind, label).cloned();
        match (kind, own) {
            ("aws_iam_role", Some(role)) => {
                if let Some(policy) = block.body.get("assume_role_policy") {
                    Statements::of(policy, self.scope).trusts(&role, self);
                }
                self.inside(&role, block);
            }
            (
                "aws_iam_role_policy"
                | "aws_iam_role_policy_attachment"
                | "aws_iam_role_policy_attachments_exclusive"
                | "aws_iam_policy_attachment",
                _,
            ) => self.attached(kind, block),
            (
                "aws_iam_user_policy"
                | "aws_iam_user_policy_attachment"
                | "aws_iam_group_policy"
                | "aws_iam_group_policy_attachment",
                _,
            ) => self.of_users(block),
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
                self.redrives(&queue, block);
            }
            ("aws_sqs_queue_redrive_policy", _) => {
                if let Some(queue) = self.named(block, "queue_url") {
                    self.redrives(&queue, block);
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
            ("aws_kms_grant", _) => self.grants_key(block),
            ("aws_sns_topic", Some(topic)) => {
                if let Some(policy) = block.body.get("policy") {
                    self.accepts(&topic, policy);
                }
            }
            ("aws_secretsmanager_secret", Some(secret)) => {
                self.encrypted(&secret, block, "kms_key_id");
                self.shared(&secret, block);
            }
            ("aws_secretsmanager_secret_policy", _) => {
                if let Some(secret) = self.named(block, "secret_arn") {
                    self.shared(&secret, block);
                }
            }
            ("aws_secretsmanager_secret_version", _) => self.opens_server(block),
            ("aws_s3_bucket_server_side_encryption_configuration", _) => self.bucket_key(block),
            ("aws_acm_certificate", own) => self.covers(own, label, block),
            ("aws_wafv2_web_acl", _) => {
                for rule in block.body.blocks_of("rule") {
                    self.admits(rule);
                }
            }
            _ => {}
        }
    }

    /// A secret that takes what a database server is administered with: whoever is on that server reads it.
    fn opens_server(&mut self, block: &Block) {
        let (Some(secret), Some(content)) = (
            self.named(block, "secret_id"),
            block.body.get("secret_string"),
        ) else {
            return;
        };
        let parts = evaluate(content, self.scope).undecidable;
        let is_servers = parts.iter().any(|part| {
            let text = part.expression.as_str();
            (text.starts_with("aws_rds_cluster.") && text.contains(".master_"))
                || (text.starts_with("aws_db_instance.")
                    && (text.ends_with(".username") || text.ends_with(".password")))
        });
        if is_servers {
            let server = ThingId::new(ThingKind::Database, secret.scope.clone(), ANY);
            self.edge(
                &secret,
                Relation::Opens,
                Target::Exact(server),
                block.origin,
            );
        }
    }

    fn bucket_key(&mut self, block: &Block) {
        let bucket = block
            .body
            .get("bucket")
            .and_then(|bucket| self.referred(bucket));
        let Some(bucket) = bucket else { return };
        let defaults = block.body.blocks_of("rule").flat_map(|rule| {
            rule.body
                .blocks_of("apply_server_side_encryption_by_default")
        });
        for default in defaults {
            self.encrypted(&bucket, default, "kms_master_key_id");
        }
    }

    fn encrypted(&mut self, thing: &ThingId, block: &Block, attribute: &str) {
        let value = block.body.get(attribute);
        let value = value.map(|value| evaluate(value, self.scope).node);
        if value.is_none_or(|value| value.is_null()) {
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
}
