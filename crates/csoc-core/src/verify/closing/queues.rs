//! Queues have somebody who may send to them, and whoever uses them may.

use std::collections::{BTreeMap, BTreeSet};

use super::edges::{Answer, Edges, may_name};
use crate::diagnostic::{Code, Finding};
use crate::graph::{ANY, Relation, Target, ThingId, ThingKind};
use crate::value::Origin;

/// A service sends to or reads from a queue that its role may not use so.
pub(crate) const QUEUE_UNUSABLE: Code = Code::new("queue-unusable");
/// A role reads a queue that nobody may send to.
pub(crate) const QUEUE_PRODUCER_MISSING: Code = Code::new("queue-producer-missing");

pub(super) fn check(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    for relation in [Relation::Sends, Relation::Receives] {
        unusable(edges, relation, found);
    }
    unfed(edges, found);
}

/// Services whose roles may not do what their values say.
fn unusable(edges: &Edges<'_>, relation: Relation, found: &mut Vec<Finding>) {
    let (does, action) = match relation {
        Relation::Sends => ("sends to", "sqs:SendMessage"),
        _ => ("reads from", "sqs:ReceiveMessage"),
    };
    for (account, queue, origin) in edges.exact(relation) {
        if account.kind != ThingKind::ServiceAccount || account.scope.starts_with('@') {
            continue;
        }
        let runs_as = edges.of(account, Relation::RunsAs);
        if runs_as.is_empty() {
            edges.undecided("a service without a role uses a queue");
        }
        for (role, _) in runs_as {
            let Target::Exact(role) = role else { continue };
            if !edges.is_made(role) {
                edges.undecided("the role of a service account is not made by the tree");
                continue;
            }
            match edges.may(role, relation, queue) {
                Answer::Yes => continue,
                Answer::No if !lets_in(edges, queue, relation, role) => {}
                Answer::No | Answer::Undecided => {
                    edges.undecided("whether a role may use a queue is not known from text");
                    continue;
                }
            }
            found.push(
                Finding::error(
                    QUEUE_UNUSABLE,
                    format!("{account} {does} {queue}, and {role} may not"),
                )
                .help(format!(
                    "allow the role `{action}` on the queue, or name the queue that it may use"
                ))
                .label(origin.span(), "used here")
                .label(edges.place(role), "the role of the service")
                .path(account),
            );
        }
    }
}

/// Whether the queue's own policy may let a role in.
fn lets_in(edges: &Edges<'_>, queue: &ThingId, relation: Relation, role: &ThingId) -> bool {
    let said = match relation {
        Relation::Sends => edges.of(queue, Relation::Accepts),
        _ => edges.of(queue, Relation::Receives),
    };
    said.iter()
        .any(|(by, _)| !matches!(by, Target::Exact(other) if other != role))
}

/// Queues of the tree that somebody reads and nobody fills.
fn unfed(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    let mut readers: BTreeMap<&ThingId, (&ThingId, Origin)> = BTreeMap::new();
    for (reader, queue, origin) in edges.exact(Relation::Receives) {
        if edges.is_made(queue) && edges.is_made(reader) {
            readers.entry(queue).or_insert((reader, origin));
        }
    }
    let senders = Senders::new(edges);
    for (queue, (reader, origin)) in readers {
        if senders.may_fill(queue) || !edges.of(queue, Relation::Accepts).is_empty() {
            continue;
        }
        if senders.unknown.contains(account(queue)) {
            edges.undecided("a role that the tree does not make may send to a queue");
            continue;
        }
        found.push(
            Finding::warning(
                QUEUE_PRODUCER_MISSING,
                format!("{reader} reads from {queue}, and nobody in the tree may send to it"),
            )
            .help("allow the role of the service that sends `sqs:SendMessage` on the queue (for audit that is fence's), or let a bucket or topic in by the queue's policy")
            .label(edges.place(queue), "nobody may send here")
            .label(origin.span(), "read with this")
            .path(queue),
        );
    }
}

/// Who may send to queues.
struct Senders<'g> {
    /// Queues that somebody sends to, or may.
    exact: BTreeSet<&'g ThingId>,
    /// Patterns of what the roles of an account may send to.
    patterns: BTreeSet<(&'g str, &'g str)>,
    /// Accounts with roles of which text does not tell what they may.
    open: BTreeSet<&'g str>,
    /// Accounts with roles that the tree does not make, and that services run as.
    unknown: BTreeSet<&'g str>,
}

impl<'g> Senders<'g> {
    fn new(edges: &Edges<'g>) -> Self {
        let mut senders = Self {
            exact: edges
                .exact(Relation::Notifies)
                .map(|(_, to, _)| to)
                .collect(),
            patterns: BTreeSet::new(),
            open: BTreeSet::new(),
            unknown: edges
                .exact(Relation::RunsAs)
                .filter(|(_, role, _)| !edges.is_made(role))
                .map(|(_, role, _)| &*role.scope)
                .collect(),
        };
        for (by, to, _) in edges.all(Relation::Sends) {
            match to {
                // What a service says that it does, its role must be allowed.
                Target::Exact(_) if by.kind == ThingKind::ServiceAccount => {}
                Target::Exact(queue) => {
                    senders.exact.insert(queue);
                }
                // Whoever administers an account fills no queue.
                Target::Pattern(pattern) if **pattern == *ANY && is_for_people(edges, by) => {}
                Target::Pattern(pattern) => {
                    senders.patterns.insert((&by.scope, pattern));
                }
                Target::Undecidable(_) => {
                    senders.open.insert(&by.scope);
                }
            }
        }
        senders
    }

    /// Whether somebody may send to a queue. Whoever is of another account needs the queue's own policy, too.
    fn may_fill(&self, queue: &ThingId) -> bool {
        let accounts = [account(queue), ANY];
        self.exact.contains(queue)
            || accounts.iter().any(|account| self.open.contains(account))
            || self
                .patterns
                .iter()
                .any(|(account, pattern)| accounts.contains(account) && may_name(pattern, queue))
    }
}

/// Whether only other roles become a role.
fn is_for_people(edges: &Edges<'_>, role: &ThingId) -> bool {
    let trusted = edges.of(role, Relation::Trusts);
    let is_role =
        |target: &Target| matches!(target, Target::Exact(by) if by.kind == ThingKind::Role);
    !trusted.is_empty() && trusted.iter().all(|(target, _)| is_role(target))
}

/// The account of a queue.
fn account(queue: &ThingId) -> &str {
    queue.scope.split('/').next().unwrap_or_default()
}
