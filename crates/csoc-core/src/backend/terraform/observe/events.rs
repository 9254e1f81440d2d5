//! Who sends events to whom, and whose policies let them in.

use super::arn::resource_of;
use super::observer::Observer;
use super::output::key_of;
use super::statement::{Allowance, Statements, Texts, allows};
use crate::contract::role_of;
use crate::graph::{Relation, Target, ThingId};
use crate::hcl::{Block, Expression, evaluate};
use crate::model::cloud::AccountId;
use crate::value::{Kind, Node};

/// What a queue or topic must allow, so that something can be sent to it.
const SENDING: [&str; 2] = ["sqs:sendmessage", "sns:publish"];

impl Observer<'_, '_> {
    /// What a resource says of events.
    pub(super) fn events(&mut self, kind: &str, block: &Block) {
        match kind {
            "aws_sqs_queue_policy" => self.accepts_from(block, "queue_url"),
            "aws_sns_topic_policy" => self.accepts_from(block, "arn"),
            "aws_sns_topic_subscription"
                if self.text(block, "protocol").as_deref() == Some("sqs") =>
            {
                self.notifies(block, "topic_arn", block, "endpoint");
            }
            "aws_s3_bucket_notification" => {
                for (inner, attribute) in [("queue", "queue_arn"), ("topic", "topic_arn")] {
                    for receiver in block.body.blocks_of(inner) {
                        self.notifies(block, "bucket", receiver, attribute);
                    }
                }
            }
            _ => {}
        }
    }

    /// The thing that an attribute refers to, or names by its ARN.
    pub(super) fn named(&self, block: &Block, attribute: &str) -> Option<ThingId> {
        if let Some(thing) = self.referred(block.body.get(attribute)?) {
            return Some(thing);
        }
        match resource_of(&self.text(block, attribute)?) {
            Target::Exact(thing) => Some(thing),
            Target::Pattern(_) | Target::Undecidable(_) => None,
        }
    }

    /// The queue that takes what nobody could work on: the other one sends to it.
    pub(super) fn redrives(&mut self, queue: &ThingId, block: &Block) {
        let Some(policy) = block.body.get("redrive_policy") else {
            return;
        };
        let policy = crate::hcl::policy(policy, self.scope).node;
        let dead = policy.get("deadLetterTargetArn").and_then(Node::text);
        if let Some(dead @ Target::Exact(_)) = dead.map(resource_of) {
            self.edge(queue, Relation::Sends, dead, block.origin);
        }
    }

    /// Whom the policy of a key lets in by name, whatever their own policies say.
    pub(super) fn opens(&mut self, key: &Expression, block: &Block) {
        let key = evaluate(key, self.scope).known();
        let key = key.as_ref().and_then(Node::text).and_then(key_of);
        if let (Some(key), Some(policy)) = (key, block.body.get("policy")) {
            self.lets_in(&key, policy);
        }
    }

    /// Whom the policy of a secret lets in.
    pub(super) fn shared(&mut self, secret: &ThingId, block: &Block) {
        if let Some(policy) = block.body.get("policy") {
            self.lets_in(secret, policy);
        }
    }

    /// A grant lets its grantee use a key, whatever policies say.
    pub(super) fn grants_key(&mut self, block: &Block) {
        let key = self.text(block, "key_id");
        let Some(key) = key.as_deref().and_then(key_of) else {
            return;
        };
        let grantee = self.text(block, "grantee_principal");
        let grantee = grantee.as_deref().and_then(role_of);
        let target = grantee.map_or_else(may_let_in, Target::Exact);
        self.edge(&key, Relation::Accepts, target, block.origin);
    }

