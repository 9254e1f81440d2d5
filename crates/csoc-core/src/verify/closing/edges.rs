//! The edges of a closed graph by where they start, and what they say of two things.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::graph::{ANY, ClosedGraph, Relation, Target, ThingId, ThingKind};
use crate::pattern::Wildcard;
use crate::span::Span;
use crate::value::Origin;

/// What the edges say of two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// They are related so.
    Yes,
    /// They are not.
    No,
    /// Text does not decide it.
    Undecided,
}

/// Where an edge leads, and where it is said.
pub(super) type End<'g> = (&'g Target, Origin);

/// The edges of a graph.
pub(super) struct Edges<'g> {
    graph: &'g ClosedGraph,
    by_start: BTreeMap<(&'g ThingId, Relation), Vec<End<'g>>>,
    by_relation: BTreeMap<Relation, Vec<(&'g ThingId, &'g Target, Origin)>>,
    /// What was asked and is not decided, by reason.
    undecided: RefCell<BTreeMap<Box<str>, usize>>,
}

impl<'g> Edges<'g> {
    /// Those of a graph.
    pub(super) fn new(graph: &'g ClosedGraph) -> Self {
        let mut by_start: BTreeMap<_, Vec<End<'g>>> = BTreeMap::new();
        let mut by_relation: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((from, relation, to), origin) in &graph.edges {
            let all = by_relation.entry(*relation).or_default();
            all.push((from, to, *origin));
            by_start
                .entry((from, *relation))
                .or_default()
                .push((to, *origin));
        }
        Self {
            graph,
            by_start,
            by_relation,
            undecided: RefCell::default(),
        }
    }

    /// Counts something that is not decided.
    pub(super) fn undecided(&self, reason: &str) {
        let mut undecided = self.undecided.borrow_mut();
        *undecided.entry(reason.into()).or_default() += 1;
    }

    /// What is not decided, and how often, by reason: edges that lead nowhere known, and what was asked of them.
    pub(super) fn all_undecided(&self) -> BTreeMap<Box<str>, usize> {
        let mut all = self.graph.undecided.clone();
        for (from, relation, to) in self.graph.edges.keys() {
            let Target::Undecidable(reason) = to else {
                continue;
            };
            // What a policy says of queues it says of all.
            let is_said = matches!(relation, Relation::Sends | Relation::Receives)
                && self
                    .of(from, Relation::Allows)
                    .iter()
                    .any(|(other, _)| *other == to);
            if !is_said {
                *all.entry(reason.clone()).or_default() += 1;
            }
        }
        for (reason, times) in &*self.undecided.borrow() {
            *all.entry(reason.clone()).or_default() += times;
        }
        all
    }

    /// Where the edges of a thing lead.
    pub(super) fn of<'s>(&'s self, from: &'s ThingId, relation: Relation) -> &'s [End<'g>] {
        self.by_start
            .get(&(from, relation))
            .map_or(&[], Vec::as_slice)
    }

    /// Whom a role lets in, and where it says so.
    pub(super) fn trusted(&self, role: &'g ThingId) -> Vec<End<'g>> {
        let trusted = self.by_start.get(&(role, Relation::Trusts));
        trusted.cloned().unwrap_or_default()
    }

    /// All edges of a relation that lead to one thing.
    pub(super) fn exact(
        &self,
        relation: Relation,
    ) -> impl Iterator<Item = (&'g ThingId, &'g ThingId, Origin)> {
        self.all(relation)
            .filter_map(|(from, to, origin)| match to {
                Target::Exact(to) => Some((from, to, origin)),
                Target::Pattern(_) | Target::Undecidable(_) => None,
            })
    }

    /// All edges of a relation, wherever they lead.
    pub(super) fn all(
        &self,
        relation: Relation,
    ) -> impl Iterator<Item = (&'g ThingId, &'g Target, Origin)> {
        self.by_relation
            .get(&relation)
            .into_iter()
            .flatten()
            .copied()
    }

    /// Whether the tree makes or declares a thing.
    pub(super) fn is_made(&self, thing: &ThingId) -> bool {
        self.graph.things.contains_key(thing)
    }

    /// All things that the tree makes or declares.
    pub(super) fn things(&self) -> impl Iterator<Item = &'g ThingId> {
        self.graph.things.keys()
    }

    /// Where a thing is made.
    pub(super) fn place(&self, thing: &ThingId) -> Option<Span> {
        self.graph.things.get(thing)?.span()
    }

    /// Whether a role lets a service account in.
    pub(super) fn trusts(&self, role: &ThingId, account: &ThingId) -> Answer {
        let (_, namespace) = account.scope.split_once('/').unwrap_or_default();
        let subject = format!("system:serviceaccount:{namespace}:{}", account.name);
        self.answer(role, Relation::Trusts, account, &|pattern| {
            matches(pattern, &subject)
        })
    }

    /// Whether a role may use a thing, by whatever policy that stands in it or is attached to it.
    pub(super) fn allows(&self, role: &ThingId, thing: &ThingId) -> Answer {
        self.may(role, Relation::Allows, thing)
    }

