//! Queues have somebody who may send to them, and whoever uses them may.

use std::collections::BTreeSet;

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
    let queues: BTreeSet<&ThingId> = edges
        .things()
        .filter(|thing| thing.kind == ThingKind::Queue)
        .collect();
    for queue in queues {
        let readers: Vec<(&ThingId, Origin)> = edges
            .exact(Relation::Receives)
            .filter(|(reader, read, _)| *read == queue && edges.is_made(reader))
            .map(|(reader, _, origin)| (reader, origin))
            .collect();
        let Some((reader, origin)) = readers.first() else {
            continue;
        };
        if is_fed(edges, queue) {
            continue;
        }
        if has_unknown_roles(edges, queue) {
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

/// Whether somebody sends to a queue, or may.
fn is_fed(edges: &Edges<'_>, queue: &ThingId) -> bool {
    let (own, _) = queue.scope.split_once('/').unwrap_or_default();
    let sends = edges.all(Relation::Sends).any(|(by, to, _)| match to {
        Target::Exact(to) => to == queue && by.kind != ThingKind::ServiceAccount,
        Target::Pattern(pattern) => may_name(pattern, queue),
        // Whoever is of another account needs the queue's own policy.
        Target::Undecidable(_) => *by.scope == *own || *by.scope == *ANY,
    });
    let mut notified = edges.exact(Relation::Notifies);
    sends
        || notified.any(|(_, to, _)| to == queue)
        || !edges.of(queue, Relation::Accepts).is_empty()
}

/// Whether a service runs as a role of the queue's account that the tree does not make.
fn has_unknown_roles(edges: &Edges<'_>, queue: &ThingId) -> bool {
    let (own, _) = queue.scope.split_once('/').unwrap_or_default();
    edges
        .exact(Relation::RunsAs)
        .any(|(_, role, _)| *role.scope == *own && !edges.is_made(role))
}