    fn lets_in(&mut self, thing: &ThingId, policy: &Expression) {
        let statements = Statements::of(policy, self.scope);
        if let Some(origin) = statements.unknown {
            self.edge(thing, Relation::Accepts, may_let_in(), origin);
        }
        for statement in &statements.known {
            let principals = match statement.get("Principal") {
                Some(principal) if principal.is_map() => Texts::of(principal.get("AWS")),
                principal => Texts::of(principal),
            };
            for principal in &principals.known {
                // Who administers an account lets its roles in by their own policies.
                if principal.ends_with(":root") || AccountId::check(principal).is_ok() {
                    continue;
                }
                let target = match role_of(principal) {
                    Some(role) => Target::Exact(role),
                    None => Target::Pattern((*principal).into()),
                };
                self.edge(thing, Relation::Accepts, target, statement.origin);
            }
            if principals.unknown || statement.get("NotPrincipal").is_some() {
                self.edge(thing, Relation::Accepts, may_let_in(), statement.origin);
            }
        }
    }

    fn notifies(&mut self, block: &Block, from: &str, receiver: &Block, to: &str) {
        if let (Some(from), Some(to)) = (self.named(block, from), self.named(receiver, to)) {
            self.edge(
                &from,
                Relation::Notifies,
                Target::Exact(to),
                receiver.origin,
            );
        }
    }

    fn accepts_from(&mut self, block: &Block, attribute: &str) {
        if let (Some(receiver), Some(policy)) =
            (self.named(block, attribute), block.body.get("policy"))
        {
            self.accepts(&receiver, policy);
        }
    }

    /// Whom the policy of a queue or topic lets send.
    pub(super) fn accepts(&mut self, receiver: &ThingId, policy: &Expression) {
        let statements = Statements::of(policy, self.scope);
        if let Some(origin) = statements.unknown {
            let target = Target::Undecidable("a part of a policy is not known from text".into());
            self.edge(receiver, Relation::Accepts, target.clone(), origin);
            self.edge(receiver, Relation::Receives, target, origin);
        }
        for statement in &statements.known {
            if allows(statement, &["sqs:receivemessage"]) != Allowance::No {
                let target = Target::Undecidable("the policy of a queue may let it in".into());
                self.edge(receiver, Relation::Receives, target, statement.origin);
            }
            if allows(statement, &SENDING) == Allowance::No {
                continue;
            }
            let conditions = statement.get("Condition");
            let is_unknown = matches!(conditions.map(|it| &it.kind), Some(Kind::Pending(_)));
            let conditions = conditions
                .map_or(&[][..], Node::entries)
                .iter()
                .flat_map(|operator| operator.node.entries());
            let mut is_any = true;
            for entry in conditions {
                if !entry.key.as_str().eq_ignore_ascii_case("aws:SourceArn") {
                    continue;
                }
                is_any = false;
                let sources = Texts::of(Some(&entry.node));
                for source in sources.known {
                    self.edge(
                        receiver,
                        Relation::Accepts,
                        resource_of(source),
                        statement.origin,
                    );
                }
                is_any |= sources.unknown;
            }
            if is_any || is_unknown {
                self.without_source(receiver, statement);
            }
        }
    }

    /// A statement that asks for no source lets in roles by name, or whoever is asked for otherwise.
    fn without_source(&mut self, receiver: &ThingId, statement: &Node) {
        let principal = statement.get("Principal");
        let names = principal.filter(|it| it.is_map()).map(Node::entries);
        let is_roles = matches!(names, Some([only]) if only.key == *"AWS");
        let texts = Texts::of(statement.path(&["Principal", "AWS"]));
        let roles: Vec<ThingId> = texts.known.iter().filter_map(|it| role_of(it)).collect();
        if !is_roles || texts.unknown || roles.len() < texts.known.len() {
            let target = Target::Undecidable("whoever is asked for otherwise".into());
            self.edge(receiver, Relation::Accepts, target, statement.origin);
        }
        for role in roles {
            let target = Target::Exact(role);
            self.edge(receiver, Relation::Accepts, target, statement.origin);
        }
    }
}

/// Someone may be let in.
fn may_let_in() -> Target {
    Target::Undecidable("the policy of a key or secret may let it in".into())
}