    /// Whether the policies of a role let it do that with a thing.
    pub(super) fn may(&self, role: &ThingId, relation: Relation, thing: &ThingId) -> Answer {
        let mut answer = Answer::No;
        for holder in holders(role) {
            let said = self.answer(&holder, relation, thing, &|pattern| {
                may_name(pattern, thing)
            });
            match said {
                // What is said of any role may be said of this one.
                Answer::Yes if *holder.name != *ANY && *holder.scope != *ANY => {
                    return Answer::Yes;
                }
                Answer::Yes | Answer::Undecided => answer = Answer::Undecided,
                Answer::No => {}
            }
        }
        answer
    }

    /// Whether the policy of a queue or topic lets something send to it.
    pub(super) fn accepts(&self, receiver: &ThingId, producer: &ThingId) -> Answer {
        self.answer(receiver, Relation::Accepts, producer, &|pattern| {
            may_name(pattern, producer)
        })
    }

    fn answer(
        &self,
        from: &ThingId,
        relation: Relation,
        to: &ThingId,
        may_match: &dyn Fn(&str) -> bool,
    ) -> Answer {
        let mut answer = Answer::No;
        for (target, _) in self.of(from, relation) {
            match target {
                Target::Exact(thing) if thing == to => return Answer::Yes,
                Target::Exact(_) => {}
                Target::Pattern(pattern) if !may_match(pattern) => {}
                Target::Pattern(_) | Target::Undecidable(_) => answer = Answer::Undecided,
            }
        }
        answer
    }
}

/// Under which names policies are tied to a role: its own, that without its path, and any.
fn holders(role: &ThingId) -> Vec<ThingId> {
    let named = |scope: &str, name: &str| ThingId::new(role.kind, scope, name);
    let mut holders = vec![role.clone()];
    if let Some((_, name)) = role.name.rsplit_once('/') {
        holders.push(named(&role.scope, name));
        holders.push(named(ANY, name));
    } else {
        holders.push(named(ANY, &role.name));
    }
    holders.push(named(&role.scope, ANY));
    holders.push(named(ANY, ANY));
    holders
}

/// The namespace and the name of a subject that is one service account's.
pub(super) fn subject(pattern: &str) -> Option<(&str, &str)> {
    let account = pattern.strip_prefix("system:serviceaccount:")?;
    account
        .split_once(':')
        .filter(|_| !account.contains(['*', '?']))
}

/// Whether a pattern of the cloud, where `?` stands for one character, may match a text.
fn matches(pattern: &str, text: &str) -> bool {
    Wildcard::new(&pattern.replace('?', "*")).matches(text)
}

/// Whether an ARN, perhaps with wildcards, may be of a thing.
pub(super) fn may_name(pattern: &str, thing: &ThingId) -> bool {
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let ["arn", _, service, region, account, resource] = parts[..] else {
        // What is no whole ARN is mostly a star.
        return pattern.contains('*');
    };
    let (own_account, own_region) = thing.scope.split_once('/').unwrap_or_default();
    let is_there = || matches(region, own_region) && matches(account, own_account);
    let name = &*thing.name;
    match thing.kind {
        ThingKind::Bucket => {
            let bucket = resource.split('/').next().unwrap_or_default();
            matches(service, "s3") && (matches(bucket, name) || matches(resource, name))
        }
        ThingKind::Queue => matches(service, "sqs") && is_there() && matches(resource, name),
        ThingKind::Topic => matches(service, "sns") && is_there() && matches(resource, name),
        // The cloud appends a dash and six characters of its own.
        ThingKind::Secret => {
            matches(service, "secretsmanager")
                && is_there()
                && matches(resource, &format!("secret:{name}-abcdef"))
        }
        // An alias does not tell the key's own number.
        ThingKind::Key => matches(service, "kms") && is_there(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_with_wildcards_name_what_they_match() {
        let place = "111122223333/us-east-1";
        let secret = ThingId::new(ThingKind::Secret, place, "demo-fence");
        let bucket = ThingId::new(ThingKind::Bucket, "world", "demo-uploads");
        let key = ThingId::new(ThingKind::Key, place, "gen3/data");
        for (pattern, thing, expected) in [
            ("*", &secret, true),
            (
                "arn:aws:secretsmanager:us-east-1:111122223333:secret:demo-*",
                &secret,
                true,
            ),
            (
                "arn:aws:secretsmanager:us-east-1:111122223333:secret:demo-fence-??????",
                &secret,
                true,
            ),
            (
                "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod-*",
                &secret,
                false,
            ),
            (
                "arn:aws:secretsmanager:*:444455556666:secret:demo-*",
                &secret,
                false,
            ),
            ("arn:aws:s3:::demo-*/*", &bucket, true),
            ("arn:aws:s3:::other/*", &bucket, false),
            ("arn:aws:kms:us-east-1:111122223333:key/1234", &key, true),
            ("arn:aws:kms:eu-west-1:111122223333:key/1234", &key, false),
            ("arn:aws:sqs:us-east-1:111122223333:*", &key, false),
        ] {
            assert_eq!(may_name(pattern, thing), expected, "{pattern} {thing}");
        }
    }
}
