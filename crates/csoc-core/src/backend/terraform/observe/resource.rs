//! What the resources of a root are, as far as their account and their name are known.

use std::collections::BTreeMap;

use super::instance::Instance;
use crate::graph::{Fact, ThingId, ThingKind};
use crate::hcl::{Block, Scope, evaluate};
use crate::value::{Kind, Origin};

/// The kinds of resources that are things, with the attribute that names each.
const KINDS: [(&str, ThingKind, &str); 9] = [
    ("aws_iam_role", ThingKind::Role, "name"),
    ("aws_s3_bucket", ThingKind::Bucket, "bucket"),
    ("aws_sqs_queue", ThingKind::Queue, "name"),
    ("aws_sns_topic", ThingKind::Topic, "name"),
    ("aws_secretsmanager_secret", ThingKind::Secret, "name"),
    ("aws_kms_alias", ThingKind::Key, "name"),
    ("aws_acm_certificate", ThingKind::Certificate, "domain_name"),
    ("aws_wafv2_web_acl", ThingKind::WebAcl, "name"),
    ("aws_wafv2_ip_set", ThingKind::IpSet, "name"),
];

/// Why something is not decided.
const PLACE_UNKNOWN: &str = "the account or region of a provider is not known";
const NAME_UNKNOWN: &str = "the name of a resource is not known";

/// The things that one root or module makes, by the kind and label of the resource.
#[derive(Debug, Default)]
pub(super) struct Resources {
    pub(super) things: BTreeMap<(String, String), ThingId>,
    origins: BTreeMap<(String, String), Origin>,
    undecided: Vec<(&'static str, Origin)>,
}

impl Resources {
    /// Those of an instance.
    pub(super) fn of(instance: &Instance<'_>) -> Self {
        let mut resources = Self::default();
        for block in instance.module.declared("resource") {
            if !is_none(block, &instance.scope) {
                resources.add(block, instance);
            }
        }
        resources
    }

    fn add(&mut self, block: &Block, instance: &Instance<'_>) {
        let Some((of, label)) = block.label(0).zip(block.label(1)) else {
            return;
        };
        let Some((_, kind, attribute)) = KINDS.iter().find(|(known, ..)| *known == of) else {
            return;
        };
        // Things of unknown accounts cannot be told apart: better none than a wrong one.
        let Some(scope) = scope_of(*kind, block, instance) else {
            self.undecided.push((PLACE_UNKNOWN, block.origin));
            return;
        };
        let Some(name) = text(block, attribute, &instance.scope) else {
            self.undecided.push((NAME_UNKNOWN, block.origin));
            return;
        };
        let name = match kind {
            ThingKind::Role => {
                let path = match block.body.get("path") {
                    None => Some(String::new()),
                    Some(_) => text(block, "path", &instance.scope),
                };
                let Some(path) = path else {
                    self.undecided.push((NAME_UNKNOWN, block.origin));
                    return;
                };
                format!("{}{name}", path.trim_start_matches('/'))
            }
            ThingKind::Key => name.strip_prefix("alias/").unwrap_or(&name).to_owned(),
            _ => name,
        };
        let address = (of.to_owned(), label.to_owned());
        self.things
            .insert(address.clone(), ThingId::new(*kind, scope, name));
        self.origins.insert(address, block.origin);
    }

    /// The thing that a resource is.
    pub(super) fn get(&self, of: &str, label: &str) -> Option<&ThingId> {
        self.things.get(&(of.to_owned(), label.to_owned()))
    }

    /// Adds that they are made, and how many are not known.
    pub(super) fn observe(&self, facts: &mut Vec<Fact>) {
        for (address, thing) in &self.things {
            let origin = self.origins.get(address).copied();
            facts.push(Fact::Thing(thing.clone(), origin.unwrap_or_default()));
        }
        let undecided = self.undecided.iter();
        facts.extend(undecided.map(|(reason, origin)| Fact::Undecided((*reason).into(), *origin)));
    }
}

/// The scope of a thing that a resource makes.
pub(super) fn scope_of(kind: ThingKind, block: &Block, instance: &Instance<'_>) -> Option<String> {
    if kind == ThingKind::Bucket {
        return Some("world".to_owned());
    }
    let place = instance.places.of(block)?;
    match kind {
        _ if place.account.is_empty() => None,
        ThingKind::Role => Some(place.account.clone()),
        _ if place.region.is_empty() => None,
        _ => Some(format!("{}/{}", place.account, place.region)),
    }
}

/// The text of an attribute, where it is known.
pub(super) fn text(block: &Block, name: &str, scope: &Scope<'_>) -> Option<String> {
    let node = evaluate(block.body.get(name)?, scope).known()?;
    let text = node.text().filter(|_| !node.is_null());
    text.map(str::to_owned)
}

/// Whether a resource or call is made no time at all.
pub(super) fn is_none(block: &Block, scope: &Scope<'_>) -> bool {
    let known = |name: &str| evaluate(block.body.get(name)?, scope).known();
    let none = known("count").is_some_and(|count| count.text() == Some("0"));
    none || known("for_each").is_some_and(|each| match &each.kind {
        Kind::Map(entries) => entries.is_empty(),
        Kind::List(items) => items.is_empty(),
        Kind::Scalar(_) | Kind::Pending(_) => false,
    })
}
