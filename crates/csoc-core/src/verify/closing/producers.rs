//! Queues and topics let in who sends to them.

use super::edges::{Answer, Edges};
use crate::diagnostic::{Code, Finding};
use crate::graph::Relation;

/// A bucket or topic sends to a queue or topic whose policy does not let it.
pub(crate) const PRODUCER_REFUSED: Code = Code::new("producer-refused");

pub(super) fn check(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    for (producer, receiver, origin) in edges.exact(Relation::Notifies) {
        match edges.accepts(receiver, producer) {
            _ if !edges.is_made(receiver) => {
                edges.undecided("what a bucket or topic sends to is not made by the tree");
                continue;
            }
            Answer::Yes => continue,
            Answer::Undecided => {
                edges.undecided(
                    "whether a queue or topic lets its producer in is not known from text",
                );
                continue;
            }
            Answer::No => {}
        }
        let mut finding = Finding::error(
            PRODUCER_REFUSED,
            format!("{producer} sends to {receiver}, whose policy does not let it"),
        )
        .help("allow the service of the producer `sqs:SendMessage` or `sns:Publish` in the receiver's policy, with the producer's ARN as `aws:SourceArn`")
        .label(origin.span(), "sends here")
        .path(receiver);
        for (_, said) in edges.of(receiver, Relation::Accepts) {
            finding = finding.label(said.span(), "lets in somebody else");
        }
        found.push(finding.label(edges.place(receiver), "the receiver"));
    }
}
