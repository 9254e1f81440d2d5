//! What the policies of a role say: who may be it, and what it may use.

use super::arn::{resource_of, service_account};
use super::observer::Observer;
use super::statement::{Allowance, Statements, Texts, allows};
use crate::contract::role_of;
use crate::graph::{Relation, Target, ThingId, ThingKind};
use crate::value::{Kind, Node};

/// Actions that need the key of what they are about, by the kind of that.
const KEYED: [(ThingKind, [&str; 2]); 3] = [
    (ThingKind::Bucket, ["s3:getobject", "s3:putobject"]),
    (ThingKind::Queue, ["sqs:sendmessage", "sqs:receivemessage"]),
    (
        ThingKind::Secret,
        [
            "secretsmanager:getsecretvalue",
            "secretsmanager:putsecretvalue",
        ],
    ),
];
/// What is done with queues, by the action that it takes.
const QUEUES: [(Relation, &str); 2] = [
    (Relation::Sends, "sqs:sendmessage"),
    (Relation::Receives, "sqs:receivemessage"),
];

/// Why something is not decided.
const UNKNOWN: &str = "a part of a policy is not known from text";

impl Statements {
    /// Adds whom a trust policy lets in.
    pub(super) fn trusts(&self, role: &ThingId, root: &mut Observer<'_, '_>) {
        if let Some(origin) = self.unknown {
            let target = Target::Undecidable(UNKNOWN.into());
            root.edge(role, Relation::Trusts, target, origin);
        }
        for statement in &self.known {
            let mut trust = |target| root.edge(role, Relation::Trusts, target, statement.origin);
            let principal = statement.get("Principal").map(|node| &node.kind);
            if matches!(principal, Some(Kind::Pending(_))) {
                trust(Target::Undecidable(UNKNOWN.into()));
            }
            let principals = Texts::of(statement.path(&["Principal", "AWS"]));
            for principal in principals.known {
                if let Some(principal) = role_of(principal) {
                    trust(Target::Exact(principal));
                }
            }
            // Service accounts that are tied to a role outside of its policy come this way.
            let services = Texts::of(statement.path(&["Principal", "Service"]));
            if services.known.contains(&"pods.eks.amazonaws.com") {
                trust(Target::Undecidable("the cluster ties pods to it".into()));
            }
            if statement.path(&["Principal", "Federated"]).is_some() {
                federated(statement, &mut trust);
            }
        }
    }

    /// Adds what a role's policy lets it use.
    pub(super) fn allows(&self, role: &ThingId, root: &mut Observer<'_, '_>) {
        if let Some(origin) = self.unknown {
            for relation in [Relation::Allows, Relation::Sends, Relation::Receives] {
                let target = Target::Undecidable(UNKNOWN.into());
                root.edge(role, relation, target, origin);
            }
        }
        for statement in &self.known {
            let resources = Texts::of(statement.get("Resource"));
            let mut targets: Vec<(Target, bool)> = Vec::new();
            for resource in resources.known {
                let target = resource_of(resource);
                let is_handled =
                    matches!(&target, Target::Exact(thing) if handles(statement, resource, thing));
                targets.push((target, is_handled));
            }
            if resources.unknown {
                targets.push((Target::Undecidable(UNKNOWN.into()), false));
            }
            if statement.get("NotResource").is_some() {
                let all_but = Target::Undecidable("everything but some resources".into());
                targets.push((all_but, false));
            }
            for (target, is_handled) in targets {
                let queues = QUEUES.iter().filter(|_| may_be_queue(&target));
                for (relation, action) in queues {
                    let target = match allows(statement, &[action]) {
                        Allowance::Yes => target.clone(),
                        Allowance::Undecided => Target::Undecidable(UNKNOWN.into()),
                        Allowance::No => continue,
                    };
                    root.edge(role, *relation, target, statement.origin);
                }
                if is_handled {
                    root.edge(role, Relation::Handles, target.clone(), statement.origin);
                }
                root.edge(role, Relation::Allows, target, statement.origin);
            }
        }
    }
}

/// Adds the subjects of a statement that lets an identity provider's users in.
fn federated(statement: &Node, trust: &mut impl FnMut(Target)) {
    let conditions = statement
        .get("Condition")
        .map_or(&[][..], Node::entries)
        .iter()
        .flat_map(|operator| {
            let entries = operator.node.entries().iter();
            entries.map(move |entry| (&operator.key, entry))
        });
    let mut is_any = true;
    for (operator, entry) in conditions {
        let Some(issuer) = entry.key.as_str().strip_suffix(":sub") else {
            continue;
        };
        is_any = false;
        let subjects = Texts::of(Some(&entry.node));
        for subject in subjects.known {
            trust(match operator.as_str() {
                "StringEquals" => service_account(issuer, subject),
                "StringLike" if !subject.contains(['*', '?']) => service_account(issuer, subject),
                "StringLike" => Target::Pattern(subject.into()),
                _ => Target::Undecidable("a condition of another kind".into()),
            });
        }
        if subjects.unknown {
            trust(Target::Undecidable("a subject is not known".into()));
        }
    }
    if is_any {
        trust(Target::Undecidable("no subject is asked for".into()));
    }
}

/// Whether what a statement allows needs the key of the resource.
fn handles(statement: &Node, resource: &str, thing: &ThingId) -> bool {
    // A bucket without its objects is only listed.
    if thing.kind == ThingKind::Bucket && !resource.contains('/') {
        return false;
    }
    KEYED
        .iter()
        .filter(|(kind, _)| *kind == thing.kind)
        .any(|(_, keyed)| allows(statement, keyed) == Allowance::Yes)
}

/// Whether what is allowed may be a queue.
fn may_be_queue(target: &Target) -> bool {
    match target {
        Target::Exact(thing) => thing.kind == ThingKind::Queue,
        Target::Pattern(pattern) => match pattern.split(':').collect::<Vec<_>>()[..] {
            ["arn", _, service, ..] => service == "sqs" || service.contains(['*', '?']),
            _ => true,
        },
        Target::Undecidable(_) => true,
    }
}
