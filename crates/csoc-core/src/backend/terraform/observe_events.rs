//! Who sends events to whom, and whose policy lets them.

use super::observe::{Observer, key_of};
use super::observe_policy::{Grants, Texts, allowed, resource_of};
use crate::contract::role_of;
use crate::graph::{Relation, Target, ThingId};
use crate::hcl::{Block, Expression, evaluate};
use crate::value::Node;

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
    fn named(&self, block: &Block, attribute: &str) -> Option<ThingId> {
        if let Some(thing) = self.referred(block.body.get(attribute)?) {
            return Some(thing);
        }
        match resource_of(&self.text(block, attribute)?) {
            Target::Exact(thing) => Some(thing),
            Target::Pattern(_) | Target::Undecidable(_) => None,
        }
    }

    /// Whom the policy of a key lets in by name, whatever their own policies say.
    pub(super) fn opens(&mut self, key: &Expression, block: &Block) {
        let key = evaluate(key, self.scope).known();
        let key = key.as_ref().and_then(Node::text).and_then(key_of);
        let (Some(key), Some(policy)) = (key, block.body.get("policy")) else {
            return;
        };
        let grants = Grants::of(policy, self.scope);
        let anyone = || Target::Undecidable("the key's own policy may let it in".into());
        if let Some(origin) = grants.unknown {
            self.edge(&key, Relation::Accepts, anyone(), origin);
        }
        for statement in grants.statements.iter().filter(|node| node.is_map()) {
            let principals = match statement.get("Principal") {
                Some(principal) if principal.is_map() => Texts::of(principal.get("AWS")),
                principal => Texts::of(principal),
            };
            for principal in &principals.known {
                // Who administers an account lets its roles in by their own policies.
                if principal.ends_with(":root") {
                    continue;
                }
                let target = role_of(principal).map_or_else(anyone, Target::Exact);
                self.edge(&key, Relation::Accepts, target, statement.origin);
            }
            if principals.unknown {
                self.edge(&key, Relation::Accepts, anyone(), statement.origin);
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
        let grants = Grants::of(policy, self.scope);
        if let Some(origin) = grants.unknown {
            let target = Target::Undecidable("a part of the policy is not known from text".into());
            self.edge(receiver, Relation::Accepts, target, origin);
        }
        for statement in grants.statements.iter().filter(|node| node.is_map()) {
            let actions = Texts::of(statement.get("Action"));
            let sends = SENDING.iter().any(|action| allowed(&actions, action));
            if !sends && !actions.unknown && statement.get("NotAction").is_none() {
                continue;
            }
            let conditions = statement
                .get("Condition")
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
            if is_any {
                let target = Target::Undecidable("whoever is asked for otherwise".into());
                self.edge(receiver, Relation::Accepts, target, statement.origin);
            }
        }
    }
}
